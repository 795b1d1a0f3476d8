"""Help, manual pages and the shells' completions: generated from the same words, fit to be read by their readers."""

import pathlib
import re
import shlex
import subprocess
import unittest

from tool import CAPTURES, TOOL, ToolTest

# Of pages that are not installed here nothing can be said.
NOT_INSTALLED = re.compile(r"referenced manual not found|mandoc\.db")


def commands():
    text = subprocess.run([TOOL, "--help"], check=True, capture_output=True, text=True).stdout
    return re.findall(r"^  ([a-z]+) ", text.split("Commands:")[1].split("Options:")[0], re.M)


def options(command):
    text = subprocess.run([TOOL, command, "--help"], check=True, capture_output=True, text=True).stdout
    return set(re.findall(r"(--[a-z][a-z-]+)", text.split("Options:")[1].split("Exit status")[0]))


def examples(page):
    """The commands of a page as a reader would type them."""
    text = subprocess.run(["mandoc", "-T", "utf8"], input=page, check=True, capture_output=True, text=True).stdout
    text = re.sub(r".\x08", "", text).split("EXAMPLES\n")[-1].split("SEE ALSO")[0]
    lines = re.sub(r" \\\n +", " ", text).splitlines()
    return [line.strip() for line in lines if re.match(r" +(source <\()?gdoi-replay ", line)]


class Help(ToolTest):
    def test_fits_80_columns(self):
        for command in [[], *([each] for each in commands())]:
            for line in self.run_tool(*command, "--help").out.splitlines():
                self.assertLessEqual(len(line), 80, line)


class Manual(ToolTest):
    def test_every_page_is_clean(self):
        self.assertGreater(len(commands()), 6)
        self.run_tool("manual", "--output", self.folder / "man")
        pages = sorted(path.name for path in (self.folder / "man").iterdir())
        self.assertEqual(pages, sorted(["gdoi-replay.1", *(f"gdoi-replay-{each}.1" for each in commands())]))
        for page in pages:
            found = subprocess.run(["mandoc", "-T", "lint", self.folder / "man" / page], capture_output=True, text=True)
            self.assertEqual([], [line for line in found.stdout.splitlines() if not NOT_INSTALLED.search(line)], page)

    def test_every_option_is_explained(self):
        for command in commands():
            page = self.run_tool("manual", command).out
            text = subprocess.run(["mandoc", "-T", "utf8", "-O", "width=500"], input=page, check=True,
                                  capture_output=True, text=True).stdout
            text = re.sub(r".\x08", "", text)
            for name in options(command) | {"--help"}:
                self.assertRegex(text, rf"(?m)^ +(-., )?{name}( |$)", command)

    def test_examples_name_options_that_there_are(self):
        seen = 0
        for command in commands():
            for line in examples(self.run_tool("manual", command).out):
                words = re.search(r"gdoi-replay ([a-z]+)([^|)]*)", line)
                self.assertEqual(words[1], command)
                self.assertLessEqual(set(re.findall(r"(--[a-z-]+)", words[2])), options(command))
                seen += 1
        self.assertGreater(seen, 8)

    def test_examples_can_be_typed(self):
        found = examples(self.run_tool("manual", "inspect").out)
        self.assertIn("gdoi-replay inspect --json *.pcap | jq '.registrations[] | select(.outcome == \"refused\")'", found)

    def test_examples_of_the_story_end_as_they_say(self):
        root = CAPTURES.parent
        lines = [line for line in examples(self.run_tool("manual", "run").out) if "run captures/" in line]
        self.assertGreaterEqual(len(lines), 6)
        for line in lines:
            subprocess.run([TOOL, *shlex.split(line)[1:]], cwd=root, check=True, stdout=subprocess.DEVNULL)

    def test_no_such_command(self):
        result = self.run_tool("manual", "rum", code=2)
        self.assertOneSentence(result.err)
        self.assertIn("inspect", result.err)


class Completion(ToolTest):
    def bash(self, *words):
        """What bash offers for the last of the words."""
        script = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _gdoi_replay; printf "%s\\n" "${COMPREPLY[@]}"'
        file = self.write("gdoi-replay", self.run_tool("completion", "bash").out)
        return subprocess.run(["bash", "-c", script, "bash", file, "gdoi-replay", *words], check=True, cwd=CAPTURES.parent,
                              capture_output=True, text=True).stdout.split()

    def test_commands_and_options(self):
        self.assertEqual(set(self.bash("")), set(commands()) | {"--help", "--version"})
        self.assertEqual(self.bash("insp"), ["inspect"])
        for command in commands():
            self.assertEqual(set(self.bash(command, "--")) , options(command) | {"--help"})

    def test_words_of_options(self):
        self.assertEqual(set(self.bash("run", "--marker", "")), {"auto", "yes", "no"})
        self.assertEqual(set(self.bash("run", "--mode", "")), {"stateful", "verbatim", "synthetic"})
        self.assertEqual(set(self.bash("run", "--expect", "")), {"accepted", "refused", "same"})
        self.assertEqual(self.bash("inspect", "--color", "al"), ["always"])
        self.assertEqual(set(self.bash("completion", "")), {"bash", "zsh"})
        self.assertEqual(self.bash("manual", "keys"), ["keyserver", "keys"])
        self.assertIn("lo", self.bash("inspect", "--interface", ""))

    def test_files(self):
        self.assertEqual(self.bash("run", "captures/st"), ["captures/story"])
        self.assertEqual(self.bash("run", "--policy", "captures/sto"), ["captures/story"])
        self.assertEqual(self.bash("run", "--psk", ""), [])

    def test_bash_script_is_sound(self):
        file = self.write("completion.bash", self.run_tool("completion", "bash").out)
        subprocess.run(["shellcheck", "-s", "bash", file], check=True)

    def test_zsh_knows_it(self):
        file = self.write("_gdoi-replay", self.run_tool("completion", "zsh").out)
        subprocess.run(["zsh", "-n", file], check=True)
        out = subprocess.run(["zsh", "-fc", f"autoload -Uz compinit; compinit -D; source {file}; echo $_comps[gdoi-replay]"],
                             check=True, capture_output=True, text=True).stdout
        self.assertEqual(out.strip(), "_gdoi_replay")
        for command in commands():
            for name in options(command):
                self.assertIn(name + "[", pathlib.Path(file).read_text(encoding="utf-8"))

    def test_other_shells(self):
        self.assertOneSentence(self.run_tool("completion", "tcsh", code=2).err)


if __name__ == "__main__":
    unittest.main()
