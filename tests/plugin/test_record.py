"""What `gdoi-replay run` records of its live exchanges, read with the key log that it writes."""

import collections
import os
import re
import subprocess
import unittest

import harness

setUpModule = harness.require_plugin

TOOL = os.environ["GDOI_REPLAY"]

# What is said of a record: refused registrations, repetitions, this project's own vendor ID, and that Wireshark's ESP dissector
# has room for 16 keys.
EXPECTED_REMARKS = {"retransmission", "synthetic_version", "esp_full", "refused", "failed_before"}


class Record(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        captures = [harness.SOURCE / "captures" / each["file"] for each in harness.manifest() if each.get("policy")]
        record, keys = harness.folder / "live.pcapng", harness.folder / "live.keys"
        subprocess.run([TOOL, "run", "-q", *captures, "--record", record, "--key-log", keys], check=True,
                       stdout=subprocess.DEVNULL, timeout=harness.TIMEOUT)
        cls.record = harness.keep("record.pcapng", record.read_bytes())
        cls.keys = ["-o", f"gdoi.key_log_file:{harness.keep('record.keys', keys.read_bytes())}"]

    def test_every_message_is_decrypted_and_every_hash_is_good(self):
        names = ["gdoi.exchange", "gdoi.message_number", "gdoi.flag_e", "gdoi.hash.status", "gdoi.retransmission_of",
                 "gdoi.undecrypted", "_ws.malformed"]
        rows = harness.fields(self.record, names, *self.keys, "-Y", "gdoi")
        good = collections.Counter()
        for exchange, number, encrypted, status, again, dark, malformed in rows:
            self.assertEqual("", dark + malformed)
            self.assertIn(status, ("", "1"))
            if encrypted in ("1", "True") and not again:
                self.assertEqual("1", status, (exchange, number))
                good[exchange, number] += 1
        # Every registration completes phase 1, two of them (aggressive.pcap) in aggressive mode; only that with a wrong
        # pre-shared key ends with message 5.
        self.assertEqual(good["Main mode", "5"], good["Main mode", "6"] + 1)
        self.assertEqual(good["Main mode", "6"] + good["Aggressive mode", "3"], good["GROUPKEY-PULL", "1"])
        self.assertEqual(good["Aggressive mode", "3"], 2)
        self.assertEqual(good["GROUPKEY-PULL", "2"], good["GROUPKEY-PULL", "4"])
        self.assertGreater(good["GROUPKEY-PULL", "4"], 40)

    def test_nothing_unexpected_is_remarked_on(self):
        text = harness.tshark("-r", self.record, *self.keys, "-T", "pdml").out
        self.assertEqual(EXPECTED_REMARKS, set(re.findall(r'name="gdoi\.expert\.(\w+)"', text)))
        self.assertNotIn('name="_ws.malformed"', text)

    def test_probes_are_named(self):
        probes = harness.fields(self.record, ["frame.comment", "gdoi.vid.name"], *self.keys, "-Y",
                                'frame.comment contains "probe 1:"')
        self.assertGreater(len(probes), 5)
        self.assertTrue(all("No registration follows" in name for _, name in probes))


if __name__ == "__main__":
    unittest.main()
