"""What begins on port 848 is followed to port 4500; what else is there stays Wireshark's own."""

import pathlib
import struct
import sys
import unittest

import harness

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import nat  # noqa: E402

setUpModule = harness.require_plugin

NAME = "reference-gm-registration-kek-push"
KS = "10.0.224.44"
FIRST_ENCRYPTED = 5


def record(frame, seconds):
    return struct.pack("<IIII", seconds, 0, len(frame), len(frame)) + frame


class NatPort(unittest.TestCase):
    def setUp(self):
        self.pcap = harness.capture(f"{NAME}.pcap").read_bytes()
        self.keys = harness.keys_of(f"{NAME}.pcap")

    def rows(self, pcap, *words):
        path = harness.keep("floated.pcap", pcap)
        return harness.fields(path, ["frame.number", "_ws.col.Protocol", "gdoi.hash.status", "gdoi.undecrypted",
                                     "_ws.expert.message"], *self.keys, *words)

    def test_both_passes_follow_it_whatever_the_nat_makes_of_the_port(self):
        for gm_port in (nat.NAT_PORT, 61_234):
            floated = nat.floated(self.pcap, FIRST_ENCRYPTED, KS, gm_port)
            for words in ([], ["-2"]):
                rows = self.rows(floated, *words)
                self.assertEqual([row[1] for row in rows], ["GDOI"] * 11, (gm_port, words))
                self.assertEqual([row[2] for row in rows[4:10]], ["1"] * 6, (gm_port, words))
                self.assertEqual({row[3] for row in rows}, {""})
                self.assertNotIn("marker", " ".join(row[4] for row in rows))

    def test_others_on_the_port_are_left_alone(self):
        frames = nat.floated(self.pcap, FIRST_ENCRYPTED, KS)
        template = self.pcap[24 + 16:24 + 16 + struct.unpack_from("<I", self.pcap, 24 + 8)[0]]
        esp = nat.on_nat_port(template, b"\x00\x00\x12\x34", False, nat.NAT_PORT)
        # The same message 1 under another cookie: an IPsec phase 1 between the two.
        ike = bytearray(nat.on_nat_port(template, bytes(4), False, nat.NAT_PORT))
        ike[nat.LINK + 20 + nat.UDP + 4] ^= 0xFF
        keepalive = nat.on_nat_port(template[:nat.LINK + 20 + nat.UDP], b"\xff", False, nat.NAT_PORT)
        for words in ([], ["-2"]):
            rows = self.rows(frames + record(esp, 1) + record(bytes(ike), 2) + record(keepalive, 3), *words)
            self.assertEqual([row[1] for row in rows[11:]], ["ESP", "ISAKMP", "UDPENCAP"], words)

    def test_a_pair_that_began_nothing_here_is_left_alone(self):
        rows = self.rows(nat.floated(self.pcap, 1, KS))
        self.assertEqual([row[1] for row in rows], ["ISAKMP"] * 10 + ["GDOI"])


if __name__ == "__main__":
    unittest.main()
