"""Display filters find what they say, and the data plane opens with the keys that GDOI delivers."""

import hashlib
import hmac
import struct
import subprocess
import unittest

import harness

setUpModule = harness.require_plugin

CAPTURE = "reference-gm-registration-kek-push.pcap"


def matching(name, display_filter):
    rows = harness.fields(harness.capture(name), ["frame.number"], *harness.keys_of(name),
                          "-Y", display_filter)
    return [int(row[0]) for row in rows]


class Filters(unittest.TestCase):
    def test_values_of_decrypted_fields(self):
        for display_filter, frames in {
            "gdoi.id.type == 11": [7],
            "gdoi.group == 1234": [7],
            "gdoi.hash.status == 1": [5, 6, 7, 8, 9, 10],
            "gdoi.sig.status == \"Good\"": [11],
            "gdoi.kek.algorithm == 2": [8],
            "gdoi.sat.spi == 0x1122aabb": [8],
            "gdoi.id.data.ipv4_addr == 239.10.1.1": [8],
            "gdoi.sender == \"KS\" && gdoi.exchangetype == 32": [8, 10],
            "gdoi.key.frame == 10": [11],
            "gdoi.answers == 7": [8],
            "gdoi.ike.attr.life_duration == 60": [1, 2],
            "gdoi.payload.kd": [10, 11],
            "gdoi.flag_e == 1": [5, 6, 7, 8, 9, 10, 11],
            "gdoi.hash contains 51:5d:34:09": [7],
        }.items():
            with self.subTest(display_filter):
                self.assertEqual(frames, matching(CAPTURE, display_filter))

    def test_lifetimes_are_numbers_of_seconds(self):
        name = "reference-live/three-gms-kek-3des.pcap"
        found = matching(name, "gdoi.kek.key_lifetime > 0")
        self.assertEqual(found, matching(name, "gdoi.kek.key_lifetime"))
        self.assertGreaterEqual(len(found), 3)

    def test_refusals_and_unanswered_questions_by_the_filters_of_the_readme(self):
        aloud = 'gdoi.sender == "KS" && (gdoi.notify.msgtype < 16384 or gdoi.payload.delete)'
        self.assertEqual([8, 16, 24], matching("story/f-refused-by-notify.pcapng", aloud))
        self.assertEqual([8, 16, 24], matching("story/g-refused-by-delete.pcapng", aloud))
        self.assertEqual([], matching("story/h-refused-and-registered.pcapng", aloud))
        self.assertEqual([], matching("reference-live/three-gms-kek-3des.pcap", aloud))
        long_sa = 'gdoi.uses contains "long-sa"'
        self.assertEqual([18], matching("story/h-refused-and-registered.pcapng", long_sa))
        self.assertEqual([], matching("story/d-registered-short.pcapng", long_sa))

    def test_what_the_ks_did_not_answer(self):
        asked = 'gdoi.sender == "GM" && gdoi.exchangetype in {2, 32} && !gdoi.answered_in'
        for name, frames in {
            "story/f-refused-by-notify.pcapng": [],
            "story/g-refused-by-delete.pcapng": [],
            "story/c-registered-1.0.17.pcapng": [],
            "causes/one-way-path.pcapng": [],
        }.items():
            rows = harness.fields(harness.capture(name), ["frame.number"], *harness.keys_of(name), "-2", "-Y", asked)
            self.assertEqual(frames, [int(row[0]) for row in rows], name)
        rows = harness.fields(harness.capture("story/a-refused-1.0.1.pcapng"), ["gdoi.state"],
                              *harness.keys_of("story/a-refused-1.0.1.pcapng"), "-2", "-Y", asked)
        self.assertTrue(rows)
        self.assertTrue(all(row[0] in ("PULL 1 of 4", "refused (silence)") for row in rows), rows)

    def test_filters_that_name_no_field_of_a_frame_find_nothing(self):
        self.assertEqual([], matching(CAPTURE, "gdoi.expert.hash_bad || gdoi.expert.sig_bad"))


class DataPlane(unittest.TestCase):
    # What the KD of frame 10 delivers for SPI 0x1122aabb: 3DES-CBC and HMAC-SHA1-96.
    KEY = "4142434445464748494a4b4c4d4e4f505152535455565758"
    AUTHENTICATION = b"12345678901234567890"

    def esp(self, spi):
        """A UDP datagram in ESP transport mode (RFC 4303), made with the openssl command."""
        inner = struct.pack("!HHHH", 5000, 9, 16, 0) + b"GDOIGDOI"
        padding = bytes(range(1, 7))
        plain = inner + padding + bytes([len(padding), 17])
        iv = bytes(range(8))
        cipher = subprocess.run(
            ["openssl", "enc", "-des-ede3-cbc", "-nopad", "-K", self.KEY, "-iv", iv.hex()],
            input=plain, capture_output=True, check=True).stdout
        body = struct.pack("!II", spi, 1) + iv + cipher
        body += hmac.new(self.AUTHENTICATION, body, hashlib.sha1).digest()[:12]
        network = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), 1, 0, 64, 50, 0)
        return (bytes(12) + b"\x08\x00" + network + bytes([10, 0, 224, 37]) + bytes([239, 1, 1, 1])
                + body)

    def test_learned_teks_open_esp(self):
        gdoi = [harness.frame(octets, ("10.0.224.44", 848), ("10.0.224.37", 848))
                for octets in harness.udp_payloads(harness.capture(CAPTURE))]
        path = harness.keep("esp.pcap",
                            harness.pcap(gdoi + [self.esp(0x1122AABB), self.esp(0x01020304)]))
        key_log = harness.capture(CAPTURE.replace(".pcap", ".keys")).read_text()
        phase1 = harness.keep("phase1.keys", "\n".join(
            line for line in key_log.splitlines() if not line.startswith(("TEK", "KEK"))) + "\n")
        rows = harness.fields(path, ["esp.icv_good", "udp.dstport"], "-Y", "esp",
                              "-o", "esp.enable_encryption_decode:TRUE",
                              "-o", "esp.enable_authentication_check:TRUE",
                              "-o", f"gdoi.key_log_file:{phase1}")
        self.assertEqual(2, len(rows))
        self.assertIn(rows[0][0], ("1", "True"))
        self.assertEqual("9", rows[0][1])
        self.assertEqual("", rows[1][1])

    def test_more_teks_than_wireshark_takes_are_remarked_on(self):
        name = "reference-live/big-fragmented.pcap"
        self.assertTrue(matching(name, "gdoi.expert.esp_full"))


if __name__ == "__main__":
    unittest.main()
