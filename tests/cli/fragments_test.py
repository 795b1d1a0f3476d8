"""IKE fragmentation in `inspect` and `run`: as if the messages had never been cut."""

import pathlib
import sys
import unittest

from tool import CAPTURES, ToolTest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import fragments  # noqa: E402

NAME = "reference-gm-registration-kek-push"


class Fragments(ToolTest):
    def setUp(self):
        super().setUp()
        self.keys = CAPTURES / f"{NAME}.keys"
        self.cut = self.write("cut.pcap", fragments.fragmented((CAPTURES / f"{NAME}.pcap").read_bytes(), 60,
                                                               lambda parts: parts[::-1]))

    def test_inspected(self):
        found = self.run_tool("inspect", "--json", "--keys", self.keys, self.cut).json()
        self.assertEqual([one["outcome"] for one in found["registrations"]], ["registered"])
        counts = found["files"][0]["counts"]
        self.assertEqual((counts["messages"], counts["hash_good"], counts["push_sig_good"], counts["bad"]),
                         (11, [1, 1, 1, 1], 1, 0))

    def test_pieces_are_listed_without_complaint(self):
        text = self.run_tool("inspect", "-m", "--keys", self.keys, self.cut).out
        self.assertIn("IKE fragment 2\n", text)
        self.assertNotRegex(text, "(?m)^ +(warning|error):.*(encrypted|first payload)")

    def test_lost_pieces_are_why_a_message_is_not_answered(self):
        pcap = fragments.with_lost_piece((CAPTURES / "reference-live" / "rsa-sig.pcap").read_bytes(), 6, 548)
        text = self.run_tool("inspect", self.write("lost.pcap", pcap)).out
        self.assertIn("of a message in fragments (frame 10) not all came", text.lower())
        self.assertIn("Fragments lost: likely", text)

    def test_replayed(self):
        found = self.run_tool("run", "--keys", self.keys, "--psk", "mekmitasdigoat", "--set", "gm-version=1.0.17",
                              self.cut)
        self.assertIn("1 accepted; all as expected", found.out)


if __name__ == "__main__":
    unittest.main()
