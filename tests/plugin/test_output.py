"""Fields, JSON and PDML of tshark: places, raw octets and values."""

import json
import unittest
import xml.etree.ElementTree

import harness

setUpModule = harness.require_plugin

CAPTURE = "reference-gm-registration-kek-push.pcap"


def dissected(*options):
    return harness.tshark("-r", harness.capture(CAPTURE), *harness.keys_of(CAPTURE), *options).out


def leaves(tree, name):
    """All [hex, position, length, bitmask, type] of a field in -T jsonraw."""
    for key, value in tree.items():
        for item in value if isinstance(value, list) and key == name else [value]:
            if key == name and isinstance(item, list):
                yield item
            elif key == name:
                yield value
                break
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, dict):
                yield from leaves(child, name)


class Output(unittest.TestCase):
    def test_raw_octets_stand_where_the_header_has_them(self):
        raw = json.loads(dissected("-T", "jsonraw", "-Y", "frame.number == 7"))
        layers = raw[0]["_source"]["layers"]
        start = layers["gdoi_raw"][1]
        self.assertEqual(["957e3b86f602b129", start, 8], layers["gdoi"]["gdoi.ispi_raw"][:3])
        self.assertEqual(["20", start + 18, 1], layers["gdoi"]["gdoi.exchangetype_raw"][:3])
        self.assertEqual(["3cc1f923", start + 20, 4], layers["gdoi"]["gdoi.messageid_raw"][:3])

    def test_positions_in_a_plaintext_count_from_its_own_beginning(self):
        raw = json.loads(dissected("-T", "jsonraw", "-Y", "frame.number == 7"))
        gdoi = raw[0]["_source"]["layers"]["gdoi"]
        hashes = list(leaves(gdoi, "gdoi.hash_raw"))
        self.assertEqual(["515d3409a7a6c1556b9b73b2cab62b0feb43e712", 4, 20], hashes[0][:3])
        key_id = list(leaves(gdoi, "gdoi.id.data.key_id_raw"))
        # HASH is 24 octets, NONCE 20, and the identity has 8 before its data.
        self.assertEqual(["000004d2", 52, 4], key_id[0][:3])

    def test_pdml_is_xml_and_names_values(self):
        root = xml.etree.ElementTree.fromstring(dissected("-T", "pdml"))
        shown = [field.get("showname") for field in root.iter("field")
                 if field.get("name") == "gdoi.kek.algorithm"]
        self.assertEqual(["KEK Algorithm: KEK_ALG_3DES (2)"], shown)
        groups = [field.get("show") for field in root.iter("field")
                  if field.get("name") == "gdoi.sat"]
        self.assertEqual(4, len(groups))

    def test_structures_say_what_they_hold(self):
        text = dissected("-V", "-O", "gdoi")
        for line in ("Payload: Identification (5): ID_KEY_ID 000004d2",
                     "Payload: SA TEK (16): ESP 3DES, SPI 0x1122aabb, 60 s (1 min)",
                     "Life Duration: 60 s (1 min)",
                     "Encryption Algorithm: 3DES-CBC (5)",
                     "Key Packet: KEK (2), 61626364656667683031323334353637",
                     "TEK Algorithm Key: 24 octets\n",
                     "[Hash Status: Good]", "[Signature Status: Good]", "[Group: 1234]",
                     "[Key learned in frame: 10]"):
            self.assertIn(line, text)

    def test_life_durations_have_the_unit_of_the_life_type_before(self):
        pcap = harness.capture("reference-live/aes-kek-sha256.pcap").read_bytes()
        captured = bytes.fromhex("800b0001 800c0e10")  # RFC 2409 appendix A: Life Type, Life Duration
        self.assertIn(captured, pcap)
        for life_type, title in (("0001", "3600 s (1 h)"), ("0002", "3600 kilobytes"), ("0003", "3600")):
            changed = pcap.replace(captured, bytes.fromhex(f"800b{life_type}800c0e10"))
            out = harness.tshark("-r", harness.keep("life-type.pcap", changed), "-V", "-Y", "frame.number == 1").out
            self.assertIn(f"Life Duration: {title}\n", out)

    def test_a_subnet_is_told_in_one_line(self):
        name = "story/h-refused-and-registered.pcapng"
        out = harness.tshark("-r", harness.capture(name), *harness.keys_of(name), "-V", "-Y", "frame.number == 18").out
        self.assertIn("SRC ID: ID_IPV4_ADDR_SUBNET 10.0.0.0, 255.0.0.0\n", out)

    def test_json_has_every_frame(self):
        packets = json.loads(dissected("-T", "json", "--no-duplicate-keys"))
        self.assertEqual(11, len(packets))
        self.assertEqual("1", packets[10]["_source"]["layers"]["gdoi"]["gdoi.message_number"]
                         if "gdoi.message_number" in packets[10]["_source"]["layers"]["gdoi"]
                         else "1")

    def test_a_certificate_is_opened_by_wiresharks_own_dissector(self):
        name = "reference-live/rsa-sig.pcap"
        rows = harness.fields(harness.capture(name), ["x509sat.uTF8String"],
                              *harness.keys_of(name), "-Y", "gdoi.cert.data")
        self.assertIn("gm1", rows[0][0].split(","))

    def test_octets_that_are_no_certificate_leave_the_rest_readable(self):
        certificate = harness.payload(10, b"\x04" + b"\x30\x82\xff\xff no certificate")
        nonce = harness.payload(0, b"\x07" * 16)
        message = harness.message(2, [certificate, nonce], 6)
        path = harness.keep("cert.pcap", harness.pcap([harness.frame(message)]))
        rows = harness.fields(path, ["gdoi.nonce"])
        self.assertEqual([["07" * 16]], rows)


class SyntheticVersion(unittest.TestCase):
    def test_the_version_that_a_vendor_id_carries(self):
        # captures/README.md and getvpn: MD5("GDOI-REPLAY SYNTHETIC GETVPN VERSION"), then u32.
        import hashlib
        vendor = hashlib.md5(b"GDOI-REPLAY SYNTHETIC GETVPN VERSION").digest() + bytes([1, 0, 0, 4])
        message = harness.message(2, [harness.payload(0, vendor)], 13, responder=bytes(8))
        path = harness.keep("vid.pcap", harness.pcap([harness.frame(message)]))
        rows = harness.fields(path, ["gdoi.gm_version", "gdoi.gm_version.raw"], "-Y",
                              "gdoi.expert.synthetic_version")
        self.assertEqual([["1.0.4", "0x01000004"]], rows)


if __name__ == "__main__":
    unittest.main()
