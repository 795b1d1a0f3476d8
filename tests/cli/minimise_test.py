"""`gdoi-replay run --minimise`: the least that still ends in the same way."""

import json
import shutil
import unittest

from tool import CAPTURES, ToolTest

REGISTERED = CAPTURES / "story" / "c-registered-1.0.17.pcapng"
LONG = CAPTURES / "story" / "policies" / "kek-7-days.yaml"
# Each of these is accepted alone but for the first.
NOISE = ["--set", "lifetime=1000", "--change", "pull1: repeat 2", "--set", "mm1/transform/life_duration=5000"]


class Minimise(ToolTest):
    def replay(self, *words, code=1):
        return self.run_tool("run", REGISTERED, "--json", "-", "--seed", 7, *words, code=code).json()["registrations"][0]

    def minimised(self, *words, code=1):
        return self.replay("--minimise", *words, code=code)["minimised"]

    def again(self, found, code=1):
        """Runs what it says is enough."""
        words = [word for each in found["settings"] for word in ("--set", each)]
        words += [word for each in found["changes"] for word in ("--change", each)]
        return self.replay(*words, code=code)["live"]

    def test_what_makes_no_difference_goes(self):
        found = self.minimised("--set", "gm-version=1.0.1", *NOISE)
        self.assertEqual(found["settings"], ["gm-version=1.0.1"])
        self.assertEqual(sorted(found["changes"]), ["mm1/vid[2]: drop"])
        self.assertEqual(sorted(found["left_out"]), ["lifetime=1000", "mm1/transform/life_duration=5000", "mm1/vid[2]",
                                                     "pull1: repeat 2"])
        self.assertTrue(found["complete"])
        live = self.again(found)
        self.assertEqual((live["verdict"], live["step"], live["how"]), ("refused", "pull1", "silence"))
        # What is left is needed: one that is new enough is not refused.
        self.assertEqual(self.again({**found, "settings": ["gm-version=1.0.17"]}, code=0)["verdict"], "accepted")

    def test_the_cause_stays(self):
        """A wrong HASH(1) and an old version are both refused at pull1; the KS does not say the same of them."""
        found = self.minimised("--set", "gm-version=1.0.17", *NOISE, "--change", "pull1: break-hash")
        self.assertEqual(found["settings"], [])
        self.assertIn("pull1: break-hash", found["changes"])
        self.assertNotIn("pull1: repeat 2", found["changes"])

    def test_a_difference_stays(self):
        short = self.write("short.yaml", LONG.read_text().replace("604800", "43200"))
        found = self.minimised("--policy", short, "--expect", "same", "--change", "pull3: repeat 2", "--set", "gm-version=1.0.1")
        self.assertEqual(sorted(found["left_out"])[:2], ["gm-version=1.0.1", "mm1/vid[1]"])
        self.assertIn("pull3: repeat 2", found["left_out"])

    def test_what_should_be_refused_keeps_its_changes(self):
        lenient = self.write("lenient.yaml", LONG.read_text() + "misbehaviour: accepts-what-it-should-refuse\n")
        found = self.minimised("--policy", lenient, "--change", "pull1: break-hash", "--expect", "refused")
        self.assertIn("pull1: break-hash", found["changes"])
        self.assertTrue(found["left_out"])

    def test_no_more_runs_than_allowed(self):
        found = self.minimised("--set", "gm-version=1.0.1", *NOISE, "--minimise-runs", 4)
        self.assertEqual((found["runs"], found["complete"]), (4, False))
        self.assertIn("gm-version=1.0.1", found["settings"])

    def test_only_what_is_not_as_expected(self):
        self.assertIsNone(self.minimised(code=0))

    def test_the_bundle_is_the_least(self):
        folder = self.folder / "bundles"
        text = self.run_tool("run", REGISTERED, "--set", "gm-version=1.0.1", *NOISE, "--minimise", "--bundle", folder, code=1).out
        self.assertRegex(text, r"minimised in \d+ runs; it ends so with --set 'gm-version=1.0.1'")
        (bundle,) = folder.iterdir()
        self.assertNotIn("repeat", (bundle / "scenario.yaml").read_text())
        (case,) = self.run_tool("run", bundle, "--json", "-", code=1).json()["scenarios"][0]["cases"]
        self.assertEqual((case["verdict"], case["step"], case["how"]), ("refused", "pull1", "silence"))
        # What was recorded is the least too: PULL message 1 comes once, and its repetitions.
        kept = self.run_tool("inspect", "--json", "--keys", bundle / "live.keys", bundle / "live.pcapng").json()
        self.assertEqual(kept["registrations"][0]["step"], "pull1")

    def test_the_bundle_tells_of_the_least(self):
        """Its first difference is that of the record in it, not of the run before."""
        folder = self.folder / "bundles"
        noisy = ("--set", "gm-version=1.0.1", *NOISE, "--change", "mm1/vid[1]: repeat 2", "--minimise")
        scenario = self.write("s.yaml", f"""
name: one
defaults: {{capture: {REGISTERED}, policy: {LONG}}}
cases:
  - name: old
    set: {{gm-version: 1.0.1, lifetime: 1000, mm1/transform/life_duration: 5000}}
    changes: [{{pull1: repeat 2}}]
    expect: {{verdict: accepted}}
""")
        for words in ((REGISTERED, *noisy), (scenario, "--minimise")):
            self.run_tool("run", *words, "--bundle", folder, "--force", "--seed", 7, code=1)
            (bundle,) = folder.iterdir()
            index = json.loads((bundle / "bundle.json").read_text())
            again = self.folder / "again"
            self.run_tool("run", bundle, "--bundle", again, "--force", code=1)
            (second,) = again.iterdir()
            repeated = json.loads((second / "bundle.json").read_text())
            self.assertEqual(index["first_difference"], repeated["first_difference"])
            # Message 2 answers lifetimes as they were offered: captured ones, once the settings are gone.
            self.assertNotIn("5000", index["first_difference"])
            self.assertNotIn("1000", index["first_difference"])
            for each in (*folder.iterdir(), *again.iterdir()):
                shutil.rmtree(each)

    def test_scenarios(self):
        scenario = self.write("s.yaml", f"""
name: one
defaults: {{capture: {REGISTERED}, policy: {LONG}}}
cases:
  - name: old
    set: {{gm-version: 1.0.1, lifetime: 1000}}
    changes: [{{pull1: repeat 2}}]
    expect: {{verdict: accepted}}
""")
        (case,) = self.run_tool("run", scenario, "--minimise", "--json", "-", code=1).json()["scenarios"][0]["cases"]
        self.assertEqual(case["minimised"]["settings"], ["gm-version=1.0.1"])
        self.assertIn("makes no difference: ", self.run_tool("run", scenario, "--minimise", code=1).out)

    def test_what_cannot_be(self):
        for words in (("--count", 2), ("--mode", "verbatim"), ("--dry-run",)):
            error = self.run_tool("run", REGISTERED, "--minimise", *words, code=2).err
            self.assertOneSentence(error)
            self.assertIn("--minimise", error)
        self.assertOneSentence(self.run_tool("run", REGISTERED, "--minimise-runs", 0, code=2).err)


if __name__ == "__main__":
    unittest.main()
