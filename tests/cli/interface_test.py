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


def send_all():
    sockets = {}
    for source, destination, payload in datagrams(CAPTURE):
        if source not in sockets:
            sockets[source] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sockets[source].bind(source)
    for source, destination, payload in datagrams(CAPTURE):
        sockets[source].sendto(payload, destination)


def loopback_up():
    """SIOCSIFFLAGS with IFF_UP and IFF_RUNNING, netdevice(7)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh14x", b"lo", 0x41))


def inside():
    """In the network namespace: starts the tool, sends, waits for the line, interrupts."""
    loopback_up()
    words = [TOOL, "inspect", "--interface", "lo", "--keys", str(CAPTURE.with_suffix(".keys"))]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as tool:
        if b"listening" not in tool.stderr.readline():
            sys.stderr.buffer.write(tool.stderr.read())
            return 1
        send_all()
        os.set_blocking(tool.stdout.fileno(), False)
        chooser = selectors.DefaultSelector()
        chooser.register(tool.stdout, selectors.EVENT_READ)
        line, deadline = b"", time.monotonic() + 30
        while not line.endswith(b"\n") and time.monotonic() < deadline:
            chooser.select(1)
            line += tool.stdout.read() or b""
        sys.stdout.buffer.write(b"LIVE " + line)
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
        live = text.splitlines()[0]
        self.assertTrue(live.startswith("LIVE "))
        for word in ("GM 127.0.0.1", "KS 127.0.0.2", "group 1234", "registered"):
            self.assertIn(word, live)
        self.assertRegex(text, r"\n +1 .*127\.0\.0\.1 .*127\.0\.0\.2 .*1234 .*registered")
        self.assertIn("10 messages", text)


if __name__ == "__main__":
    if sys.argv[1:] == ["--inside"]:
        sys.exit(inside())
    unittest.main()
