"""`gdoi-replay run --bundle DIR`: what is not as expected leaves a folder that repeats it."""

import json
import shutil
import stat
import unittest

from certificates_test import RSA_SIG, Certificates
from tool import CAPTURES, SOURCE, ToolTest

STORY = CAPTURES / "story"
REGISTERED = STORY / "c-registered-1.0.17.pcapng"
LONG = STORY / "policies" / "kek-7-days.yaml"
THREE = CAPTURES / "reference-live" / "three-gms-kek-3des.pcap"
GM = SOURCE / "replay" / "plan" / "example-gm.yaml"


class Bundle(ToolTest):
    def setUp(self):
        super().setUp()
        self.bundles = self.folder / "bundles"
        self.short = self.write("short.yaml", LONG.read_text().replace("604800", "43200"))

    def differing(self, *words):
        self.run_tool("run", REGISTERED, "--policy", self.short, "--expect", "same", "--bundle", self.bundles, *words, code=1)
        (made,) = self.bundles.iterdir()
        return made

    def test_a_good_run_leaves_none(self):
        self.run_tool("run", REGISTERED, "--bundle", self.bundles)
        self.assertFalse(self.bundles.exists())

    def test_what_is_in_it(self):
        made = self.differing()
        self.assertEqual(sorted(each.name for each in made.iterdir()),
                         ["bundle.json", "captured-1.keys", "captured.pcapng", "live.keys", "live.pcapng", "policy.yaml", "scenario.yaml"])
        index = json.loads((made / "bundle.json").read_text())
        self.assertEqual(index["schema"], 1)
        self.assertEqual(index["first_difference"], "pull2/sa/sak/key_lifetime: captured 604800 s (7 days), live 43200 s (12 h)")
        self.assertIsInstance(index["seed"], int)
        self.assertIn("--expect", index["command"])
        self.assertEqual((made / "captured.pcapng").read_bytes(), REGISTERED.read_bytes())
        self.assertEqual(stat.S_IMODE(made.stat().st_mode), 0o700)
        for name in ("bundle.json", "scenario.yaml", "live.keys", "captured-1.keys"):
            self.assertEqual(stat.S_IMODE((made / name).stat().st_mode), 0o600)

    def test_the_record_reads(self):
        made = self.differing()
        (one,) = self.run_tool("inspect", "--json", made / "live.pcapng").json()["registrations"]
        self.assertEqual((one["outcome"], one["decrypted"], one["lifetimes"]["kek"]), ("registered", True, 43200))

    def test_it_repeats_the_difference_elsewhere(self):
        made = self.differing()
        moved = made.rename(self.folder / "moved")
        self.short.unlink()
        found = self.run_tool("run", moved, "--json", "-", code=1).json()
        (one,) = found["scenarios"][0]["cases"]
        self.assertEqual(one["result"], "failed")
        self.assertIn("pull2/sa/sak/key_lifetime: captured 604800 s (7 days), live 43200 s (12 h)", one["why"])

    def test_to_the_octet(self):
        made = self.differing("--seed", 7)
        again = self.folder / "again"
        self.run_tool("run", made, "--bundle", again, code=1)
        (second,) = again.iterdir()
        self.assertEqual((made / "live.keys").read_bytes(), (second / "live.keys").read_bytes())

    def test_a_case_of_a_matrix_with_changes(self):
        scenario = self.write("s.yaml", f"""
name: test
defaults: {{capture: {REGISTERED}, policy: {LONG}}}
cases:
  - name: broken
    changes: [{{pull1: break-hash}}]
    expect: {{verdict: refused, answers: [INVALID-HASH-INFORMATION], step: pull1}}
  - name: versions
    matrix: {{gm-version: [1.0.1, 1.0.17]}}
    expect: {{verdict: accepted}}
""")
        self.run_tool("run", scenario, "--bundle", self.bundles, code=1)
        names = sorted(each.name for each in self.bundles.iterdir())
        self.assertEqual(names, ["s-broken", "s-versions_gm-version_1.0.1"])
        for name in names:
            (one,) = self.run_tool("run", self.bundles / name, "--json", "-", code=1).json()["scenarios"][0]["cases"]
            self.assertEqual((one["result"], one["verdict"], one["step"], one["how"]), ("failed", "refused", "pull1", "silence"))

    def test_nothing_is_replaced(self):
        made = self.differing()
        before = (made / "bundle.json").read_bytes()
        self.run_tool("run", REGISTERED, "--policy", self.short, "--expect", "same", "--bundle", self.bundles, code=2)
        self.assertEqual((made / "bundle.json").read_bytes(), before)
        self.run_tool("run", REGISTERED, "--policy", self.short, "--expect", "same", "--bundle", self.bundles, "--force", code=1)
        self.assertNotEqual((made / "bundle.json").read_bytes(), before)

    def test_a_broken_one(self):
        for text in ("{}", "[", '{"schema": 1, "seed": 1, "stream": 2}', '{"schema": 1, "marker": 5}',
                     '{"schema": 1, "marker": "auto", "initial_contact": false, "ports": [848], "mode": "verbatim"}'):
            self.write("broken/bundle.json", text)
            self.assertOneSentence(self.run_tool("run", self.folder / "broken", code=2).err)


class Repeating(ToolTest):
    """A bundle run again says the same to the octet: what is recorded, the secrets, the verdict."""

    KEYS = ("first_difference", "seed", "stream", "started_ns", "mode")

    def assertRepeats(self, *words, code=1, verdict, bundles=1, keys=KEYS):
        first, again = self.folder / "first", self.folder / "again"
        self.run_tool("run", *words, "--bundle", first, code=code)
        made = sorted(first.iterdir())
        self.assertEqual(len(made), bundles)
        for each in made:
            moved = each.rename(self.folder / "moved")
            text = self.run_tool("run", moved, "--bundle", again, code=code).out
            (second,) = again.iterdir()
            for name in ("live.pcapng", "live.keys"):
                self.assertEqual((moved / name).read_bytes(), (second / name).read_bytes(), f"{each.name}: {name}")
            index, repeated = (json.loads((folder / "bundle.json").read_text()) for folder in (moved, second))
            for key in keys:
                self.assertEqual(index[key], repeated[key], f"{each.name}: {key}")
            self.assertIn(verdict, text)
            shutil.rmtree(again)
            shutil.rmtree(moved)


class Repeats(Repeating):
    def test_any_registration_of_a_capture(self):
        for words in ((), ("--seed", 7)):
            self.assertRepeats(THREE, "--expect", "refused", *words, verdict="accepted", bundles=3)

    def test_no_two_have_the_same_secrets(self):
        folder = self.folder / "made"
        self.run_tool("run", THREE, REGISTERED, "--seed", 7, "--expect", "refused", "--bundle", folder, code=1)
        logs = [set(each.read_text().split()) for each in folder.glob("*/live.keys")]
        self.assertEqual(len(logs), 4)
        secrets = [{word for word in log if len(word) >= 32} for log in logs]
        self.assertEqual(sum(map(len, secrets)), len(set.union(*secrets)))

    def test_of_several_captures(self):
        self.assertRepeats(THREE, REGISTERED, "--seed", 7, "--expect", "refused", verdict="accepted", bundles=4)

    def test_one_that_was_asked_for(self):
        self.assertRepeats(THREE, "--registration", 2, "--expect", "refused", "--source", "10.9.8.7", "--initial-contact",
                           verdict="accepted")

    def test_a_case_with_several_registrations(self):
        scenario = self.write("s.yaml", f"""
name: test
cases:
  - {{name: third, capture: {THREE}, policy: {CAPTURES}/policies/gdoid.yaml, registration: 3, expect: {{verdict: refused}}}}
  - {{name: all, capture: {THREE}, policy: {CAPTURES}/policies/gdoid.yaml, expect: {{verdict: refused}}}}
""")
        self.assertRepeats(scenario, "--seed", 5, verdict="accepted", bundles=2)

    def test_the_fewest_words(self):
        self.assertRepeats(THREE, "--registration", 2, "--expect", "accepted", "--change", "pull1: break-hash", "--set", "lifetime=900",
                           "--minimise", verdict="pull1", keys=self.KEYS[1:])

    def test_captured_octets(self):
        policy = self.write("policy.yaml", f"misbehaviour: replayed-as-new\n{(CAPTURES / 'policies/gdoid.yaml').read_text()}")
        for words in (("--speed", "max"), ("--rate", "20/s")):
            self.assertRepeats(THREE, "--mode", "verbatim", "--policy", policy, *words, verdict="fooled", bundles=3)

    def test_a_gm_without_a_capture(self):
        for words in ((), ("--set", "gm-version=1.0.17", "--change", "mm1: add vid 0x01020304", "--seed", 3)):
            self.assertRepeats("--mode", "synthetic", GM, "--expect", "refused", *words, verdict="accepted")


class RepeatsWithCertificates(Repeating, Certificates):
    def test_rsa(self):
        self.certify("gm", "ca", "IP:10.0.224.40")
        self.assertRepeats(RSA_SIG, *self.words("gm"), *self.policy(), "--registration", 2, "--expect", "refused", verdict="accepted")


if __name__ == "__main__":
    unittest.main()
