"""The tutorial of replay/README.md, command by command, as somebody follows it who has nothing but the page."""

import os
import re
import shlex
import subprocess
import unittest

from tool import SOURCE, TOOL, ToolTest

README = SOURCE / "replay" / "README.md"
SECTION = re.compile(r"^## Ten minutes.*?(?=^## )", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def steps(console):
    """Commands and the lines that they are shown to print."""
    found = []
    for line in console.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


class Tutorial(ToolTest):
    def shell(self, command):
        """As typed into a shell where the tool is installed and `captures` is this repository's."""
        words = shlex.split(command)
        if words[0] == "gdoi-replay":
            words[0] = TOOL
        done = subprocess.run(words, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=120, check=False)
        return done.returncode, done.stdout.decode()

    def assertShown(self, shown, printed, command):
        """The lines stand in what was printed, in this order, and next to each other but for "  ..."."""
        lines = printed.splitlines()
        at, anywhere = 0, True
        for line in shown:
            if line.strip() == "...":
                anywhere = True
                continue
            self.assertIn(line, lines[at:], command)
            place = lines.index(line, at)
            self.assertTrue(anywhere or place == at, f"{command}: something stands before {line!r}")
            at, anywhere = place + 1, False

    def test_as_written(self):
        os.symlink(SOURCE / "captures", self.folder / "captures")
        (section,) = SECTION.findall(README.read_text(encoding="utf-8"))
        (scenario,) = [text for kind, text in BLOCK.findall(section) if kind == "yaml"]
        self.write("tests/getvpn.yaml", scenario)
        commands = [step for kind, text in BLOCK.findall(section) if kind == "console" for step in steps(text)]
        self.assertEqual(len(commands), 5)
        for command, shown in commands:
            code, printed = self.shell(command)
            self.assertEqual(code, 1 if "  differs" in "\n".join(shown) else 0, f"{command}: {printed}")
            self.assertShown(shown, printed, command)
            if command.startswith("cp "):
                (self.folder / "tests" / "gm.pcap").write_bytes((self.folder / "gm.pcap").read_bytes())
        self.assertTrue((self.folder / "report.xml").read_text().startswith("<?xml"))
        self.assertIn("GM 1.0.1 is kept out", (self.folder / "report.html").read_text())

    def test_pictures_are_there(self):
        for name in re.findall(r"!\[[^]]+\]\(([^)]+)\)", README.read_text(encoding="utf-8")):
            self.assertTrue((README.parent / name).is_file(), name)


if __name__ == "__main__":
    unittest.main()
