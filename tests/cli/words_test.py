"""Words of the command line that mean nothing are refused before anything happens, and never taken for others."""

import unittest

from tool import CAPTURES, ToolTest

CAPTURE = CAPTURES / "story/c-registered-1.0.17.pcapng"


class Words(ToolTest):
    def refused(self, *words, says):
        result = self.run_tool(*words, code=2)
        self.assertOneSentence(result.err)
        self.assertEqual(result.out, "")
        self.assertIn(says, result.err)

    def test_an_empty_value_is_not_one_that_was_left_out(self):
        for option in ("--ks", "--psk", "--policy", "--source", "--compare", "--record", "--key-log", "--json", "--html",
                       "--junit", "--bundle", "--cert", "--private-key", "--ca", "--crl", "--keys", "--set", "--change",
                       "--mode", "--speed", "--marker", "--expect", "--registration", "--seed", "--timeout", "--retries",
                       "--count", "--parallel", "--rate", "--minimise-runs", "--port"):
            with self.subTest(option):
                self.refused("run", CAPTURE, option, "", says=f"{option}: is empty: give ")
                self.refused("run", CAPTURE, f"{option}=", says=f"{option}: is empty: give ")
        self.refused("run", CAPTURE, "--ks", "", says="--ks: is empty: give HOST[:PORT], or leave it out")
        # CLI11 takes the word that follows for the value.
        self.refused("run", "--psk=", CAPTURE, CAPTURE, says="--psk: is empty: give TEXT|0xHEX, or leave it out")

    def test_nor_is_one_of_another_command(self):
        self.refused("run", "", says="captures: is empty: give CAPTURE")
        self.refused("inspect", "", says="captures: is empty")
        self.refused("inspect", CAPTURE, "--rules", "", says="--rules: is empty")
        self.refused("inspect", "--interface", "", says="--interface: is empty")
        self.refused("keyserver", "--policy", "", says="--policy: is empty")
        self.refused("keyserver", "--listen", "", says="--listen: is empty")
        self.refused("keyserver", "--record", "", says="--record: is empty")
        self.refused("diff", CAPTURE, CAPTURE, "--json", "", says="--json: is empty")
        self.refused("anonymise", CAPTURE, "-o", "", says="--output: is empty: give OUT\n")
        self.refused("anonymise", CAPTURE, "-o", self.folder / "x", "--key-log", "", says="--key-log: is empty")
        self.refused("features", "--version", "", says="--version: is empty")
        self.refused("keys", CAPTURE.with_suffix(".keys"), "-o", "", says="--output: is empty")
        self.refused("manual", "-o", "", says="--output: is empty")
        self.refused("completion", "", says="shell: is empty")

    def test_numbers(self):
        for option, bad in (("--seed", "-1"), ("--seed", "99999999999999999999"), ("--seed", "1x"), ("--seed", "0x10"),
                            ("--seed", " 1"), ("--seed", "+1"), ("--registration", "-1"), ("--registration", "0"),
                            ("--registration", "4294967297"), ("--count", "-1"), ("--count", "1.5"), ("--count", "2x"),
                            ("--count", "99999999999999999999"), ("--parallel", "0"), ("--retries", "-1"),
                            ("--retries", "4294967296"), ("--timeout", "nan"), ("--timeout", "inf"), ("--timeout", "-1"),
                            ("--timeout", "2s"), ("--timeout", "1e9"), ("--rate", "nan"), ("--rate", "50/m"),
                            ("--rate", "/s"), ("--minimise-runs", "nan"), ("--port", "-1"), ("--port", "65537"),
                            ("--port", "848x")):
            with self.subTest(option=option, bad=bad):
                self.refused("run", CAPTURE, option, bad, says=f"{option}: a ")
        self.refused("run", CAPTURE, "--seed", "-1", says="a whole number from 0 to 18446744073709551615, not -1")
        for bad in ("nanx", "nan", "x", "-1x", "0", "infx", "2xx", "fast"):
            self.refused("run", CAPTURE, "--mode", "verbatim", "--speed", bad, says=f"--speed: max, or a number")
        self.refused("anonymise", CAPTURE, "-o", self.folder / "x", "--seed", "-1", says="--seed: a whole number")
        self.refused("inspect", CAPTURE, "--rule-for", "-1", says="--rule-for: a whole number")

    def test_numbers_are_decimal(self):
        """With a zero in front, too: no octal."""
        self.assertIn("10 clones", self.run_tool("run", CAPTURE, "--count", "010", "--rate", "100/s").out)
        self.run_tool("run", CAPTURE, "--timeout", "2.5", "--seed", "18446744073709551615")

    def test_choices_are_listed(self):
        self.refused("run", CAPTURE, "--mode", "foo", says="--mode: stateful, verbatim or synthetic, not foo")
        self.refused("run", CAPTURE, "--mode", "1", says="--mode: stateful, verbatim or synthetic, not 1")
        self.refused("run", CAPTURE, "--ks", "192.0.2.9", "--marker", "foo", says="--marker: auto, yes or no, not foo")
        self.refused("run", CAPTURE, "--expect", "foo", says="--expect: accepted, refused or same, not foo")
        self.refused("inspect", CAPTURE, "--color", "foo", says="--color: auto, always or never, not foo")
        self.refused("inspect", CAPTURE, "--color", "2", says="--color: auto, always or never, not 2")
        self.refused("completion", "fish", says="shell: bash or zsh, not fish")

    def test_speed_is_of_captured_octets(self):
        self.refused("run", CAPTURE, "--speed", "2x", says="--speed goes with --mode verbatim")
        scenario = CAPTURES.parent / "replay/scenarios/long-sa-story.yaml"
        self.refused("run", scenario, "--speed", "2x", says="--speed goes with --mode verbatim")
        self.refused("run", CAPTURE, "--mode", "verbatim", "--speed", "2x", "--rate", "5/s", says="excludes")
        self.run_tool("run", CAPTURE, "--mode", "verbatim", "--speed", "max")

    def test_what_a_scenario_says_itself(self):
        scenario = CAPTURES.parent / "replay/scenarios/long-sa-story.yaml"
        self.refused("run", scenario, "--registration", "3", says="--registration is of captures")
        self.refused("run", scenario, "--count", "3", says="--count is of captures")
        self.refused("run", scenario, "--rate", "3/s", says="--rate and --parallel are of captures")

    def test_a_port_alone_is_no_address(self):
        says = "8480 is no address; with a port alone write 127.0.0.1:8480"
        self.refused("keyserver", "--listen", "8480", says=f"--listen: {says}")
        self.refused("run", CAPTURE, "--ks", "8480", says=f"--ks: {says}")
        self.refused("run", CAPTURE, "--source", "8480", says=f"--source: {says}")
        for bad in ("10.1", "0x7f.1", "8480:848", "127.0.0.256", "0x7f000001", "99999999"):
            self.refused("run", CAPTURE, "--ks", bad, says=f"--ks: {bad} is no address")


if __name__ == "__main__":
    unittest.main()
