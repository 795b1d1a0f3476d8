"""Captures that were cut by a snap length: nobody is blamed for what the capture lacks."""

import json
import subprocess
import unittest

from tool import CAPTURES, ToolTest

STORY = CAPTURES / "story"
BOTH = STORY / "h-refused-and-registered.pcapng"
HEADERS = 14 + 20 + 8  # Ethernet, IPv4, UDP
WHOLE = 28 + HEADERS  # with an ISAKMP header


class SnapLength(ToolTest):
    def cut(self, capture, size):
        out = self.folder / f"{size}-{capture.name}"
        subprocess.run(["editcap", "-s", str(size), capture, out], check=True, timeout=60)
        return out

    def read(self, capture, size, *words):
        keys = ["--keys", capture.with_suffix(".keys")]
        return self.run_tool("inspect", "--json", "--messages", *keys, self.cut(capture, size), *words).json()

    def test_nothing_is_bad_or_malformed(self):
        for size in (60, 68, 70, 75, 96, 140, 200):
            with self.subTest(size=size):
                messages = self.read(BOTH, size)["messages"]
                self.assertEqual([each["frame"] for each in messages if "bad" in (each["hash"], each["signature"])], [])
                cut = [each for each in messages if each["octets"] > each["captured_octets"]]
                self.assertTrue(cut)
                self.assertEqual([(each["frame"], each["findings"]) for each in cut if each["findings"]], [])
                whole = {each["frame"] for each in messages} - {each["frame"] for each in cut}
                self.assertEqual({each["frame"] for each in messages if each["crypt"] == "damaged"} & whole, set())

    def test_the_octets_are_those_of_the_datagram_and_of_the_capture(self):
        rows = subprocess.run(["tshark", "-r", self.cut(BOTH, 140), "-T", "fields", "-e", "udp.length", "-e", "frame.cap_len"],
                              capture_output=True, check=True, timeout=60).stdout.decode().split("\n")[:-1]
        wanted = [tuple(int(each) for each in row.split("\t")) for row in rows]
        messages = self.read(BOTH, 140)["messages"]
        self.assertEqual([(each["octets"] + 8, each["captured_octets"] + HEADERS) for each in messages], wanted)

    def test_a_registration_that_is_told_by_lengths_stays_one(self):
        for size in (96, 140):
            for words in ([], ["--without-keys"]):
                found = self.run_tool("inspect", "--json", self.cut(BOTH, size), *words).json()["registrations"]
                self.assertEqual([each["outcome"] for each in found], ["refused", "registered", "refused", "refused"])

    def test_a_version_that_was_cut_off_is_unknown_and_no_reason_to_blame_the_group(self):
        capture = STORY / "f-refused-by-notify.pcapng"
        found = self.run_tool("inspect", "--json", self.cut(capture, 96)).json()["registrations"]
        self.assertEqual({each["gm_version"]["text"] for each in found}, {"unknown"})
        self.assertEqual({each["diagnosis"]["grade"] for each in found}, {"possible"})

    def test_the_line_says_how_much_there_is(self):
        out = self.run_tool("inspect", "-m", self.cut(BOTH, WHOLE - 10)).out
        self.assertIn("Cut before the end of the ISAKMP header  [the capture has 18 of 132 octets]", out)
        self.assertNotIn("No ISAKMP message", out)
        self.assertNotIn("error: ", out)


if __name__ == "__main__":
    unittest.main()
