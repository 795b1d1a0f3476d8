"""`gdoi-replay run --bundle DIR`: what is not as expected leaves a folder that repeats it."""

import json
import stat
import unittest

from tool import CAPTURES, ToolTest

STORY = CAPTURES / "story"
REGISTERED = STORY / "c-registered-1.0.17.pcapng"
LONG = STORY / "policies" / "kek-7-days.yaml"


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
        self.write("broken/bundle.json", "{}")
        self.assertOneSentence(self.run_tool("run", self.folder / "broken", code=2).err)


if __name__ == "__main__":
    unittest.main()
