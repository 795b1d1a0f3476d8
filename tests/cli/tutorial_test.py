"""replay/README.md as somebody follows it who has nothing but the page: the tutorial command by command, and each
example elsewhere in it that needs nothing but this repository."""

import os
import re
import shlex
import subprocess
import unittest

from tool import SOURCE, TOOL, ToolTest

README = SOURCE / "replay" / "README.md"
LONG = SOURCE / "captures" / "story" / "policies" / "kek-7-days.yaml"
SECTION = re.compile(r"^## Ten minutes.*?(?=^## )", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Examples with files, key servers or tools that are the reader's own.
OWN = re.compile(r"--ks |\||two-releases|gdoid\.log|mine\.pcap|gm\.pem|field\.pcap|keyserver")


def steps(console):
    """Commands and the lines that they are shown to print."""
    found = []
    for line in console.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found:
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
        """The lines are what was printed; where some, or the rest of one, are left out "  ..." stands."""
        lines = printed.rstrip().splitlines()
        at, anywhere = 0, False
        for line in shown:
            if line.strip() == "...":
                anywhere = True
                continue
            begins = line.removesuffix("  ...") if line.endswith("  ...") else None
            places = [i for i in range(at, len(lines)) if lines[i] == line or begins and lines[i].startswith(begins)]
            self.assertTrue(places, f"{command}: {line!r} is not in {printed}")
            self.assertTrue(anywhere or places[0] == at, f"{command}: something stands before {line!r}: {printed}")
            at, anywhere = places[0] + 1, False
        self.assertTrue(anywhere or at == len(lines), f"{command}: more is printed: {lines[at:]}")

    def test_as_written(self):
        os.symlink(SOURCE / "captures", self.folder / "captures")
        (section,) = SECTION.findall(README.read_text(encoding="utf-8"))
        ((name, scenario),) = re.findall(r"^\*\*4\. .*? as `([^`]+)`.*?^```yaml\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
        # It can be followed in this repository too.
        self.assertFalse((SOURCE / name).parent.exists(), name)
        self.write(name, scenario)
        commands = [step for kind, text in BLOCK.findall(section) if kind == "console" for step in steps(text)]
        self.assertEqual(len(commands), 5)
        for command, shown in commands:
            code, printed = self.shell(command)
            self.assertEqual(code, 1 if "  differs" in "\n".join(shown) else 0, f"{command}: {printed}")
            self.assertShown(shown, printed, command)
        self.assertTrue((self.folder / "report.xml").read_text().startswith("<?xml"))
        self.assertIn("GM 1.0.1 is kept out", (self.folder / "report.html").read_text())
        # The job runs what was tried by hand.
        (by_hand,) = [command for command, _ in commands if "--junit" in command]
        self.assertIn("script: " + by_hand.replace("mekmitasdigoat", '"$GETVPN_PSK"') + "\n", section)

    def test_examples(self):
        for folder in ("captures", "replay"):
            os.symlink(SOURCE / folder, self.folder / folder)
        for name in ("reference-gm-registration.pcap", "reference-gm-registration.keys"):
            self.write(name, (SOURCE / "captures" / name).read_bytes())
        self.write("kek-12-h.yaml", LONG.read_text().replace("604800", "43200"))
        rest = SECTION.sub("", README.read_text(encoding="utf-8"))
        commands = [step for kind, text in BLOCK.findall(rest) if not kind for step in steps(text)]
        tried = [(command, shown) for command, shown in commands if command.startswith("gdoi-replay") and not OWN.search(command)]
        self.assertGreater(len(tried), 10)
        for command, shown in tried:
            with self.subTest(command):
                _, printed = self.shell(command)
                if shown:
                    self.assertShown(shown, printed, command)

    def test_pictures_are_there(self):
        for name in re.findall(r"!\[[^]]+\]\(([^)]+)\)", README.read_text(encoding="utf-8")):
            self.assertTrue((README.parent / name).is_file(), name)


if __name__ == "__main__":
    unittest.main()
