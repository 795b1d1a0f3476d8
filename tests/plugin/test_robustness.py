"""Octets that nobody should send: no crash, no dissector bug, no sanitizer finding."""

import random
import struct
import unittest

import harness

setUpModule = harness.require_plugin


def survive(test, path, *options):
    """Both ways of looking at it; WIRESHARK_ABORT_ON_DISSECTOR_BUG turns a bug into an exit code."""
    harness.tshark("-r", path, *options)
    out = harness.tshark("-2", "-r", path, "-V", *options).out
    test.assertNotIn("Dissector bug", out)
    return out


class Robustness(unittest.TestCase):
    def test_random_octets(self):
        dice = random.Random(848)
        frames = [harness.frame(dice.randbytes(dice.randrange(1, 400))) for _ in range(1500)]
        survive(self, harness.keep("random.pcap", harness.pcap(frames)))

    def test_random_octets_behind_a_header(self):
        dice = random.Random(6407)
        frames = []
        for _ in range(1500):
            body = dice.randbytes(dice.randrange(0, 400))
            first = dice.choice([1, 4, 5, 6, 8, 9, 10, 11, 12, 13, 17, 18, 20, 22, 132])
            exchange = dice.choice([2, 4, 5, 32, 33, 35])
            frames.append(harness.frame(harness.message(exchange, [body], first)))
        survive(self, harness.keep("payloads.pcap", harness.pcap(frames)))

    def test_recorded_messages_with_errors(self):
        for name in ("reference-gm-registration-kek-push.pcap", "reference-live/rsa-sig.pcap",
                     "reference-live/gcm-sids.pcap", "61850-ks-registration.pcap"):
            path = harness.capture(name)
            for seed in (1, 2, 3):
                broken = harness.folder / f"broken-{seed}.pcap"
                # The first 42 octets are Ethernet, IPv4 and UDP.
                harness.run("editcap", "-E", "0.03", "-o", "42", "--seed", seed, path, broken)
                survive(self, broken, *harness.keys_of(name))

    def test_packets_that_were_not_recorded_whole(self):
        name = "reference-gm-registration-kek-push.pcap"
        frames = [harness.frame(octets) for octets in harness.udp_payloads(harness.capture(name))]
        for cut in (43, 58, 71, 80, 100, 140):
            path = harness.keep("cut.pcap", harness.pcap(frames, cut))
            out = survive(self, path, *harness.keys_of(name))
            self.assertIn("Packet size limited during capture", out)
            self.assertNotIn("Malformed", out)

    def test_what_was_cut_off_is_not_blamed_on_the_sender(self):
        name = "story/h-refused-and-registered.pcapng"
        for size in (60, 68, 70, 75, 96, 140, 200):
            path = harness.folder / f"snapped-{size}.pcapng"
            harness.run("editcap", "-s", size, harness.capture(name), path)
            warning = "_ws.expert.severity >= 6291456"  # EXPERT_SEVERITY of Wireshark's epan/proto.h: 0x600000 is a warning
            rows = harness.fields(path, ["frame.number", "_ws.expert.message"], *harness.keys_of(name), "-Y",
                                  f"frame.cap_len < frame.len && {warning} && !gdoi.expert.refused && !gdoi.expert.failed_before")
            self.assertEqual([], rows, size)
            self.assertEqual([], harness.fields(path, ["frame.number"], *harness.keys_of(name), "-Y",
                                                'gdoi.hash.status == "Bad" or gdoi.sig.status == "Bad"'), size)

    def test_ten_thousand_payloads(self):
        payloads = [harness.payload(10, b"") for _ in range(9_999)] + [harness.payload(0, b"")]
        path = harness.keep("many.pcap",
                            harness.pcap([harness.frame(harness.message(2, payloads, 10))]))
        survive(self, path)
        self.assertEqual([["1"]], harness.fields(path, ["frame.number"], "-Y",
                                                 "gdoi.expert.too_many_payloads"))

    def test_fifteen_thousand_attributes(self):
        attributes = b"".join(struct.pack("!HH", 0x8001, 7) for _ in range(15_000))
        transform = harness.payload(0, bytes([1, 1, 0, 0]) + attributes)
        proposal = harness.payload(0, bytes([1, 1, 0, 1]) + transform)
        sa = harness.payload(0, struct.pack("!II", 2, 0) + proposal)
        path = harness.keep("attributes.pcap",
                            harness.pcap([harness.frame(harness.message(2, [sa], 1))]))
        survive(self, path)
        self.assertEqual([["1"]],
                         harness.fields(path, ["frame.number"], "-Y", "gdoi.expert.many_fields"))

    def test_lengths_that_lie(self):
        whole = harness.message(2, [harness.payload(0, b"\x05" * 16)], 10)
        long = whole[:30] + b"\xff\xff" + whole[32:]
        short = whole[:30] + b"\x00\x01" + whole[32:]
        path = harness.keep("lies.pcap", harness.pcap([harness.frame(long), harness.frame(short)]))
        survive(self, path)
        rows = harness.fields(path, ["gdoi.expert.length_too_large", "gdoi.expert.length_too_small"])
        self.assertEqual([["1", ""], ["", "1"]], [[part[:1] and "1" for part in row] for row in rows])

    def test_an_icmp_error_that_quotes_a_message_is_no_message(self):
        name = "reference-gm-registration.pcap"
        octets = harness.udp_payloads(harness.capture(name))[0]
        quoted = harness.frame(octets)[14:]
        error = bytes([3, 3, 0, 0, 0, 0, 0, 0]) + quoted
        network = bytearray(harness.frame(b"")[14:34])
        network[2:4] = struct.pack("!H", 20 + len(error))
        network[9] = 1
        frames = [harness.frame(octets), bytes(12) + b"\x08\x00" + bytes(network) + error]
        path = harness.keep("icmp.pcap", harness.pcap(frames))
        survive(self, path)
        rows = harness.fields(path, ["gdoi.ispi", "gdoi.retransmission_of"])
        self.assertEqual(["a91b9d5035d8fc4f", ""], rows[1])


if __name__ == "__main__":
    unittest.main()
