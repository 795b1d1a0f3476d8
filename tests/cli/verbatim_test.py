"""`gdoi-replay run --mode verbatim`: captured datagrams as they are; a key server must not fall for them."""

import unittest

from network_test import PSK, KeyServer, Peer
from tool import CAPTURES, ToolTest, capture_files, datagrams

REFERENCE = CAPTURES / "reference-gm-registration.pcap"
SILENT = CAPTURES / "reference-live/wrong-psk.pcap"
POLICY = f"""
psks: [{{{{peer: any, psk: {PSK}}}}}]
proposals: [3des-sha1-modp1024]
{{settings}}
groups:
  - name: sample
    number: 1234
    teks: [{{{{esp: aes128-cbc, authentication: hmac-sha1, lifetime: 3600}}}}]
"""


class Verbatim(ToolTest):
    def policy(self, settings=""):
        return self.write("policy.yaml", POLICY.format(settings=settings))

    def replay(self, *words, capture=REFERENCE, code=0):
        found = self.run_tool("run", "--mode", "verbatim", capture, "--json", "-", *words, code=code).json()
        return found["registrations"]


class InMemory(Verbatim):
    def test_no_capture_fools_the_reference_ks(self):
        # Also without keys: nothing has to be read for it.
        for capture in capture_files():
            for one in self.replay("--seed", 1, "--without-keys", capture=capture):
                self.assertEqual((one["live"]["verdict"], one["expected"]), ("withstood", "withstood"), capture)

    def test_what_may_come_back(self):
        (one,) = self.replay("--seed", 1, "--policy", self.policy("unknown-cookie: notify"))
        found = {each["what"].split(",")[0]: each["count"] for each in one["live"]["answers"]}
        # RFC 2408 sections 2.5.3 and 5.2: messages 3, 5, PULL 1 and 3 name a cookie that this KS never gave.
        self.assertEqual(found, {"NOTIFY INVALID-COOKIE": 4, "a new main mode message 2 to message 1": 1})

    def test_a_ks_that_falls_for_it_is_called_so(self):
        (one,) = self.replay("--seed", 1, "--policy", self.policy("misbehaviour: replayed-as-new"), code=1)
        self.assertEqual((one["live"]["verdict"], one["live"]["step"], one["as_expected"]), ("fooled", "mm3", False))
        self.assertIn("answered main mode message 3 with message 4", one["live"]["reason"])

    def test_timing(self):
        def took(*words):
            return self.replay("--seed", 1, "--registration", 1, *words, capture=SILENT)[0]["live"]["duration_ms"] - 2000

        # captures/reference-live: message 5 was repeated for 24 s; then 2 s of waiting and a question.
        once = took("--speed", "1x")
        self.assertTrue(20_000 < once < 28_000, once)
        self.assertAlmostEqual(took("--speed", "2x"), once / 2, delta=20)
        self.assertLess(took("--speed", "max"), 20)
        self.assertAlmostEqual(took("--rate", "2/s"), 500 * (len(self.plan(SILENT)) - 1), delta=20)

    def plan(self, capture):
        return self.run_tool("run", "--mode", "verbatim", capture, "--registration", 1, "--dry-run", "--json", "-").json()[
            "registrations"][0]["plan"]

    def test_dry_run_names_the_frames(self):
        self.assertEqual([one["captured_frame"] for one in self.plan(REFERENCE)], [1, 3, 5, 7, 9])
        text = self.run_tool("run", "--mode", "verbatim", REFERENCE, "--dry-run", "--rate", "10/s").out
        self.assertIn("would send frame 9 after 0.400 s: encrypted, 24 octets (as captured)", text)

    def test_the_record_has_the_captured_octets(self):
        record = self.folder / "out.pcapng"
        self.replay("--seed", 1, "--record", record)
        octets = record.read_bytes()
        for source, _, payload in datagrams(REFERENCE):
            if source[0] == "127.0.0.1":
                self.assertIn(payload, octets)
        self.assertIn(b"frame 7 of", octets)

    def test_options_that_mean_nothing(self):
        for words in (("--set", "group=1"), ("--change", "mm1: lose"), ("--psk", "x"), ("--expect", "refused")):
            found = self.run_tool("run", "--mode", "verbatim", REFERENCE, *words, code=2)
            self.assertOneSentence(found.err)
        for speed in ("0", "-1x", "fast", "2y"):
            self.run_tool("run", "--mode", "verbatim", REFERENCE, "--speed", speed, code=2)


class OverUdp(Verbatim):
    QUICK = ("--speed", "max", "--timeout", "0.5")

    def test_a_ks_that_is_alive_and_one_that_is_fooled(self):
        server = KeyServer(self, "--policy", self.policy())
        (one,) = self.replay("--ks", server.at, *self.QUICK)
        self.assertEqual(one["live"]["verdict"], "withstood", one["live"]["reason"])
        self.assertIn("the key server is alive", one["live"]["reason"])
        fooled = KeyServer(self, "--policy", self.policy("misbehaviour: replayed-as-new"))
        (one,) = self.replay("--ks", fooled.at, *self.QUICK, code=1)
        self.assertEqual((one["live"]["verdict"], one["live"]["step"]), ("fooled", "mm3"), one["live"]["reason"])

    def test_silence_of_whoever_is_not_alive_is_not_withstood(self):
        peer = Peer(self, lambda octets, sender, by: None)
        (one,) = self.replay("--ks", peer.at, "--speed", "max", "--timeout", "0.05", "--retries", "2", code=3)
        self.assertEqual(one["live"]["verdict"], "aborted")
        self.assertIn("cannot be reached", one["live"]["reason"])

    def test_a_ks_that_dies_of_it(self):
        # Answers message 1 and then nothing.
        answered = []

        def answer(octets, sender, by):
            if not answered:
                answered.append(1)
                by.sendto(octets[:8] + b"\x11" * 8 + octets[16:], sender)

        peer = Peer(self, answer)
        (one,) = self.replay("--ks", peer.at, "--speed", "max", "--timeout", "0.05", "--retries", "2", code=1)
        self.assertEqual(one["live"]["verdict"], "aborted")
        self.assertIn("has become unreachable", one["live"]["reason"])


if __name__ == "__main__":
    unittest.main()
