"""`gdoi-replay run --ks` and `gdoi-replay keyserver`: the same exchange over UDP, and what can go wrong there."""

import contextlib
import json
import os
import re
import select
import signal
import socket
import subprocess
import threading
import time
import unittest

from tool import CAPTURES, TOOL, ToolTest, secrets_of

REFERENCE = CAPTURES / "reference-gm-registration.pcap"
PSK = "correct horse battery staple"
HEADER = 28
# Quick and without patience: what is to be seen does not depend on it.
QUICK = ("--timeout", "0.1", "--retries", "2")

POLICY = f"""
psks: [{{peer: any, psk: {PSK}}}]
proposals: [aes128-sha256-ecp256, 3des-sha1-modp1024]
groups:
  - name: sample
    number: 1234
    kek: {{cipher: aes128-cbc, lifetime: 604800}}
    teks: [{{esp: aes128-cbc, authentication: hmac-sha1, lifetime: 3600}}]
"""


class KeyServer:
    """The tool's own, in a process of its own."""

    def __init__(self, test, *words, listen="127.0.0.1:0"):
        self.process = subprocess.Popen([TOOL, "keyserver", "--listen", listen, *map(str, words)],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        self.test = test
        test.addCleanup(self.kill)
        self.out = ""
        self.read_until("Ctrl-C")
        self.port = int(re.search(r"listening on \S+:(\d+)", self.out)[1])
        self.at = f"127.0.0.1:{self.port}"

    def read_until(self, text):
        deadline = time.monotonic() + 20
        while text not in self.out:
            if not select.select([self.process.stdout], [], [], max(0, deadline - time.monotonic()))[0]:
                raise AssertionError(f"no {text!r} in {self.out!r}")
            octets = os.read(self.process.stdout.fileno(), 65536)
            if not octets:
                raise AssertionError(f"ended: {self.out!r} {self.process.stderr.read().decode()!r}")
            self.out += octets.decode()

    def end(self, code=0):
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=20)
        self.out += out.decode()
        self.test.assertEqual(self.process.returncode, code, err.decode())
        return self.out

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


class Peer:
    """A UDP peer in a thread: hands each datagram to `answer(octets, sender, socket)`."""

    def __init__(self, test, answer):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(0.05)
        self.at = f"127.0.0.1:{self.socket.getsockname()[1]}"
        self.seen = []
        self.over = False
        self.answer = answer
        self.thread = threading.Thread(target=self.run)
        self.thread.start()
        test.addCleanup(self.end)

    def run(self):
        while not self.over:
            with contextlib.suppress(TimeoutError):
                octets, sender = self.socket.recvfrom(65536)
                self.seen.append(octets)
                self.answer(octets, sender, self.socket)

    def end(self):
        self.over = True
        self.thread.join()
        self.socket.close()


class Network(ToolTest):
    def setUp(self):
        super().setUp()
        self.policy = self.write("policy.yaml", POLICY)
        self.capture = self.write("mine.pcap", REFERENCE.read_bytes())
        self.write("mine.keys", REFERENCE.with_suffix(".keys").read_bytes())

    def replay(self, key_server, *words, code=0, **options):
        """The one registration of a `run --json -`."""
        found = self.run_tool("run", self.capture, "--ks", key_server, "--psk", PSK, "--json", "-", *words,
                              code=code, **options)
        return found.json()["registrations"][0]

    def server(self, *words, **options):
        return KeyServer(self, "--policy", self.policy, *words, **options)


class Registers(Network):
    NEW = ("--set", "gm-version=1.0.17")

    def test_accepted_and_refused(self):
        server = self.server()
        accepted = self.replay(server.at, *self.NEW)
        self.assertEqual((accepted["live"]["verdict"], accepted["as_expected"]), ("accepted", True))
        refused = self.replay(server.at, *QUICK, "--expect", "refused")
        self.assertEqual((refused["live"]["verdict"], refused["live"]["how"], refused["live"]["step"]),
                         ("refused", "silence", "pull1"))
        self.replay(server.at, *QUICK, "--expect", "accepted", code=1)
        out = server.end()
        self.assertIn("as it cannot support these GETVPN features enabled: Long-SA", out)
        # The table of `show crypto gdoi feature`: the GM's last version is none.
        self.assertRegex(out, r"show crypto gdoi feature long-sa-lifetime\nGroup Name: sample\n")

    def test_made_up_policy_is_printed_and_works(self):
        server = KeyServer(self)
        psk = re.search(r"pre-shared key ([0-9a-f]{24})\n", server.out)[1]
        again = KeyServer(self)
        self.assertNotIn(psk, again.out)
        found = self.run_tool("run", self.capture, "--ks", server.at, "--psk", psk, "--set", "group=1",
                              "--set", "cipher=aes128-sha256-ecp256", *self.NEW)
        self.assertIn("1 accepted; all as expected", found.out)
        for text in (server.end(), again.end()):
            self.assertIn("show crypto gdoi feature long-sa-lifetime", text)

    def test_feature_table_on_demand(self):
        server = self.server("--feature", "long-sa-lifetime")
        self.replay(server.at, *self.NEW)
        server.process.send_signal(signal.SIGUSR1)
        server.read_until("127.0.0.1             1.0.17    Yes")
        server.end()

    def test_ipv6_and_names(self):
        with contextlib.closing(socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)) as probe:
            try:
                probe.bind(("::1", 0))
            except OSError as problem:
                self.skipTest(f"no IPv6 here: {problem}")
        server = self.server(listen="[::1]:0")
        self.assertEqual(self.replay(f"[::1]:{server.port}", *self.NEW)["live"]["verdict"], "accepted")
        server = self.server()
        self.assertEqual(self.replay(f"localhost:{server.port}", *self.NEW, "--source", "127.0.0.1")["live"]["verdict"],
                         "accepted")

    def test_wildcard_answers_from_the_address_that_was_asked(self):
        server = self.server(listen="0.0.0.0:0")
        for address in ("127.0.0.1", "127.0.0.2"):
            found = self.replay(f"{address}:{server.port}", *self.NEW, "--source", "127.0.0.3")
            self.assertEqual(found["live"]["verdict"], "accepted", address)
        self.assertIn("using address 127.0.0.3", server.end())

    def test_source_and_marker(self):
        server = self.server()
        with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as free:
            free.bind(("127.0.0.5", 0))
            port = free.getsockname()[1]
        found = self.run_tool("run", self.capture, "--ks", server.at, "--psk", PSK, "--marker", "yes", *self.NEW,
                              "--source", f"127.0.0.5:{port}")
        self.assertIn(f"over UDP, from 127.0.0.5:{port}", found.out)
        seen = Peer(self, lambda *_: None)
        for marker, beginning in (("yes", bytes(4)), ("no", None)):
            seen.seen.clear()
            self.replay(seen.at, "--marker", marker, *QUICK, code=3)
            self.assertEqual([each[:4] == bytes(4) for each in seen.seen], [beginning is not None] * 3)

    def test_records_open_with_their_key_logs(self):
        server = self.server("--record", self.folder / "ks.pcapng", "--key-log", self.folder / "ks.keys")
        self.replay(server.at, *self.NEW, "--record", self.folder / "gm.pcapng", "--key-log", self.folder / "gm.keys")
        server.end()
        for side in ("ks", "gm"):
            path = self.folder / f"{side}.pcapng"
            port = str(server.port)
            found = self.run_tool("inspect", "--json", "--port", port, "--keys", path.with_suffix(".keys"), path).json()
            self.assertEqual([one["outcome"] for one in found["registrations"]], ["registered"])
            counts = found["files"][0]["counts"]
            self.assertEqual((counts["hash_good"], counts["bad"]), ([1, 1, 1, 1], 0))
            self.assertEqual(os.stat(path.with_suffix(".keys")).st_mode & 0o777, 0o600)

    def test_many_gms_each_with_its_own_port_and_identity(self):
        server = self.server("--record", self.folder / "ks.pcapng", "--key-log", self.folder / "ks.keys", "--quiet")
        one = self.replay(server.at, *self.NEW, "--count", "40", "--parallel", "8", "--rate", "400/s",
                          "--set", "id=gm.example.net")
        self.assertEqual((one["clones"]["asked"], one["clones"]["begun"], one["clones"]["verdicts"]["accepted"]),
                         (40, 40, 40))
        self.assertGreater(one["clones"]["seconds"], 39 / 400 * 0.9)
        server.end()
        found = self.run_tool("inspect", "--messages", "--json", "--port", str(server.port), "--keys",
                              self.folder / "ks.keys", self.folder / "ks.pcapng").json()
        self.assertEqual([each["outcome"] for each in found["registrations"]], ["registered"] * 40)
        whole = self.run_tool("inspect", "-v", "--port", str(server.port), "--keys", self.folder / "ks.keys",
                              self.folder / "ks.pcapng").out
        names = set(re.findall(r"gm(?:-\d+)?\.example\.net", whole))
        self.assertEqual(names, {"gm.example.net"} | {f"gm-{n}.example.net" for n in range(2, 41)})

    def test_clones_in_memory(self):
        one = self.run_tool("run", self.capture, "--psk", PSK, "--policy", self.policy, *self.NEW, "--count", "20",
                            "--parallel", "5", "--json", "-").json()["registrations"][0]
        self.assertEqual(one["clones"]["verdicts"]["accepted"], 20)


class GoesWrong(Network):
    def test_dead_port(self):
        with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
        began = time.monotonic()
        live = self.replay(f"127.0.0.1:{port}", code=3)["live"]
        self.assertEqual((live["verdict"], live["step"]), ("aborted", "mm1"))
        self.assertIn("ICMP port unreachable", live["reason"])
        self.assertLess(time.monotonic() - began, 5, "it waited for what could not come")

    def test_nobody_answers(self):
        peer = Peer(self, lambda *_: None)
        live = self.replay(peer.at, *QUICK, code=3)["live"]
        self.assertIn("sent 3 times", live["reason"])
        self.assertIn("nothing ever came back", live["reason"])
        self.assertEqual(len(peer.seen), 3)

    def test_garbage_and_wrong_cookies(self):
        answers = {
            "garbage": lambda octets, sender, by: by.sendto(b"\x07" * 40, sender),
            "empty": lambda octets, sender, by: by.sendto(b"", sender),
            "huge": lambda octets, sender, by: by.sendto(octets[:28] + bytes(60_000), sender),
            "mirror": lambda octets, sender, by: by.sendto(octets, sender),
            "other cookies": lambda octets, sender, by: by.sendto(b"\x11" * 16 + octets[16:], sender),
        }
        for name, answer in answers.items():
            peer = Peer(self, answer)
            live = self.replay(peer.at, *QUICK, code=1)["live"]
            self.assertIn(live["verdict"], ("invalid", "aborted"), name)
            peer.end()

    def test_answers_from_another_port_are_counted_and_not_believed(self):
        with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as other:
            other.bind(("127.0.0.1", 0))
            port = other.getsockname()[1]
            peer = Peer(self, lambda octets, sender, by: other.sendto(octets, sender))
            live = self.replay(peer.at, *QUICK, code=3)["live"]
        self.assertIn(f"3 from another address, the last of them 127.0.0.1 port {port}", live["reason"])

    def test_a_flood_does_not_hang_it(self):
        def flood(octets, sender, by):
            end = time.monotonic() + 0.4
            while time.monotonic() < end:
                by.sendto(b"\x11" * 300, sender)

        peer = Peer(self, flood)
        began = time.monotonic()
        live = self.replay(peer.at, *QUICK, code=1)["live"]
        self.assertIn(live["verdict"], ("invalid", "aborted"))
        self.assertLess(time.monotonic() - began, 20)

    def proxied(self, change):
        """A key server behind a path that changes what it sends."""
        server = self.server()
        towards = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        towards.connect(("127.0.0.1", server.port))
        towards.settimeout(2)
        self.addCleanup(towards.close)

        def answer(octets, sender, by):
            towards.send(octets)
            with contextlib.suppress(TimeoutError):
                for changed in change(towards.recv(65536)):
                    by.sendto(changed, sender)

        return Peer(self, answer)

    def test_corrupted_messages_are_named(self):
        def corrupt(octets):
            encrypted = octets[19] & 1
            return [octets[:-1] + bytes([octets[-1] ^ 1])] if encrypted else [octets]

        live = self.replay(self.proxied(corrupt).at, *QUICK, "--set", "gm-version=1.0.17", code=1)["live"]
        self.assertEqual((live["verdict"], live["step"]), ("invalid", "mm5"), live["reason"])

    def test_duplicates_do_no_harm(self):
        live = self.replay(self.proxied(lambda octets: [octets, octets]).at, "--set", "gm-version=1.0.17")["live"]
        self.assertEqual(live["verdict"], "accepted")

    def test_late_answers_are_taken_within_the_tries(self):
        def late(octets):
            time.sleep(0.25)
            return [octets]

        live = self.replay(self.proxied(late).at, "--timeout", "0.1", "--retries", "5", "--set", "gm-version=1.0.17")["live"]
        self.assertEqual(live["verdict"], "accepted")
        self.assertGreater(live["retransmissions"], 0)

    def test_full_disk(self):
        server = self.server()
        found = self.run_tool("run", self.capture, "--ks", server.at, "--psk", PSK, "--set", "gm-version=1.0.17",
                              "--force", "--record", "/dev/full", code=3)
        self.assertRegex(found.err, r"/dev/full: the disk is full")
        self.assertOneSentence(found.err)

    def test_interrupted(self):
        peer = Peer(self, lambda *_: None)
        report = self.folder / "report.json"
        process = subprocess.Popen([TOOL, "run", self.capture, "--ks", peer.at, "--psk", PSK, "--count", "50",
                                    "--parallel", "3", "--json", report, "--record", self.folder / "r.pcapng"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        while len(peer.seen) < 3:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)
        self.assertEqual(process.returncode, 3)
        self.assertOneSentence(err.decode())
        self.assertIn("50 clones asked for, 3 begun: 3 aborted", " ".join(out.decode().split()))
        (one,) = json.loads(report.read_text())["registrations"]
        self.assertEqual((one["as_expected"], one["problem"]), (None, "interrupted: 3 of 50 were begun"))
        clones = one["clones"]
        self.assertEqual((clones["asked"], clones["begun"]), (50, 3))
        self.assertEqual(len(self.run_tool("inspect", "--json", "--port", peer.at.split(":")[1],
                                           self.folder / "r.pcapng").json()["registrations"]), 3)

    def test_interrupted_after_some_succeeded(self):
        """No failure, and no success either: the same in every report."""
        server = self.server()
        outputs = {kind: self.folder / f"out.{kind}" for kind in ("json", "junit", "html")}
        words = [word for kind, path in outputs.items() for word in (f"--{kind}", path)]
        process = subprocess.Popen([TOOL, "run", self.capture, "--ks", server.at, "--psk", PSK, "--set", "gm-version=1.0.17", "--count", "500",
                                    "--rate", "20/s", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        out = process.communicate(timeout=10)[0].decode()
        self.assertEqual(process.returncode, 3)
        (one,) = json.loads(outputs["json"].read_text())["registrations"]
        begun = one["clones"]["begun"]
        self.assertTrue(0 < begun < 500)
        why = f"interrupted: {begun} of 500 were begun"
        self.assertEqual((one["as_expected"], one["problem"]), (None, why))
        self.assertRegex(out, r"accepted +inconclusive\n")
        self.assertIn(why, out)
        self.assertNotIn("as expected", out)
        self.assertRegex(" ".join(out.split()), rf"inconclusive, since it was ended early; {500 - begun} not run$")
        junit = outputs["junit"].read_text()
        self.assertRegex(junit, rf'<error type="inconclusive" message="{why}"')
        self.assertNotIn("<failure", junit)
        self.assertIn(why, outputs["html"].read_text())
        self.assertNotIn("was expected, and it was", outputs["html"].read_text())

    def test_outputs_that_exist_stay(self):
        peer = Peer(self, lambda *_: None)
        for option in ("--json", "--record", "--key-log"):
            path = self.write("precious", "mine")
            found = self.run_tool("run", self.capture, "--ks", peer.at, "--psk", PSK, option, path, code=2)
            self.assertIn("precious: exists already; --force replaces it", found.err)
            self.assertEqual(path.read_text(), "mine")
            found = self.run_tool("keyserver", "--listen", "127.0.0.1:0",
                                  *((option, path) if option != "--json" else ("--record", path)), code=2)
            self.assertIn("precious: exists already", found.err)
        self.assertEqual(peer.seen, [], "sent before it knew where to write")

    def test_no_secret_in_any_report(self):
        server = self.server("--key-log", self.folder / "ks.keys")
        found = self.run_tool("run", self.capture, "--ks", server.at, "--psk", PSK, "--set", "gm-version=1.0.17",
                              "--show-map", "--json", self.folder / "report.json")
        texts = (found.out + found.err + (self.folder / "report.json").read_text() + server.end()).lower()
        for secret in secrets_of(self.folder / "ks.keys"):
            self.assertNotIn(secret, texts)

    def test_usage(self):
        for words, text in (
            (("--ks", "127.0.0.1:port"), "no HOST[:PORT]"),
            (("--ks", "no such host.invalid"), "there is no such host"),
            (("--ks", "127.0.0.1:0"), "no port to send to"),
            (("--ks", "127.0.0.1", "--source", "[::1]"), "two IP versions"),
            (("--ks", "127.0.0.1", "--policy", self.policy), "--policy"),
            (("--marker", "yes"), "--ks"),
            (("--ks", "127.0.0.1", "--rate", "fast"), "--rate"),
            (("--count", "0"), "--count"),
            (("--bogus",), "there is no option --bogus"),
            (("--force", "--json", self.capture), "that is a capture's name"),
        ):
            found = self.run_tool("run", self.capture, "--psk", PSK, *words, code=2)
            self.assertIn(text, found.err, words)
            self.assertOneSentence(found.err)

    def test_no_such_source_address(self):
        found = self.run_tool("run", self.capture, "--ks", "127.0.0.1", "--psk", PSK, "--source", "192.0.2.77", code=3)
        self.assertIn("cannot bind to 192.0.2.77:0: Cannot assign requested address; it is no address of this machine", found.err)
        self.assertOneSentence(found.err)

    def test_port_in_use(self):
        server = self.server()
        found = self.run_tool("keyserver", "--listen", server.at, code=3)
        self.assertIn("another program has it", found.err)

    def test_policies_that_are_none(self):
        bad = self.write("bad.yaml", POLICY.replace("aes128-sha256-ecp256", "rot13"))
        found = self.run_tool("keyserver", "--policy", bad, code=2)
        self.assertRegex(found.err, r"bad\.yaml:3:\d+: ")
        self.assertOneSentence(found.err)


if __name__ == "__main__":
    unittest.main()
