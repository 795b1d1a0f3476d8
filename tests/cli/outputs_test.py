"""Outputs that cannot be written, or would be the end of another file, are refused before anything is sent."""

import os
import shutil
import socket
import subprocess
import unittest

from tool import CAPTURES, TOOL, ToolTest

STORY = CAPTURES / "story/c-registered-1.0.17.pcapng"
NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


class Outputs(ToolTest):
    def setUp(self):
        super().setUp()
        self.capture = self.write("a.pcapng", STORY.read_bytes())
        self.keys = self.write("a.keys", STORY.with_suffix(".keys").read_bytes())
        # A KS that answers nothing; what reaches it was sent too early.
        self.peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(self.peer.close)
        self.peer.bind(("127.0.0.1", 0))
        self.at = f"127.0.0.1:{self.peer.getsockname()[1]}"
        self.peer.setblocking(False)

    def refused(self, *words, says, command="run", code=2, **options):
        before = {path: path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}
        if command == "run":
            words = (self.capture, "--ks", self.at, "--timeout", "0.05", "--retries", "0", *words)
        result = self.run_tool(command, *words, code=code, **options)
        self.assertOneSentence(result.err)
        self.assertIn(says, result.err)
        self.assertNotIn("partial", result.err)
        self.assertNotIn(".new", result.err)
        with self.assertRaises(BlockingIOError, msg="sent before it knew where to write"):
            self.peer.recv(1)
        after = {path: path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}
        self.assertEqual(after, before)

    def test_one_name_for_two_outputs(self):
        for one, other in (("--record", "--key-log"), ("--record", "--json"), ("--json", "--junit"),
                           ("--junit", "--html"), ("--record", "--bundle"), ("--key-log", "--html")):
            for force in ((), ("--force",)):
                with self.subTest(one=one, other=other, force=force):
                    self.refused(one, "s1", other, "s1", *force, cwd=self.folder, says="s1 is named for two outputs (--")
        self.refused("--record", "s1", "--key-log", "s1", cwd=self.folder,
                     says="s1 is named for two outputs (--record and --key-log)")

    def test_two_names_for_one_file(self):
        (self.folder / "link").symlink_to(".")
        self.refused("--record", "s4", "--key-log", "./s4", cwd=self.folder, says="./s4 is named for two outputs")
        self.refused("--record", "s4", "--key-log", "link/s4", cwd=self.folder, says="link/s4 is named for two outputs")
        self.refused("--record", "s4", "--key-log", self.folder / "s4", cwd=self.folder, says="is named for two outputs")
        first = self.write("hard1", "mine")
        os.link(first, self.folder / "hard2")
        self.refused("--record", first, "--html", self.folder / "hard2", "--force", says="is named for two outputs")

    def test_devices_are_nothing_that_could_be_lost(self):
        self.run_tool("run", self.capture, "--record", "/dev/null", "--key-log", "/dev/null", "--html", "/dev/null", "-f")

    def test_an_output_that_is_an_input(self):
        policy = self.write("p.yaml", "psks: [{peer: any, psk: secret phrase}]\ngroups: [{name: g, number: 1, "
                                      "kek: {cipher: aes128-cbc, lifetime: 300}, "
                                      "teks: [{esp: aes128-cbc, authentication: hmac-sha1, lifetime: 300}]}]\n")
        rules = self.write("rules.yaml", "rules:\n  - {address: mm2/vid, rule: ignored}\n")
        os.link(self.keys, self.folder / "other-name")
        for option, path in (("--record", self.capture), ("--key-log", self.keys), ("--key-log", self.folder / "other-name"),
                             ("--html", rules)):
            with self.subTest(option=option, path=path):
                self.refused(option, path, "--compare", rules, "--force", says=f"{option} {path}: is an input too")
        self.refused("--key-log", self.folder / "other-name", "--force", says=f"is an input too, by the name {self.keys}; name another")
        self.run_tool("run", self.capture, "--policy", policy, "--json", policy, "--force", code=2)
        self.assertIn(b"psks", policy.read_bytes())

    def test_what_a_manifest_names_is_an_input(self):
        shutil.copytree(CAPTURES, self.folder / "captures")
        story = self.folder / "captures/story"
        capture = story / STORY.name
        for path in (capture.with_suffix(".keys"), self.folder / "captures/manifest.json"):
            before = path.read_bytes()
            result = self.run_tool("run", capture, "--key-log", path, "--force", code=2)
            self.assertIn(f"--key-log {path}: is an input too", result.err)
            self.assertEqual(path.read_bytes(), before)

    def test_of_a_scenario(self):
        scenario = self.write("s.yaml", "name: it\ncases:\n  - {name: one, capture: a.pcapng}\n")
        for path in (scenario, self.capture, self.keys):
            result = self.run_tool("run", scenario, "--html", path, "--force", code=2)
            self.assertIn(f"--html {path}: is an input too", result.err)
        self.assertIn("two outputs", self.run_tool("run", scenario, "--html", "x", "--junit", "./x", code=2).err)

    def test_of_other_commands(self):
        out = self.folder / "out"
        self.refused(self.capture, "-o", self.capture, "--force", command="anonymise", says="is an input too")
        self.refused(self.capture, "-o", out, "--key-log", self.keys, "--force", command="anonymise", says="is an input too")
        self.refused(self.capture, "-o", out, "--key-log", out, command="anonymise",
                     says="is named for two outputs (--output and --key-log)")
        self.refused(self.capture, "-o", "-", command="anonymise", says="--output -: ")
        self.refused(self.keys, "-o", self.keys, "--force", command="keys", says="is an input too")
        self.refused(self.capture, self.capture, "--json", self.keys, "--force", command="diff", says="is an input too")
        self.refused("--listen", "127.0.0.1:0", "--record", out, "--key-log", out, command="keyserver",
                     says="is named for two outputs (--record and --key-log)")

    def test_a_dash_is_no_file_but_for_json(self):
        for option in ("--html", "--junit", "--record", "--key-log", "--bundle"):
            self.refused(option, "-", cwd=self.folder, says=f"{option} -: it is not printed; name a file, ./- for one of that name")
        self.refused("--listen", "127.0.0.1:0", "--record", "-", command="keyserver", says="--record -: ")
        self.assertEqual(self.run_tool("run", self.capture, "--json", "-").json()["schema"], 1)

    def test_where_nothing_can_be_written(self):
        plain = self.write("plain", "")
        for option in ("--html", "--junit", "--json", "--record", "--key-log", "--bundle"):
            with self.subTest(option):
                self.refused(option, self.folder / "none/x", says=f"{self.folder}/none/x: there is no folder {self.folder}/none")
                self.refused(option, plain / "x", says=f"{plain}/x: ")
                if option != "--bundle":
                    self.refused(option, self.folder, "--force", says=f"{self.folder}: is a folder")
        self.refused("--bundle", plain, says=f"{plain}: is no folder")
        self.assertFalse((self.folder / "none").exists())

    @unittest.skipIf(os.geteuid() != 0, "needs another user")
    def test_where_nobody_may_write(self):
        self.folder.chmod(0o755)
        tool = shutil.copy(TOOL, self.folder / "tool")
        for option in ("--html", "--junit", "--json", "--record", "--key-log", "--bundle"):
            done = subprocess.run([*NOBODY, tool, "run", self.capture, "--ks", self.at, option, self.folder / "x"],
                                  capture_output=True, check=False)
            self.assertEqual(done.returncode, 2, option)
            self.assertIn(f"{self.folder}/x: no permission to write", done.stderr.decode())
        sticky = self.folder / "sticky"
        sticky.mkdir()
        sticky.chmod(0o1777)
        (sticky / "x").write_text("of root")
        done = subprocess.run([*NOBODY, tool, "run", self.capture, "--ks", self.at, "--record", sticky / "x", "--force"],
                              capture_output=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn(f"{sticky}/x: no permission to write", done.stderr.decode())
        with self.assertRaises(BlockingIOError):
            self.peer.recv(1)

    def test_a_bundle_makes_its_own_folder(self):
        bundles = self.folder / "bundles"
        self.run_tool("run", self.capture, "--set", "gm-version=1.0.1", "--bundle", bundles, code=1)
        self.assertEqual(len(list(bundles.iterdir())), 1)


class FullDisk(ToolTest):
    @unittest.skipIf(os.geteuid() != 0, "mounts")
    def test_is_a_fault_of_the_machine(self):
        disk = self.folder / "disk"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "none", disk], check=False).returncode != 0:
            self.skipTest("may not mount")
        self.addCleanup(subprocess.run, ["umount", disk], check=True)
        (disk / "filler").write_bytes(bytes(4096))
        for option in ("--html", "--junit", "--json", "--record", "--key-log"):
            with self.subTest(option):
                result = self.run_tool("run", STORY, f"{option}={disk}/x", code=3)
                self.assertIn(f"{disk}/x: ", result.err)
                self.assertIn("space left" if option != "--record" else "disk is full", result.err)
        result = self.run_tool("run", STORY, "--set", "gm-version=1.0.1", "--bundle", disk / "b", code=3)
        self.assertIn(f"{disk}/b", result.err)
        for capture in (STORY, STORY.with_name("h-refused-and-registered.pcapng")):  # more than a buffer
            result = self.run_tool("anonymise", capture, "-o", disk / "x", code=3)
            self.assertIn(f"{disk}/x: the disk is full", result.err)
        self.assertEqual([each.name for each in disk.iterdir() if each.is_file()], ["filler"])


if __name__ == "__main__":
    unittest.main()
