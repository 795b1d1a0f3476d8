"""Inputs that cannot be read: the file, why, and what to do, with exit status 2."""

import os
import shutil
import subprocess
import unittest

from tool import CAPTURES, TOOL, ToolTest

STORY = CAPTURES / "story/c-registered-1.0.17.pcapng"
NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


class Inputs(ToolTest):
    def refused(self, *words, says):
        result = self.run_tool(*words, code=2)
        self.assertOneSentence(result.err)
        self.assertIn(says, result.err)
        self.assertNotIn("filebuf", result.err)

    def of(self, path):
        """Every place of a text file."""
        return (("run", STORY, "--policy", path), ("run", STORY, "--compare", path), ("run", "--mode", "synthetic", path),
                ("inspect", STORY, "--rules", path), ("inspect", STORY, "--keys", path), ("diff", STORY, STORY, "--compare", path),
                ("keyserver", "--listen", "127.0.0.1:0", "--policy", path),
                ("run", STORY, "--cert", path, "--private-key", path, "--ca", path))

    def test_a_folder(self):
        folder = self.folder / "folder"
        folder.mkdir()
        for words in self.of(folder):
            with self.subTest(words):
                self.refused(*words, says=f"{folder}: is a folder; name a file")

    def test_nothing(self):
        for words in self.of(self.folder / "none"):
            with self.subTest(words):
                self.refused(*words, says=f"{self.folder}/none: no such file")

    def test_in_a_scenario(self):
        (self.folder / "folder").mkdir()
        for key in ("capture", "policy", "compare", "identities"):
            for name, why in (("folder", "is a folder; name a file"), ("none", "no such file")):
                with self.subTest(key=key, name=name):
                    capture = "" if key == "capture" else f", capture: {STORY}"
                    path = self.write("s.yaml", f"name: it\ncases:\n  - {{name: one, {key}: {name}{capture}}}\n")
                    self.refused("run", path, says=f"s.yaml:3:{19 + len(key)}: ")
                    self.refused("run", path, says=f"'{key}': {self.folder}/{name}: {why}"
                                 if key != "identities" else why)

    def test_a_file_that_is_another(self):
        path = self.write("huge", "")
        os.truncate(path, 17 << 20)
        self.refused("run", STORY, "--policy", path, says=f"{path}: is larger than 16 MiB")

    def test_a_folder_of_bundles(self):
        bundles = self.folder / "bundles"
        self.run_tool("run", STORY, "--set", "gm-version=1.0.1", "--bundle", bundles, code=1)
        made = next(bundles.iterdir())
        self.refused("run", bundles, says=f"there is no scenario (*.yaml) in this folder; it has bundles: gdoi-replay run {made}")

    def test_a_key_log_of_something_else(self):
        other = CAPTURES / "reference-gm-registration.keys"
        capture = self.write("alone.pcap", (CAPTURES / "reference-gm-registration-kek-push.pcap").read_bytes())
        self.refused("run", capture, "--keys", other, says=f"messages 5 and later are encrypted and no key in {other} reads them")
        self.refused("run", capture, says="no key log is there that reads them")

    @unittest.skipIf(os.geteuid() != 0, "needs another user")
    def test_no_permission(self):
        self.folder.chmod(0o755)
        tool = shutil.copy(TOOL, self.folder / "tool")
        closed = self.write("closed.yaml", "")
        closed.chmod(0o600)
        folder = self.folder / "folder"
        folder.mkdir(mode=0o700)
        capture = shutil.copy(STORY, self.folder / "a.pcapng")
        for words in (("run", closed), ("run", folder), ("run", capture, "--policy", closed), ("run", capture, "--compare", closed),
                      ("inspect", capture, "--rules", closed), ("inspect", capture, "--keys", closed), ("inspect", closed),
                      ("run", "--mode", "synthetic", closed)):
            with self.subTest(words):
                done = subprocess.run([*NOBODY, tool, *words], capture_output=True, check=False)
                self.assertEqual(done.returncode, 2)
                self.assertOneSentence(done.stderr.decode())
                self.assertIn(f"{words[-1]}: no permission to read it; run this as its owner", done.stderr.decode())


if __name__ == "__main__":
    unittest.main()
