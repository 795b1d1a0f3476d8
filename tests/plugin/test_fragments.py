"""IKE fragmentation: a message in pieces is shown where its last piece comes, as if it had never been cut."""

import pathlib
import sys
import unittest

import harness

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import fragments  # noqa: E402

setUpModule = harness.require_plugin

NAME = "reference-gm-registration-kek-push"
ORDERS = {"in order": lambda parts: parts, "backwards": lambda parts: parts[::-1],
          "twice": lambda parts: [part for part in parts[:-1] for _ in range(2)] + parts[-1:]}


class Fragments(unittest.TestCase):
    def setUp(self):
        self.pcap = harness.capture(f"{NAME}.pcap").read_bytes()
        self.keys = harness.keys_of(f"{NAME}.pcap")

    def messages(self, pcap, *words):
        """Info and verdicts of whole messages, and expert items of all frames."""
        path = harness.keep("fragmented.pcap", pcap)
        rows = harness.fields(path, ["_ws.col.Info", "gdoi.hash.status", "gdoi.sig.status", "_ws.expert.message",
                                     "_ws.malformed"], *self.keys, *words)
        whole = [(row[0].replace(" [reassembled]", ""), row[1], row[2]) for row in rows
                 if not row[0].startswith("IKE fragment")]
        return whole, {row[3] for row in rows} | {row[4] for row in rows}

    def test_same_messages_as_uncut(self):
        expected, remarks = self.messages(self.pcap)
        self.assertEqual(len(expected), 11)
        for name, order in ORDERS.items():
            for words in ([], ["-2"]):
                with self.subTest(order=name, words=words):
                    found = self.messages(fragments.fragmented(self.pcap, 60, order), *words)
                    self.assertEqual(found, (expected, remarks))

    def test_a_missing_piece_is_not_made_up(self):
        whole, _ = self.messages(fragments.fragmented(self.pcap, 60, lambda parts: parts[:-1]))
        self.assertEqual(len([info for info, _, _ in whole if "PULL" in info]), 1, "only message 3 is short enough")

    def test_lost_pieces_are_why_a_message_is_not_answered(self):
        pcap = fragments.with_lost_piece(harness.capture("reference-live/rsa-sig.pcap").read_bytes(), 6, 548)
        path = harness.keep("lost-pieces.pcap", pcap)
        causes = harness.fields(path, ["frame.number", "gdoi.diagnosis.cause", "gdoi.diagnosis.grade"], "-Y",
                                "gdoi.diagnosis.cause")
        self.assertEqual(causes, [[frame, "fragments-lost", "likely"] for frame in ("7", "9", "11")])

    def test_fields_of_a_piece(self):
        path = harness.keep("fragmented.pcap", fragments.fragmented(self.pcap, 60))
        rows = harness.fields(path, ["gdoi.frag.packetid", "gdoi.frag.seq", "gdoi.frag.last"], "-Y", "frame.number<=2")
        self.assertEqual([[int(each, 0) for each in row] for row in rows], [[1, 1, 0], [1, 2, 1]])


if __name__ == "__main__":
    unittest.main()
