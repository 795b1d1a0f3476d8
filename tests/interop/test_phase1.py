"""strongSwan's charon as the outside judge of our phase 1, in both roles, and ike-scan's handshake.

charon knows no GDOI: it answers exchange 32 with an encrypted NOTIFY INVALID-PAYLOAD-TYPE (RFC 2408
section 3.14.1: 1), so that this is how every run of ours ends that completes phase 1.
Environment, set by CTest: GDOI_REPLAY, and what tests/plugin/harness.py needs.
"""

import collections
import functools
import json
import os
import pathlib
import re
import shutil
import struct
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "plugin"))

import cases  # noqa: E402
import namespace  # noqa: E402

namespace.skip_if_missing("swanctl", "ike-scan", "/usr/lib/ipsec/charon", "ip", "unshare", "openssl")

import harness  # noqa: E402

# Capture and registration that our initiator replays, by mode.
REPLAYED = {"main": ("reference-gm-registration.pcap", 1), "aggressive": ("reference-live/aggressive.pcap", 1)}
AS_EXPECTED = 0
INVALID_PAYLOAD_TYPE, NO_PROPOSAL_CHOSEN, AUTHENTICATION_FAILED = 1, 14, 24  # RFC 2408 section 3.14.1
GOOD = "1"
NAMES = ["gdoi.exchange", "gdoi.message_number", "gdoi.hash.status", "gdoi.sig.status", "gdoi.undecrypted",
         "gdoi.retransmission_of", "gdoi.flag_e", "_ws.malformed", "gdoi.notify.msgtype",
         "gdoi.frag.seq", "frame.len"]
LONGEST = 14 + 1280  # of an Ethernet frame with an IP packet that both ends leave whole

ISAKMP, VENDOR_ID = 0x10, 13  # RFC 2408 section 3.1
# RFC 3947 section 3.1; MD5("FRAGMENTATION") with what Cisco and strongSwan have behind it.
ANNOUNCED = [bytes.fromhex("4a131c81070358455c5728f20e95452f"),
             bytes.fromhex("4048b7d56ebce88525e7de7f00d6c2d380000000")]

# Encryption AES (7) with 128 bits, SHA2-256, pre-shared key, MODP-2048 (RFC 2409 appendix A).
TRANSFORM = "(1=7,14=128,2=4,3=1,4=14)"
UNKNOWN_TRANSFORM = "(1=1,2=1,3=1,4=1)"  # DES, MD5, MODP-768


def announce(path, vendor_id):
    """Adds a vendor ID to every first message of a pcap file (Ethernet, IPv4): none of the captures has
    these, and our initiator announces what was captured."""
    payload = struct.pack(">BBH", 0, 0, 4 + len(vendor_id)) + vendor_id
    octets = path.read_bytes()
    out, at = [octets[:24]], 24
    while at < len(octets):
        size = struct.unpack_from("<I", octets, at + 8)[0]
        head, frame = octets[at:at + 8], bytearray(octets[at + 16:at + 16 + size])
        at += 16 + size
        udp = 14 + (frame[14] & 15) * 4
        message = udp + 8
        if frame[message + 8:message + 16] == bytes(8) and frame[message + 17] == ISAKMP:
            place = message + 28
            while frame[place] != 0:  # the generic headers of its payloads (RFC 2408 section 3.2)
                place += struct.unpack_from(">H", frame, place + 2)[0]
            frame[place] = VENDOR_ID
            frame += payload
            for where, form in ((16, ">H"), (udp + 4, ">H"), (message + 24, ">I")):
                struct.pack_into(form, frame, where, struct.unpack_from(form, frame, where)[0] + len(payload))
            frame[udp + 6:udp + 8] = bytes(2)  # no checksum (RFC 768)
        out.append(head + struct.pack("<II", len(frame), len(frame)) + frame)
    path.write_bytes(b"".join(out))


class Phase1(unittest.TestCase):
    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        harness.require_plugin()
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="gdoi-interop-test."))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        captures = {}
        for mode, (name, number) in REPLAYED.items():
            captures[mode] = (str(cls.folder / f"{mode}.pcap"), number)
            for suffix in (".pcap", ".keys"):
                shutil.copyfile((harness.SOURCE / "captures" / name).with_suffix(suffix), cls.folder / (mode + suffix))
            for vendor_id in ANNOUNCED:
                announce(cls.folder / f"{mode}.pcap", vendor_id)
        cls.result = namespace.run(HERE / "driver.py", {
            "folder": str(cls.folder), "tool": os.environ["GDOI_REPLAY"], "captures": captures,
            "scan": [TRANSFORM, UNKNOWN_TRANSFORM], "cases": cases.matrix(), "faults": cases.faults()})
        cls.cases = cls.result["cases"]
        print(f"{len(cls.cases)} phase 1s each way, and {len(cases.faults())} that must fail: "
              f"{cls.result['seconds']:.0f} s", file=sys.stderr)

    @classmethod
    @functools.cache
    def read(cls, record, key_log):
        """What tshark says of each message."""
        capture = harness.keep(pathlib.Path(record).name, pathlib.Path(record).read_bytes())
        keys = harness.keep(pathlib.Path(key_log).name, pathlib.Path(key_log).read_bytes())
        rows = harness.fields(capture, NAMES, "-o", f"gdoi.key_log_file:{keys}", "-d", "udp.port==500,gdoi",
                              "-d", "udp.port==4500,gdoi", "-Y", "gdoi")
        for row in rows:
            row[0] = row[0].removeprefix("IKE fragment,")  # what the last fragment has made whole
        return rows

    def rows(self, record, key_log):
        """The same; nothing malformed."""
        rows = self.read(record, key_log)
        self.assertEqual([], [row for row in rows if row[NAMES.index("_ws.malformed")]])
        return rows

    def messages(self, record, key_log):
        """Besides, nothing in the dark, no wrong hash or signature."""
        rows = self.rows(record, key_log)
        for row in rows:
            _, _, hash_status, sig_status, undecrypted, again, encrypted, *_ = row
            self.assertEqual("", undecrypted, row)
            self.assertIn(hash_status + sig_status, ("", GOOD), row)
            if encrypted in ("1", "True") and not again:
                self.assertNotEqual("", hash_status + sig_status, row)
        return rows

    @staticmethod
    def good(rows):
        """How many messages of each exchange have a good hash or signature, repeated ones not counted."""
        return dict(collections.Counter(row[0] for row in rows if GOOD in row[2:4] and not row[5]))

    def test_our_initiator_completes_phase_1_and_is_refused_by_notify(self):
        self.assertEqual(self.cases, [each["case"] for each in self.result["initiate"]])
        for each in self.result["initiate"]:
            with self.subTest(each["name"]):
                said = each["out"] + each["err"] + each["peer_log"]
                self.assertTrue(each["established"], said)
                self.assertEqual(AS_EXPECTED, each["code"], said)
                (found,) = json.loads(each["out"])["registrations"]
                self.assertEqual(("refused", "notify", INVALID_PAYLOAD_TYPE, "pull1"), self.verdict(found), said)

    def test_charon_goes_on_at_port_4500_where_there_is_a_nat(self):
        served = [each for run in self.result["serve"] for each in run["cases"]]
        for each in self.result["initiate"] + served:
            with self.subTest(each["name"]):
                peer = namespace.PEER_IPV6 if each["case"].get("ipv6") else namespace.PEER
                there = f"sending packet: from {peer}[4500]" in each["peer_log"]
                self.assertEqual("nat" in each["case"], there, each["peer_log"])

    def test_long_messages_go_in_fragments_both_ways(self):
        """Those with a certificate, whoever begins; and both ends put them together again."""
        with_certificate = {"main": {("Main mode", 5), ("Main mode", 6)},
                            "aggressive": {("Aggressive mode", 2), ("Aggressive mode", 3)}}
        runs = [({each["case"]["mode"]}, each, [each]) for each in self.result["initiate"] if each["case"].get("large")]
        runs += [({each["case"]["mode"] for each in run["cases"]}, run, run["cases"]) for run in self.result["serve"]
                 if run["cases"][0]["case"].get("large")]
        self.assertGreater(len(runs), 1)
        for modes, run, several in runs:
            with self.subTest(several[0]["name"]):
                rows = self.messages(run["record"], run["key_log"])
                whole = {(row[0], int(row[1].split(",")[-1])) for row in rows
                         if row[NAMES.index("gdoi.frag.seq")] and row[0] != "IKE fragment"}
                self.assertEqual(set().union(*(with_certificate[mode] for mode in modes)), whole)
                self.assertLessEqual(max(int(row[NAMES.index("frame.len")]) for row in rows), LONGEST)
            for each in several:
                with self.subTest(each["name"]):
                    self.assertRegex(each["peer_log"], "received fragment #[0-9]+, reassembled")
                    self.assertRegex(each["peer_log"], r"splitting IKE message \([0-9]+ bytes\) into [0-9]+ fragments")

    def test_ipv6(self):
        over_ipv6 = [each for each in self.result["initiate"] if each["case"].get("ipv6")]
        if not over_ipv6:
            self.skipTest("this machine has no IPv6")
        for each in over_ipv6:
            self.assertIn(f"from {namespace.OURS_IPV6}[", each["peer_log"])

    @staticmethod
    def verdict(registration):
        return tuple(registration["live"][key] for key in ("verdict", "how", "notify_type", "step"))

    def test_what_our_initiator_recorded_opens_in_tshark(self):
        for each in self.result["initiate"]:
            with self.subTest(each["name"]):
                mode = {"main": "Main mode", "aggressive": "Aggressive mode"}[each["case"]["mode"]]
                rows = self.messages(each["record"], each["key_log"])
                self.assertEqual({mode: 2, "GROUPKEY-PULL": 1, "Informational": 1}, self.good(rows))
                notified = {row[NAMES.index("gdoi.notify.msgtype")] for row in rows if row[0] == "Informational"}
                self.assertEqual({str(INVALID_PAYLOAD_TYPE)}, notified)

    def test_charon_completes_phase_1_with_our_key_server(self):
        served = [each for run in self.result["serve"] for each in run["cases"]]
        self.assertCountEqual(self.cases, [each["case"] for each in served])
        for run in self.result["serve"]:
            self.assertEqual(AS_EXPECTED, run["code"], run["err"])
            for each in run["cases"]:
                with self.subTest(each["name"]):
                    self.assertTrue(each["established"], each["out"] + each["peer_log"] + run["out"])

    def test_what_our_key_server_recorded_opens_in_tshark(self):
        for run in self.result["serve"]:
            with self.subTest(run["cases"][0]["case"]["auth"]):
                good = self.good(self.messages(run["record"], run["key_log"]))
                modes = collections.Counter(each["case"]["mode"] for each in run["cases"])
                self.assertEqual((2 * modes["main"], 2 * modes["aggressive"]),
                                 (good.get("Main mode", 0), good.get("Aggressive mode", 0)))

    def test_both_ends_say_why_phase_1_with_charon_did_not_come_about(self):
        wanted = {"psk": ("refused", "informational", None, "mm5"),
                  "offer": ("refused", "notify", NO_PROPOSAL_CHOSEN, "mm1"),
                  "ours": ("refused", "notify", AUTHENTICATION_FAILED, "mm5"),
                  "theirs": ("invalid", None, None, "mm5")}
        of_charon = {"psk": "could not decrypt payloads",
                     "offer": "no proposal found",
                     "ours": "no trusted RSA public key found",
                     "theirs": 'sending end entity cert "O=Sample, CN=theirs-foreign"'}
        for each in self.result["initiate_faults"]:
            with self.subTest(each["name"]):
                fault = cases.fault_of(each["case"])
                (found,) = json.loads(each["out"])["registrations"]
                self.assertEqual(wanted[fault], self.verdict(found), each["out"])
                self.assertIn(of_charon[fault], each["peer_log"])
                # Its own certificate comes with the message that ends phase 1 for it.
                self.assertEqual(fault == "theirs", each["established"])
                self.rows(each["record"], each["key_log"])

    def test_both_ends_say_why_phase_1_with_our_key_server_did_not_come_about(self):
        wanted = {"psk": "not established",
                  "offer": "received NO_PROPOSAL_CHOSEN error notify",
                  "ours": "no trusted RSA public key found",
                  "theirs": "not established"}
        for run in self.result["serve_faults"]:
            (each,) = run["cases"]
            with self.subTest(each["name"]):
                fault = cases.fault_of(each["case"])
                self.assertFalse(each["established"])
                self.assertIn(cases.KS_SAYS[fault], run["out"])
                self.assertIn(wanted[fault], each["out"])
                self.rows(run["record"], run["key_log"])

    def test_ike_scan_gets_a_handshake_from_a_key_server_without_policy(self):
        scan = self.result["scan"]
        self.assertEqual(AS_EXPECTED, scan["code"])
        self.assertRegex(scan["scans"][0], re.escape(namespace.OURS) + r"\s+Main Mode Handshake returned")
        self.assertIn("Enc=AES KeyLength=128 Hash=SHA2-256 Auth=PSK Group=14:modp2048",
                      re.sub(r"\s+", " ", scan["scans"][0]))
        self.assertIn("NO-PROPOSAL-CHOSEN", scan["scans"][1])


if __name__ == "__main__":
    unittest.main()
