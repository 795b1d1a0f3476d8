"""Counters, times, destinations and repeatability of `gdoi-replay run`; and that it sends where it says."""

import json
import os
import pty
import re
import shutil
import socket
import subprocess
import threading
import unittest

from certificates_test import RSA_SIG, Certificates
from network_test import PSK, KeyServer, Peer
from tool import CAPTURES, TOOL, ToolTest

# LeakSanitizer cannot work under a tracer.
WITHOUT_LEAKS = ":".join(filter(None, (os.environ.get("ASAN_OPTIONS"), "detect_leaks=0")))
REFERENCE = CAPTURES / "reference-gm-registration.pcap"
POLICY = f"""
psks: [{{{{peer: any, psk: {PSK}}}}}]
proposals: [3des-sha1-modp1024, aes128-sha256-ecp256]
{{settings}}
groups:
  - name: sample
    number: 1234
    kek: {{{{cipher: aes128-cbc, lifetime: 86400}}}}
    teks: [{{{{esp: aes128-cbc, authentication: hmac-sha1, lifetime: 3600}}}}]
"""


class Runs(ToolTest):
    def policy(self, settings=""):
        return self.write("policy.yaml", POLICY.format(settings=settings))

    def replay(self, *words, code=0, expect="accepted"):
        return self.run_tool("run", REFERENCE, "--psk", PSK, "--expect", expect, "--json", "-", *words, code=code).json()

    def causes(self, found):
        return {name: count for name, count in found["counters"]["causes"].items() if count}


class Counters(Runs):
    def test_success(self):
        found = self.replay("--policy", self.policy(), "--count", 4)
        self.assertEqual((found["counters"]["attempts"], found["counters"]["successes"], self.causes(found)), (4, 4, {}))
        self.assertEqual(found["registrations"][0]["counters"], found["counters"])

    def test_one_counter_for_each_cause(self):
        for settings, words, cause, code in (
                ("misbehaviour: wrong-hash-2", (), "bad-hash", 1),
                ("misbehaviour: wrong-hash-r", (), "bad-hash", 1),
                ("misbehaviour: sa-without-keys", (), "unexpected-message", 1),
                ("misbehaviour: no-proposal-chosen", (), "refused-by-notify", 1),
                ("misbehaviour: {silent-at: mm2}", (), "no-answer", 3),
                ("misbehaviour: {silent-at: pull2}", (), "silence", 1),
                ("refusal: delete", ("--set", "group=9"), "delete", 1),
                ("", ("--change", "mm1/sa: drop"), "silence", 1)):
            with self.subTest(settings):
                found = self.replay("--policy", self.policy(settings), "--seed", 1, *words, code=code)
                self.assertEqual(self.causes(found), {cause: 1})
        found = self.run_tool("run", REFERENCE, "--mode", "verbatim", "--policy", self.policy("misbehaviour: replayed-as-new"),
                              "--json", "-", code=1).json()
        self.assertEqual(self.causes(found), {"fooled": 1})

    @staticmethod
    def refusal(message):
        """A NOTIFY NO-PROPOSAL-CHOSEN in answer to message 1 (RFC 2408 section 3.14)."""
        notify = bytes.fromhex("0000000c000000020100000e")
        return message[:8] + bytes(8) + b"\x0b\x10\x05\x00" + bytes(4) + (28 + 12).to_bytes(4, "big") + notify

    def test_who_is_not_answered_while_others_are_was_throttled(self):
        # Answers message 1 of the first GM that asks with a refusal, and nobody else.
        first = []

        def answer(octets, sender, by):
            first.append(sender) if not first else None
            if sender == first[0]:
                by.sendto(self.refusal(octets), sender)

        found = self.replay("--ks", Peer(self, answer).at, "--count", 3, "--parallel", 3, "--timeout", "0.5", "--retries", 2, code=1)
        self.assertEqual(self.causes(found), {"refused-by-notify": 1, "throttled": 2})

    def leaver(self):
        """Where a KS is that answers message 1 of one GM with a refusal and goes away."""
        ks = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        ks.bind(("127.0.0.1", 0))

        def answer():
            octets, sender = ks.recvfrom(65536)
            ks.sendto(self.refusal(octets), sender)
            ks.close()

        threading.Thread(target=answer, daemon=True).start()
        return f"127.0.0.1:{ks.getsockname()[1]}"

    def test_a_closed_port_is_no_throttling(self):
        found = self.replay("--ks", self.leaver(), "--count", 3, "--parallel", 1, "--timeout", "0.5", code=3)
        self.assertEqual(self.causes(found), {"refused-by-notify": 1, "no-answer": 2})

    def test_nor_is_it_for_captured_datagrams(self):
        found = self.run_tool("run", REFERENCE, "--mode", "verbatim", "--speed", "max", "--ks", self.leaver(), "--count", 3,
                              "--parallel", 1, "--json", "-", code=3).json()
        self.assertEqual(self.causes(found), {"no-answer": 2, "retransmissions-used-up": 1})

    def test_percentiles(self):
        found = self.replay("--policy", self.policy("misbehaviour: {late: 1}"), "--seed", 1, "--count", 3)
        times = found["registrations"][0]["times"]
        # Three answers a second late end phase 1, two more the PULL.
        for name, seconds in (("phase1_ms", 3), ("pull_ms", 2), ("all_ms", 5)):
            self.assertEqual(set(times[name]), {"p50", "p90", "p99", "max"})
            self.assertAlmostEqual(times[name]["p50"], seconds * 1000, delta=5)
            self.assertLessEqual(times[name]["p50"], times[name]["max"])
        found = self.replay("--policy", self.policy("misbehaviour: wrong-hash-2"), "--seed", 1, code=1)
        self.assertIsNone(found["registrations"][0]["times"]["all_ms"])
        self.assertIsNotNone(found["registrations"][0]["times"]["phase1_ms"])

    def test_the_text_has_them(self):
        text = self.run_tool("run", REFERENCE, "--psk", PSK, "--policy", self.policy("misbehaviour: wrong-hash-4"), "--count", 2,
                             code=1).out
        self.assertIn("2 attempts: 0 succeeded, 2 bad-hash; p50/p90/p99/max: phase 1 ", text)


class Determinism(Runs):
    def test_the_same_seed_gives_the_same_octets_and_report(self):
        def once(name, *words):
            record, log = self.folder / f"{name}.pcapng", self.folder / f"{name}.keys"
            found = self.run_tool("run", REFERENCE, "--psk", PSK, "--policy", self.policy(), "--json", "-", "--record", record,
                                  "--key-log", log, "--expect", "accepted", *words).out
            return record.read_bytes(), log.read_bytes(), re.sub(r'"(seconds|per_second|cpu_ms_each)": .*', "", found)

        for words in ((), ("--count", 5, "--parallel", 2), ("--set", "cipher=aes128-sha256-ecp256"),
                      ("--change", "pull1: add vid random:20")):
            self.assertEqual(once("a", "--seed", 7, "--force", *words), once("b", "--seed", 7, "--force", *words), words)
        self.assertNotEqual(once("a", "--seed", 7, "--force")[0], once("b", "--seed", 8, "--force")[0])


class DeterminismWithCertificates(Certificates):
    def test_rsa(self):
        self.certify("gm", "ca", "IP:10.0.224.37")
        records = []
        for name in ("a", "b"):
            path = self.folder / f"{name}.pcapng"
            self.run_tool("run", RSA_SIG, *self.words("gm"), *self.policy(), "--registration", 1, "--seed", 3, "--record", path,
                          "--expect", "accepted")
            records.append(path.read_bytes())
        self.assertEqual(*records)


class Sockets(Runs):
    """What the kernel is asked for: strace watches the whole process."""

    def setUp(self):
        super().setUp()
        self.assertTrue(shutil.which("strace"), "strace is needed (tests/packages.txt)")

    def traced(self, *words):
        """Socket calls of a run, with its exit status."""
        path = self.folder / "trace"
        done = subprocess.run(["strace", "-f", "-qq", "-e", "trace=%network", "-o", path, TOOL, *map(str, words)],
                              capture_output=True, timeout=300, check=False, stdin=subprocess.DEVNULL,
                              env={**os.environ, "ASAN_OPTIONS": WITHOUT_LEAKS})
        trace = path.read_text(errors="replace")
        if "ptrace" in done.stderr.decode() and not trace:
            self.skipTest("this machine lets nobody trace")
        return trace, done

    def test_without_ks_nothing_leaves_the_process(self):
        for words in (("--psk", PSK, "--policy", self.policy(), "--count", 3), ("--mode", "verbatim"), ("--psk", PSK, "--dry-run")):
            trace, done = self.traced("run", REFERENCE, *words)
            self.assertIn(done.returncode, (0, 1), done.stderr)
            self.assertNotRegex(trace, r"(sendto|sendmsg|sendmmsg|connect|bind)\(", words)
            self.assertNotRegex(trace, r"socket\(AF_INET", words)

    def test_with_ks_only_that_host_and_port_is_written_to(self):
        server = KeyServer(self, "--policy", self.policy())
        out = self.folder / "out.json"
        for words in (("--psk", PSK, "--count", 3, "--parallel", 3), ("--mode", "verbatim", "--speed", "max", "--timeout", "0.5"),
                      ("--psk", PSK, "--set", "lifetime=1000")):
            trace, done = self.traced("run", REFERENCE, "--ks", server.at, "--json", out, "--force", *words)
            self.assertIn(done.returncode, (0, 1), done.stderr)
            sent = re.findall(r"(?:sendto|sendmsg)\(.*?sin_port=htons\((\d+)\), sin_addr=inet_addr\(\"([^\"]+)\"\)", trace)
            self.assertEqual(set(sent), {(str(server.port), "127.0.0.1")}, words)
            self.assertNotIn("sendmmsg(", trace)
            # The report counts each of them.
            (one,) = json.loads(out.read_text())["registrations"]
            self.assertEqual(one["destinations"], [{"address": "127.0.0.1", "port": server.port, "datagrams": len(sent),
                                                    "over_udp": True}])
            self.assertIn(f"sent over UDP: {len(sent)} datagrams to 127.0.0.1 port {server.port}", done.stdout.decode())


class Progress(Runs):
    def told(self, *words):
        """What appears on a terminal that standard error is."""
        ours, its = pty.openpty()
        process = subprocess.Popen([TOOL, "run", REFERENCE, "--psk", PSK, "-q", *map(str, words)], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=its)
        os.close(its)
        text = b""
        try:
            while more := os.read(ours, 4096):
                text += more
        except OSError:  # so ends the other side of a terminal
            pass
        os.close(ours)
        self.assertEqual(process.wait(), 0)
        return text.decode()

    def test_a_bar_on_a_terminal_that_goes(self):
        words = ("--policy", self.policy(), "--set", "cipher=aes128-sha256-ecp256")
        text = self.told(*words, "--count", 4000)
        self.assertRegex(text, r"reference-gm-registration\.pcap: \[#*\.*\] [\d,]+ of 4,000 registrations")
        self.assertEqual({len(each) for each in re.findall(r"\[([#.]+)\]", text)}, {24})
        self.assertTrue(text.endswith("\r\x1b[K"))
        self.assertEqual(self.run_tool("run", REFERENCE, "--psk", PSK, "-q", *words, "--count", 2000).err, "")


if __name__ == "__main__":
    unittest.main()
