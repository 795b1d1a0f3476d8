"""Every misbehaviour of the reference KS (`misbehaviour` in a policy), called by its right name by `gdoi-replay run`.

The expected verdicts, steps and words are written by hand from RFC 2408, 2409 and 6407."""

import contextlib
import json
import re
import socket
import unittest

from certificates_test import AGGRESSIVE, RSA_SIG, Certificates
from network_test import PSK, KeyServer, Peer
from tool import CAPTURES, ToolTest

REFERENCE = CAPTURES / "reference-gm-registration.pcap"
WORKING = "aes128-sha256-ecp256"
KEK = "kek: {cipher: aes128-cbc, lifetime: 86400}"
ESP = "{esp: aes128-cbc, authentication: hmac-sha1, lifetime: 3600}"
GCM = "{esp: aes128-gcm, lifetime: 3600}"
POLICY = f"""
psks: [{{{{peer: any, psk: {PSK}}}}}]
proposals: [{WORKING}, 3des-sha1-modp1024]
aggressive-mode: yes
{{settings}}
groups:
  - name: sample
    number: 1234
    {{more}}
    teks: [{{teks}}]
"""

ACCEPTED = ("accepted", None, None)
NO_HOW = None

# Misbehaviour: verdict, step, how; what the reason must say.
IN_MEMORY = {
    # RFC 2409 section 5: the responder proves itself in message 6.
    "wrong-hash-r": (("invalid", "mm5", NO_HOW), r"main mode message 6: HASH_R is wrong"),
    # RFC 2408 section 3.14.1
    "no-proposal-chosen": (("refused", "mm1", "notify"), r"clear NOTIFY NO-PROPOSAL-CHOSEN \(14\)"),
    # Each of five answers 3 s late, within the tries (2, 3.6, 6.5 s): harmless.
    "{late: 3}": (ACCEPTED, r"^registered: PULL message 4 came 15\.0"),
    # Later than all tries (23.7 s): nothing ever comes.
    "{late: 60}": (("aborted", "mm1", NO_HOW), r"nothing ever came back"),
    # Whoever answered nothing may not even be there; whoever answered before has refused.
    "{silent-at: mm2}": (("aborted", "mm1", NO_HOW), r"main mode message 1 .* nothing ever came back"),
    "{silent-at: mm4}": (("refused", "mm3", "silence"), r"main mode message 3 .* refused by silence"),
    "{silent-at: mm6}": (("refused", "mm5", "silence"), r"main mode message 5 .* refused by silence"),
    "{silent-at: pull2}": (("refused", "pull1", "silence"), r"PULL message 1 .* refused by silence"),
    "{silent-at: pull4}": (("refused", "pull3", "silence"), r"PULL message 3 .* refused by silence"),
    # RFC 2408 section 5.1: retransmissions are to be expected.
    "duplicated": (ACCEPTED, r"^registered"),
    # Main mode message 6 is the first that is encrypted; its last octets are HASH_R.
    "corrupted": (("invalid", "mm5", NO_HOW), r"HASH_R is wrong"),
    # RFC 2408 section 3.1: an answer has the initiator's cookie.
    "wrong-cookies": (("invalid", "mm1", NO_HOW), r"no answer to it \(ignored: \d+ with other cookies\)"),
    "answers-from-another-port": (("aborted", "mm1", NO_HOW), r"\d+ from another address, the last of them \S+ port 849"),
    # RFC 6407 section 3.2
    "wrong-hash-2": (("invalid", "pull1", NO_HOW), r"HASH\(2\) of PULL message 2 is wrong"),
    "wrong-hash-4": (("invalid", "pull3", NO_HOW), r"HASH\(4\) of PULL message 4 is wrong"),
    "wrong-message-id": (("invalid", "pull1", NO_HOW), r"PULL message 1 .* answers came under another message ID"),
    # RFC 6407 sections 5.2.1, 5.6, 3.2
    "sa-without-keys": (("invalid", "pull1", NO_HOW), r"SA of PULL message 2 holds neither an SA KEK nor an SA TEK"),
    "kd-without-tek": (("invalid", "pull3", NO_HOW), r"KD of PULL message 4 holds no key for the TEK with SPI 0x[0-9a-f]{8}, "
                                                     r"which the SA of message 2 announced"),
    "kd-with-foreign-tek": (("invalid", "pull3", NO_HOW), r"holds a key for a TEK with SPI 0x[0-9a-f]{8}, which no SA TEK of "
                                                          r"message 2 announced"),
    "no-seq": (("invalid", "pull3", NO_HOW), r"PULL message 4 has no SEQ, though the SA of message 2 has an SA KEK"),
    # Nobody replays anything here, and one GM does not meet another.
    "replayed-as-new": (ACCEPTED, r"^registered"),
    "forgets-members": (ACCEPTED, r"^registered"),
    # This GM is to be accepted anyway.
    "accepts-what-it-should-refuse": (ACCEPTED, r"^registered"),
}

# With certificates only, or in aggressive mode.
ELSEWHERE = {"foreign-certificate", "{silent-at: am2}"}


def outcome(one):
    return (one["live"]["verdict"], one["live"]["step"], one["live"]["how"])


class Misbehaves(ToolTest):
    def setUp(self):
        super().setUp()
        # Copied away from the manifest, which names a policy.
        self.capture = self.write("mine.pcap", REFERENCE.read_bytes())
        self.write("mine.keys", REFERENCE.with_suffix(".keys").read_bytes())

    def policy(self, word, settings="", more=KEK, teks=ESP):
        line = f"misbehaviour: {word}" if word else ""
        return self.write("policy.yaml", POLICY.format(settings=f"{settings}\n{line}", more=more, teks=teks))

    def replay(self, policy, *words, capture=None, psk=PSK, expect="accepted", seed=("--seed", 3)):
        """The one registration, with the exit status that its verdict must have."""
        path = self.folder / "report.json"
        done = self.run_any("run", capture or self.capture, "--psk", psk, "--policy", policy, *seed, "--expect", expect,
                            "--force", "--json", path, *words)
        (one,) = json.loads(path.read_text())["registrations"]
        return one, done

    def run_any(self, *words):
        for code in (0, 1, 3):
            with contextlib.suppress(AssertionError):
                return self.run_tool(*words, code=code).code
        return self.run_tool(*words).code


class InMemory(Misbehaves):
    def test_the_same_ks_accepts_where_it_behaves(self):
        one, code = self.replay(self.policy(""))
        self.assertEqual((outcome(one), code), (ACCEPTED, 0))

    def test_each_is_called_by_its_name(self):
        for word, (expected, reason) in IN_MEMORY.items():
            with self.subTest(word):
                one, code = self.replay(self.policy(word))
                self.assertEqual(outcome(one), expected, one["live"]["reason"])
                self.assertRegex(one["live"]["reason"], reason)
                # Nothing came from where it was asked: 3; another verdict than expected: 1.
                self.assertEqual(code, {"accepted": 0, "aborted": 3}.get(expected[0], 1))

    def test_the_matrix_has_every_word_of_the_policy(self):
        found = self.run_tool("run", self.capture, "--policy", self.policy("unheard-of"), code=2)
        words = set(re.search(r"must be one of (.*), \{late: SECONDS\} or \{silent-at: MESSAGE\}", found.err)[1].split(", "))
        found = self.run_tool("run", self.capture, "--policy", self.policy("{silent-at: mm1}"), code=2)
        silent = re.search(r"must be one of (.*)", found.err)[1].strip().split(", ")
        words |= {f"{{silent-at: {one}}}" for one in silent} | {"{late: 3}", "{late: 60}"}
        self.assertEqual(words, set(IN_MEMORY) | ELSEWHERE)
        for name in ("keyserver/example-policy.yaml", "README.md"):
            text = (CAPTURES.parent / "replay" / name).read_text()
            for word in words | set(silent):
                self.assertRegex(text, r"\b" + re.sub(r"^\{|: .*", "", word) + r"\b", name)

    def test_other_suites_and_families_of_keys(self):
        # Two TEKs and no KEK: there is no SEQ to be left out, and a missing TEK is missed all the same.
        one, _ = self.replay(self.policy("no-seq", more="members: [0.0.0.0/0]", teks=f"{ESP}, {ESP}"))
        self.assertEqual(outcome(one), ACCEPTED)
        one, _ = self.replay(self.policy("kd-without-tek", more="members: [0.0.0.0/0]", teks=f"{ESP}, {ESP}"))
        self.assertIn("holds no key for the TEK", one["live"]["reason"])
        for suite in ("3des-sha1-modp1024", WORKING):
            one, _ = self.replay(self.policy("wrong-hash-r"), "--set", f"cipher={suite}")
            self.assertEqual(outcome(one), ("invalid", "mm5", None), suite)

    def test_aggressive_mode(self):
        one, _ = self.replay(self.policy("{silent-at: am2}"), "--registration", 1, "--without-keys", "--set", "group=1234",
                             capture=AGGRESSIVE)
        self.assertEqual(outcome(one), ("aborted", "am1", None))
        self.assertIn("nothing ever came back", one["live"]["reason"])
        one, _ = self.replay(self.policy("wrong-hash-r"), "--registration", 1, "--without-keys", "--set", "group=1234",
                             capture=AGGRESSIVE)
        self.assertEqual(outcome(one), ("invalid", "am1", None))
        self.assertIn("aggressive mode message 2: HASH_R is wrong", one["live"]["reason"])
        one, _ = self.replay(self.policy("corrupted"), "--registration", 1, "--without-keys", "--set", "group=1234",
                             capture=AGGRESSIVE)
        self.assertEqual(outcome(one), ("invalid", "pull1", None), one["live"]["reason"])
        self.assertRegex(one["live"]["reason"], r"PULL message 2 is malformed|HASH\(2\) of PULL message 2 is wrong")

    def test_who_forgets_members_gives_a_sender_id_twice(self):
        # RFC 6407 section 3.5: a sender ID is never used again while the TEK lives.
        for word, verdict in (("", "accepted"), ("forgets-members", "invalid")):
            one, _ = self.replay(self.policy(word, teks=GCM), "--count", 3)
            self.assertEqual(one["clones"]["verdicts"][verdict], 3 if not word else 2, word)
        self.assertIn("sender ID 0, which another GM has been given under the same TEK", one["live"]["reason"])


class AcceptsWhatItShouldRefuse(Misbehaves):
    """What a well-behaved KS refuses, it accepts: as another verdict than the expected one."""

    def both(self, refused_at, *words, **options):
        settings = options.pop("policy", {})
        one, code = self.replay(self.policy("", **settings), *words, expect="refused", **options)
        self.assertEqual((outcome(one)[:2], code), (("refused", refused_at), 0), one["live"]["reason"])
        one, code = self.replay(self.policy("accepts-what-it-should-refuse", **settings), *words, expect="refused", **options)
        self.assertEqual((outcome(one), code), (ACCEPTED, 1), one["live"]["reason"])

    def test_version(self):
        self.both("pull1", "--set", "gm-version=1.0.1", policy={"more": "kek: {cipher: aes128-cbc, lifetime: 604800}"})

    def test_group(self):
        self.both("pull1", "--set", "group=4321")

    def test_member(self):
        self.both("pull1", policy={"more": f"members: [10.99.0.0/16]\n    {KEK}"})

    def test_a_wrong_psk_cannot_be_accepted(self):
        one, _ = self.replay(self.policy("accepts-what-it-should-refuse"), psk="another")
        self.assertEqual(outcome(one)[1], "mm5")
        self.assertNotEqual(outcome(one)[0], "accepted")


class WithCertificates(Certificates):
    """Expired and revoked certificates need no word: a policy names such a file."""

    def replay(self, *more, words=(), policy="", ca="ca"):
        self.certify("gm", "ca", "IP:10.0.224.37")
        (one,) = self.run_json(RSA_SIG, *self.words("gm", ca=ca), *self.policy(policy), "--registration", 1, *words,
                               *more, code=1)
        return one

    def test_foreign_certificate(self):
        one = self.replay(policy="misbehaviour: foreign-certificate")
        self.assertEqual(outcome(one), ("invalid", "mm5", None))
        self.assertRegex(one["live"]["reason"],
                         r"main mode message 6: .*certificate CN=ks,O=Tests: (self-signed|unable to get local issuer)")

    def test_foreign_certificate_on_a_curve(self):
        key = ("ec", "-pkeyopt", "ec_paramgen_curve:P-384")
        self.certify("ks", "ca", "IP:10.0.224.44", key=key)
        self.certify("gm", "ca", "IP:10.0.224.37", key=key)
        text = "\n".join(line for line in self.policy("misbehaviour: foreign-certificate")[1].read_text().splitlines()
                         if "proposals" not in line)
        policy = self.write("curve.yaml", text)
        (one,) = self.run_json(RSA_SIG, *self.words("gm"), "--policy", policy, "--registration", 1,
                               "--set", "cipher=aes128-sha256-ecp256-ecdsa-384", code=1)
        self.assertEqual(outcome(one), ("invalid", "mm5", None), one["live"]["reason"])
        self.assertRegex(one["live"]["reason"], r"certificate CN=ks,O=Tests: (self-signed|unable to get local issuer)")

    def test_wrong_signature(self):
        one = self.replay(policy="misbehaviour: wrong-hash-r")
        self.assertEqual(outcome(one), ("invalid", "mm5", None))
        self.assertIn("main mode message 6: the signature is not that of the key of CN=ks,O=Tests", one["live"]["reason"])

    def test_expired_certificate(self):
        self.certify("ks", "ca", "IP:10.0.224.44", days=-1)
        one = self.replay()
        self.assertEqual(outcome(one), ("invalid", "mm5", None))
        self.assertIn("certificate CN=ks,O=Tests: certificate has expired", one["live"]["reason"])

    def test_revoked_certificate(self):
        self.write("index.txt", "")
        self.write("crlnumber", "01\n")
        self.write("ca.cnf", "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ncrlnumber=crlnumber\ndefault_md=sha256\n"
                             "default_crl_days=30\n")
        ca = ("-config", "ca.cnf", "-cert", "ca.pem", "-keyfile", "ca.key")
        self.openssl("ca", *ca, "-revoke", "ks.pem")
        self.openssl("ca", *ca, "-gencrl", "-out", "ca.crl")
        one = self.replay(words=("--crl", self.folder / "ca.crl"))
        self.assertEqual(outcome(one), ("invalid", "mm5", None))
        self.assertIn("certificate CN=ks,O=Tests: certificate revoked", one["live"]["reason"])

    def test_a_gm_of_another_authority_is_let_in_by_who_accepts_all(self):
        self.authority("other", "Another")
        self.certify("gm", "other", "IP:10.0.224.41")
        one = self.run_json(RSA_SIG, *self.words("gm"), *self.policy("misbehaviour: accepts-what-it-should-refuse"),
                            "--registration", 3, code=1)[0]
        self.assertEqual((one["captured"]["outcome"], outcome(one)), ("refused", ACCEPTED))

    def test_it_needs_a_certificate(self):
        policy = self.write("none.yaml", POLICY.format(settings="misbehaviour: foreign-certificate", more=KEK, teks=ESP))
        found = self.run_tool("run", REFERENCE, "--policy", policy, code=2)
        self.assertIn("none.yaml:5:15: 'foreign-certificate' needs 'certificate', 'private-key' and 'ca'", found.err)


class OverUdp(Misbehaves):
    def serve(self, word):
        return KeyServer(self, "--policy", self.policy(word))

    def register(self, server, *words):
        return self.replay(self.folder / "policy.yaml", "--ks", server.at, *words, seed=())

    def replay(self, policy, *words, **options):
        del policy  # the key server has it
        path = self.folder / "report.json"
        code = self.run_any("run", self.capture, "--psk", PSK, "--expect", "accepted", "--force", "--json", path, *words)
        (one,) = json.loads(path.read_text())["registrations"]
        return one, code

    def test_late(self):
        one, code = self.register(self.serve("{late: 1}"), "--timeout", "0.4", "--retries", "4")
        self.assertEqual((outcome(one), code), (ACCEPTED, 0), one["live"]["reason"])
        self.assertGreater(one["live"]["retransmissions"], 4)

    def test_duplicated(self):
        one, code = self.register(self.serve("duplicated"))
        self.assertEqual((outcome(one), code), (ACCEPTED, 0), one["live"]["reason"])

    def test_who_takes_a_replayed_message_for_a_new_one(self):
        # Each message of the GM comes twice.
        for word, expected in (("", ACCEPTED), ("replayed-as-new", ("invalid", "pull3", None))):
            towards = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.addCleanup(towards.close)
            towards.connect(("127.0.0.1", self.serve(word).port))

            def answer(octets, sender, by, towards=towards):
                for _ in range(2):
                    towards.send(octets)
                towards.settimeout(2)
                with contextlib.suppress(TimeoutError):
                    while True:
                        by.sendto(towards.recv(65536), sender)
                        towards.settimeout(0.1)

            one, _ = self.register(Peer(self, answer))
            self.assertEqual(outcome(one), expected, one["live"]["reason"])
        self.assertIn("PULL message 1 with two different messages 2: it took a repeated message for a new one",
                      one["live"]["reason"])

    def test_from_another_port(self):
        server = self.serve("answers-from-another-port")
        one, code = self.register(server, "--timeout", "0.1", "--retries", "2")
        self.assertEqual((outcome(one), code), (("aborted", "mm1", None), 3))
        found = re.search(r"3 from another address, the last of them 127\.0\.0\.1 port (\d+)", one["live"]["reason"])
        self.assertTrue(found, one["live"]["reason"])
        self.assertNotEqual(int(found[1]), server.port)


if __name__ == "__main__":
    unittest.main()
