"""inspect --interface on a loopback interface of its own: registrations as they end, the table on Ctrl-C."""

import fcntl
import os
import selectors
import signal
import socket
import struct
import subprocess
import sys
import time
import unittest

from tool import CAPTURES, TOOL, ToolTest, datagrams

CAPTURE = CAPTURES / "reference-gm-registration.pcap"
NAMESPACE = ["unshare", "--user", "--map-root-user", "--net", sys.executable, __file__, "--inside"]


def send(messages):
    sockets = {}
    for source, _, _ in messages:
        if source not in sockets:
            sockets[source] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sockets[source].bind(source)
    for source, destination, payload in messages:
        sockets[source].sendto(payload, destination)
    for each in sockets.values():
        each.close()


def of_gm(address, cookie, count):
    """The first messages of the capture, of another GM and with another initiator cookie."""
    return [tuple((address, end[1]) if end[0] == "127.0.0.1" else end for end in one[:2]) + (cookie * 8 + one[2][8:],)
            for one in datagrams(CAPTURE)[:count]]


def loopback_up():
    """SIOCSIFFLAGS with IFF_UP and IFF_RUNNING, netdevice(7)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh14x", b"lo", 0x41))


def inside():
    """In the network namespace: starts the tool, sends, waits for the lines, interrupts.

    A GM registers; one whose PULL message 1 gets no answer begins anew; one just waits, and no packet comes any more.
    """
    loopback_up()
    words = [TOOL, "inspect", "--interface", "lo", "--keys", str(CAPTURE.with_suffix(".keys"))]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as tool:
        if b"listening" not in tool.stderr.readline():
            sys.stderr.buffer.write(tool.stderr.read())
            return 1
        os.set_blocking(tool.stdout.fileno(), False)
        chooser = selectors.DefaultSelector()
        chooser.register(tool.stdout, selectors.EVENT_READ)

        def wait_for(word):
            line, deadline = b"", time.monotonic() + 90
            while word not in line and time.monotonic() < deadline:
                chooser.select(1)
                line += tool.stdout.read() or b""
            sys.stdout.buffer.write(b"LIVE " + line)

        send(datagrams(CAPTURE))
        wait_for(b"registered\n")
        send(of_gm("127.0.0.5", b"5", 7))
        send(of_gm("127.0.0.6", b"6", 7))
        time.sleep(1.5)
        send(of_gm("127.0.0.6", b"7", 1))
        wait_for(b"silence)\n")
        wait_for(b"silence)\n")
        tool.send_signal(signal.SIGINT)
        os.set_blocking(tool.stdout.fileno(), True)
        sys.stdout.buffer.write(tool.stdout.read())
        sys.stderr.buffer.write(tool.stderr.read())
        return tool.wait(30)


class Interface(ToolTest):
    def test_live(self):
        if subprocess.run(["unshare", "--user", "--map-root-user", "--net", "true"], capture_output=True, check=False).returncode != 0:
            self.skipTest("no network namespace can be made here")
        done = subprocess.run(NAMESPACE, capture_output=True, timeout=120, check=False)
        text = done.stdout.decode()
        self.assertEqual(done.returncode, 0, text + done.stderr.decode())
        live = [line for line in text.splitlines() if line.startswith("LIVE ")]
        self.assertEqual(len(live), 3, text)
        for word in ("GM 127.0.0.1", "KS 127.0.0.2", "group 1234", "registered"):
            self.assertIn(word, live[0])
        for line, gm in zip(live[1:], ("127.0.0.6", "127.0.0.5")):
            self.assertIn(f"GM {gm}", line)
            self.assertIn("refused (pull1, silence)", line)
            self.assertRegex(text, rf"\n +\d .*{gm} .*refused +pull1, silence")
        self.assertRegex(text, r"\n +1 .*127\.0\.0\.1 .*127\.0\.0\.2 .*1234 .*registered")
        self.assertIn("25 messages", text)


if __name__ == "__main__":
    if sys.argv[1:] == ["--inside"]:
        sys.exit(inside())
    unittest.main()
