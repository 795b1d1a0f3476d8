"""The plugin is loaded, and port 848 and the names of its preferences are what users are told."""

import unittest

import harness

setUpModule = harness.require_plugin


class Load(unittest.TestCase):
    def test_port_848_is_gdoi(self):
        decodes = [line for line in harness.tshark("-G", "decodes").lines
                   if line.startswith("udp.port\t848\t")]
        self.assertEqual(["udp.port\t848\tgdoi"], decodes)

    def test_fields_have_names_types_and_registries(self):
        lines = harness.tshark("-G", "fields").lines
        types = {}
        for line in lines:
            part = line.split("\t")
            if part[0] == "F" and part[2].startswith("gdoi."):
                types[part[2]] = part[3]
        expected = {
            "gdoi.ispi": "FT_BYTES",
            "gdoi.nextpayload": "FT_UINT8",
            "gdoi.flag_e": "FT_BOOLEAN",
            "gdoi.messageid": "FT_UINT32",
            "gdoi.payload.sa": "FT_NONE",
            "gdoi.id.data.ipv4_addr": "FT_IPv4",
            "gdoi.id.data.ipv6_addr": "FT_IPv6",
            "gdoi.id.data.fqdn": "FT_STRING",
            "gdoi.kek.key_lifetime": "FT_UINT64",
            "gdoi.lkh.key.creation": "FT_ABSOLUTE_TIME",
            "gdoi.hash.status": "FT_UINT8",
            "gdoi.answers": "FT_FRAMENUM",
            "gdoi.expert.length_too_large": "FT_NONE",
            "gdoi.gm_version": "FT_STRING",
        }
        self.assertEqual(expected, {name: types.get(name) for name in expected})

    def test_values_have_the_names_of_the_registries(self):
        values = [line for line in harness.tshark("-G", "values").lines if "\tgdoi." in line]
        self.assertIn("R\tgdoi.exchangetype\t32\t32\tGROUPKEY-PULL", values)
        self.assertIn("R\tgdoi.id.type\t11\t11\tID_KEY_ID", values)

    def test_the_key_log_preference_is_there(self):
        preferences = [line.strip() for line in harness.tshark("-G", "defaultprefs").lines]
        self.assertIn("#gdoi.key_log_file:", [line for line in preferences if "gdoi." in line])

    def test_other_ports_can_be_added(self):
        octets = harness.message(2, [harness.payload(0, bytes(16))], 10)
        path = harness.keep("849.pcap",
                            harness.pcap([harness.frame(octets, destination=(harness.KS, 849),
                                                        source=(harness.GM, 20000))]))
        self.assertEqual([[""]], harness.fields(path, ["gdoi.ispi"]))
        self.assertEqual([["11" * 8]],
                         harness.fields(path, ["gdoi.ispi"], "-o", "gdoi.udp.port:848-849"))


if __name__ == "__main__":
    unittest.main()
