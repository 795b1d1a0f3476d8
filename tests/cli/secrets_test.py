"""A pre-shared key that the user gives stands in no report: terminal, JSON, JUnit, HTML, names of bundles, command lines, errors."""

import json
import unittest

from tool import CAPTURES, SOURCE, ToolTest

STORY = CAPTURES / "story"
REGISTERED = STORY / "c-registered-1.0.17.pcapng"
LONG = STORY / "policies" / "kek-7-days.yaml"
GM = SOURCE / "replay" / "plan" / "example-gm.yaml"
SECRET, OTHER = "SECRET-of-the-branch-1", "SECRET-of-the-branch-2"


class Secrets(ToolTest):
    def setUp(self):
        super().setUp()
        # Copied away from the manifest, which names a policy: the built-in KS takes the key that the GM has.
        self.alone = self.write("alone.pcapng", REGISTERED.read_bytes())
        self.write("alone.keys", REGISTERED.with_suffix(".keys").read_bytes())

    def told(self, *words, code):
        """All that anybody but the owner of a bundle may see."""
        outputs = [self.folder / f"out.{kind}" for kind in ("json", "xml", "html")]
        found = self.run_tool("run", *words, "--json", outputs[0], "--junit", outputs[1], "--html", outputs[2], "--force", code=code)
        return found.out + found.err + "".join(each.read_text() for each in outputs if each.exists())

    def assertSilent(self, text):
        self.assertNotIn(SECRET, text)
        self.assertNotIn(OTHER, text)

    def test_minimised(self):
        text = self.told(REGISTERED, "--policy", LONG, "--set", f"psk={SECRET}", "--minimise", code=1)
        self.assertSilent(text)
        self.assertIn("it ends so with --set 'psk=***'", text)

    def test_left_out(self):
        text = self.told(self.alone, "--set", f"psk={SECRET}", "--change", "pull1: break-hash", "--minimise", code=1)
        self.assertSilent(text)
        self.assertIn("makes no difference: psk=***", text)

    def test_a_matrix(self):
        path = self.write("s.yaml", f"""
name: keys
defaults: {{capture: {REGISTERED}, policy: {LONG}}}
cases:
  - name: it
    matrix: {{psk: [{SECRET}, {OTHER}, long-sa-story], gm-version: [1.0.1, 1.0.17]}}
    leave-out: [{{psk: {OTHER}, gm-version: 1.0.1}}]
    expect: {{verdict: accepted}}
""")
        text = self.told(path, "--bundle", self.folder / "failed", code=1)
        self.assertSilent(text)
        (scenario,) = json.loads((self.folder / "out.json").read_text())["scenarios"]
        # Which cell is which can still be told, and the last key is that of the capture.
        self.assertEqual([(one["name"], one["place"]["psk"], one["verdict"]) for one in scenario["cases"]], [
            ("it: psk 1, gm-version 1.0.1", "psk 1", "refused"), ("it: psk 1, gm-version 1.0.17", "psk 1", "refused"),
            ("it: psk 2, gm-version 1.0.17", "psk 2", "refused"),
            ("it: psk 3, gm-version 1.0.1", "psk 3", "refused"), ("it: psk 3, gm-version 1.0.17", "psk 3", "accepted")])
        for bundle in (self.folder / "failed").iterdir():
            self.assertSilent(bundle.name)
        # The bundle still has the key: it repeats the case.
        (case,) = self.run_tool("run", self.folder / "failed" / "s-it_psk_2_gm-version_1.0.17", "--json", "-",
                                code=1).json()["scenarios"][0]["cases"]
        self.assertEqual((case["verdict"], case["step"]), ("refused", "mm5"))

    def test_an_axis_that_the_policy_asks_for(self):
        for written in ("psk: ${key}", '"psk": "${key}"', "psk:\n      ${key}"):
            policy = self.write("policy.yaml", LONG.read_text().replace("psk: long-sa-story", written))
            self.assertIn("${key}", policy.read_text())
            path = self.write("s.yaml", f"""
name: keys
cases:
  - {{name: it, capture: {REGISTERED}, policy: {policy}, matrix: {{key: [{SECRET}, long-sa-story]}}, expect: {{verdict: accepted}}}}
""")
            text = self.told(path, code=1)
            self.assertSilent(text)
            self.assertIn("key 1", text)

    def test_the_command_line_of_a_bundle(self):
        for number, words in enumerate((("--psk", SECRET), (f"--psk={SECRET}",), ("--set", f"psk={SECRET}"), (f"--set=psk={SECRET}",))):
            folder = self.folder / f"failed-{number}"
            self.assertSilent(self.told(REGISTERED, "--policy", LONG, *words, "--bundle", folder, code=1))
            (bundle,) = folder.iterdir()
            self.assertSilent((bundle / "bundle.json").read_text())
            (case,) = self.run_tool("run", bundle, "--json", "-", code=1).json()["scenarios"][0]["cases"]
            self.assertEqual((case["verdict"], case["step"]), ("refused", "mm5"))

    def test_errors(self):
        long = SECRET * 100
        for words in (("--psk", long), ("--set", f"psk={long}"), ("--set", f"PSK={SECRET}"), ("--psk", f"0x{SECRET}")):
            error = self.run_tool("run", REGISTERED, *words, code=2).err
            self.assertOneSentence(error)
            self.assertSilent(error)

    def test_that_it_is_another_one_is_told(self):
        for words in (("--psk", SECRET), ("--set", f"psk={SECRET}")):
            text = self.told(self.alone, *words, code=0)
            self.assertSilent(text)
            self.assertIn("changed: pre-shared key, in place of the captured one", text)
            text = self.told("--mode", "synthetic", GM, "--set", "gm-version=1.0.17", *words, code=0)
            self.assertSilent(text)
            self.assertIn("psk=***, instead of what the file says", text)
        # captures/story/c-registered-1.0.17.keys has this one.
        self.assertNotIn("pre-shared key,", self.told(self.alone, "--psk", "long-sa-story", code=0))


if __name__ == "__main__":
    unittest.main()
