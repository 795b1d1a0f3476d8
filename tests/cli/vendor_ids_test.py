"""inspect --vendor-ids and --rules, on main mode messages 1 with vendor IDs.

The masked vendor IDs are those that public captures with Cisco peers hold (files of the test suites
of tcpdump and of zeek-spicy-ipsec); the first 8 octets of each XOR the sender's cookie are
f5c7a71d00010000.
"""

import hashlib
import unittest

from tool import ToolTest, frame, message, offer, pcap

VID = 13
MASKED = (
    ("e47a591fd057587f", "11bdfe02d056587f2c18125972c32401"),
    ("a00b8ef0902bb8ec", "55cc29ed902ab8ec53b1df867c610929"),
    ("683381fefa4dd808", "9df426e3fa4cd8085fa586643f46fdc8"),
)
DPD = "afcad71368a1f1c96b8696fc77570100"
SYNTHETIC = hashlib.md5(b"GDOI-REPLAY SYNTHETIC GETVPN VERSION").hexdigest()
UNKNOWN = "00112233445566778899aabb"


class VendorIds(ToolTest):
    def capture(self, sessions):
        """Main mode messages 1 of (cookie, vendor IDs)."""
        return self.write("vendor.pcap", pcap([
            frame(message(cookie, "00" * 8, offer(), *((VID, bytes.fromhex(each)) for each in ids)),
                  (f"192.0.{number // 250}.{number % 250 + 1}", 848))
            for number, (cookie, ids) in enumerate(sessions)]))

    def found(self, sessions, *words):
        return self.run_tool("inspect", "--vendor-ids", "--json", *words, self.capture(sessions)).json()

    def test_names_and_frequency(self):
        found = self.found([("11" * 8, [DPD, UNKNOWN]), ("22" * 8, [DPD])])["vendor_ids"]
        self.assertEqual([(each["vendor_id"], each["count"], each["sender"], each["message"], each["first_frame"]) for each in found],
                         [(DPD, 2, "gm", "mm1", 1), (UNKNOWN, 1, "gm", "mm1", 1)])
        self.assertIn("3706", found[0]["name"])
        self.assertIsNone(found[1]["name"])

    def test_masked_cisco(self):
        found = self.found([(cookie, [each]) for cookie, each in MASKED])
        for each in found["vendor_ids"]:
            self.assertEqual(each["unmasked"][:16], "f5c7a71d00010000")
            self.assertIn("masked", each["name"])
        (constant,) = found["vendor_id_constants"]
        self.assertEqual(constant["unmasked"], "f5c7a71d00010000" + 8 * "..")
        self.assertEqual((constant["octets"], constant["values"]), (16, 3))
        # Octets 3 and 4 of the last one differ from the others in raw.
        self.assertEqual(constant["constant"], 16 * "..")
        self.assertEqual([each["gm_version"]["text"] for each in found["registrations"]], 3 * ["unknown"])

    def test_constant_octets_lead_to_a_rule(self):
        """Two GM releases: what differs is the version, and a rule for it is then believed."""
        sessions = [("11" * 8, [UNKNOWN + "01000004"]), ("22" * 8, [UNKNOWN + "01000011"])]
        found = self.found(sessions)
        self.assertEqual(found["vendor_id_constants"][0]["constant"], UNKNOWN + "010000..")
        self.assertEqual([each["gm_version"]["text"] for each in found["registrations"]],
                         ["1.0.4 (candidate)", "1.0.17 (candidate)"])
        self.assertEqual([each["candidates"][0]["version"] for each in found["vendor_ids"]], ["1.0.4", "1.0.17"])
        rules = self.write("rules.yaml", f"""version-rules:
  - name: my routers
    prefix: {UNKNOWN}
    offset: 12
    encoding: u32
    unmask: none
    source: show crypto gdoi feature on both
""")
        found = self.found(sessions, "--rules", rules)
        self.assertEqual([(each["gm_version"]["text"], each["gm_version"]["raw"], each["gm_version"]["source"], each["gm_version"]["rule"])
                          for each in found["registrations"]],
                         [("1.0.4", 0x01000004, "rule", "my routers"), ("1.0.17", 0x01000011, "rule", "my routers")])
        text = self.run_tool("inspect", "--vendor-ids", "--rules", rules, self.folder / "vendor.pcap").out
        self.assertIn('rule "my routers"', text)

    def test_the_rule_for_a_candidate_is_printed_ready_to_use(self):
        sessions = [("11" * 8, [DPD, UNKNOWN + "01000004"]), ("22" * 8, [DPD, UNKNOWN + "01000011"])]
        path = self.capture(sessions)
        text = self.run_tool("inspect", "--rule-for", "2", path).out
        self.assertIn(f'prefix: "{UNKNOWN}"', text)
        rules = self.write("rules.yaml", text)
        found = self.found(sessions, "--rules", rules)
        self.assertEqual([(each["gm_version"]["text"], each["gm_version"]["source"]) for each in found["registrations"]],
                         [("1.0.4", "rule"), ("1.0.17", "rule")])

    def test_there_is_no_rule_for_what_reads_like_no_version(self):
        path = self.capture([("11" * 8, [DPD, UNKNOWN])])
        for number, said in (("1", "reads like a version"), ("2", "reads like a version"), ("3", "there is no vendor ID 3")):
            result = self.run_tool("inspect", "--rule-for", number, path, code=2)
            self.assertEqual(result.out, "")
            self.assertIn(said, result.err)

    def test_synthetic_is_called_so(self):
        found = self.found([("11" * 8, [SYNTHETIC + "01000004"])])
        self.assertTrue(found["registrations"][0]["gm_version"]["synthetic"])
        self.assertIn("synthetic", self.run_tool("inspect", "--vendor-ids", self.folder / "vendor.pcap").out)

    def test_unknown_and_none(self):
        found = self.found([("11" * 8, [UNKNOWN]), ("22" * 8, []), ("33" * 8, [DPD])])
        self.assertEqual([each["gm_version"]["text"] for each in found["registrations"]],
                         ["unknown", "not announced", "not announced"])
        self.assertIn("UNKNOWN".lower(), self.run_tool("inspect", "--vendor-ids", self.folder / "vendor.pcap").out)

    def test_retransmissions_do_not_count(self):
        one = frame(message("11" * 8, "00" * 8, offer(), (VID, bytes.fromhex(DPD))))
        path = self.write("again.pcap", pcap([one, one, one]))
        (found,) = self.run_tool("inspect", "--vendor-ids", "--json", path).json()["vendor_ids"]
        self.assertEqual(found["count"], 1)

    def test_many_different_ones_are_bounded(self):
        path = self.capture([(f"{n:016x}", [f"{n:032x}", f"{n:030x}ff"]) for n in range(1, 6001)])
        found = self.run_tool("inspect", "--vendor-ids", "--json", path).json()
        self.assertEqual(len(found["vendor_ids"]), 10_000)
        self.assertIn("more were not kept", self.run_tool("inspect", "--vendor-ids", path).out)


if __name__ == "__main__":
    unittest.main()
