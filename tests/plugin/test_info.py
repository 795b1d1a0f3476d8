"""The packet list reads like the exchange."""

import unittest

import harness

setUpModule = harness.require_plugin

CAPTURE = "reference-gm-registration-kek-push.pcap"

# RFC 2409 section 5.4 and RFC 6407 sections 3.2 and 4.2, with the payloads that captures/README.md
# tells of: a KEK and two TEKs in the PULL, two TEKs in the PUSH.
WITH_KEYS = [
    "Main mode 1/6  SA",
    "Main mode 2/6  SA",
    "Main mode 3/6  KE, NONCE",
    "Main mode 4/6  KE, NONCE",
    "Main mode 5/6  ID, HASH_I, NOTIFY INITIAL-CONTACT",
    "Main mode 6/6  ID, HASH_R, NOTIFY INITIAL-CONTACT",
    "GROUPKEY-PULL 1/4  HASH(1), NONCE, ID",
    "GROUPKEY-PULL 2/4  HASH(2), NONCE, SA: KEK, TEK, TEK",
    "GROUPKEY-PULL 3/4  HASH(3)",
    "GROUPKEY-PULL 4/4  HASH(4), SEQ, KD: KEK, TEK, TEK",
    "GROUPKEY-PUSH  SEQ 1, SA: TEK, TEK, KD: TEK, TEK, SIG",
]


class Info(unittest.TestCase):
    def test_every_message_by_name_number_and_payloads(self):
        rows = harness.fields(harness.capture(CAPTURE), ["_ws.col.Protocol", "_ws.col.Info"],
                              *harness.keys_of(CAPTURE))
        self.assertEqual([["GDOI", info] for info in WITH_KEYS], rows)

    def test_ipv6_reads_the_same(self):
        payloads = harness.udp_payloads(harness.capture(CAPTURE))
        # The GM sends the messages with odd numbers, except for the PUSH.
        frames = [harness.frame(octets, ipv6=True, back=number % 2 == 1 or number == 10)
                  for number, octets in enumerate(payloads)]
        path = harness.keep("ipv6.pcap", harness.pcap(frames))
        rows = harness.fields(path, ["_ws.col.Info", "ipv6.plen"], *harness.keys_of(CAPTURE))
        self.assertEqual(WITH_KEYS, [row[0] for row in rows])
        self.assertTrue(all(row[1] for row in rows))

    def test_a_retransmission_names_the_first_frame(self):
        name = "reference-live/unknown-group.pcap"
        rows = harness.fields(harness.capture(name), ["_ws.col.Info", "gdoi.retransmission_of"],
                              *harness.keys_of(name), "-Y", "gdoi.retransmission_of")
        self.assertEqual(6, len(rows))
        for info, first in rows:
            self.assertEqual(f"GROUPKEY-PULL 1/4 [retransmission of frame {first}]  HASH(1), NONCE, ID", info)

    def test_a_keepalive_and_ikev2_are_named(self):
        ikev2 = harness.message(34, [harness.payload(0, bytes(16))], 33)
        ikev2 = ikev2[:17] + b"\x20" + ikev2[18:]
        path = harness.keep("others.pcap", harness.pcap([harness.frame(b"\xff"),
                                                         harness.frame(ikev2)]))
        keepalive, other = harness.fields(path, ["_ws.col.Info", "_ws.malformed"])
        self.assertIn("keepalive", keepalive[0])
        self.assertIn("IKEv2", other[0])
        self.assertEqual(["", ""], [keepalive[1], other[1]])


if __name__ == "__main__":
    unittest.main()
