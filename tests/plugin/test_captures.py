"""Every recorded message is decrypted and verified, and nothing is malformed."""

import collections
import re
import unittest

import harness

setUpModule = harness.require_plugin

GOOD = "1"

# What departs from the RFCs in the captures (captures/README.md) and how it is named. Nothing else
# may be remarked on.
EXPECTED_REMARKS = {
    "resynchronised", "attribute_form", "value_reserved", "key_length",
    "mask_reversed", "tek_incomplete", "key_packet_unannounced", "sid_bits",
    "retransmission", "esp_full", "refused", "failed_before",
}

# The vendor ID of the generated captures is this project's own, and so it is said.
EXPECTED_OF_GENERATED = {"retransmission", "synthetic_version", "refused", "failed_before"}

NAMES = ["gdoi.exchange", "gdoi.message_number", "gdoi.hash.status", "gdoi.sig.status",
         "gdoi.undecrypted", "gdoi.retransmission_of", "gdoi.flag_e", "gdoi.enc.decrypted",
         "_ws.malformed"]


def gdoi_blocks(text):
    """The lines of our protocol only: IP shows on a second pass where fragments went."""
    inside, lines = False, []
    for line in text.splitlines():
        if line and not line.startswith(" "):
            inside = line.startswith("Group Domain of Interpretation")
        if inside:
            lines.append(line)
    return lines


class Captures(unittest.TestCase):
    def each(self, kinds=False):
        """With `kinds` without those of captures/causes, whose messages are of the same kinds as the others'."""
        for entry in harness.manifest():
            if kinds and entry["file"].startswith("causes/"):
                continue
            with self.subTest(entry["file"]):
                path = harness.capture(entry["file"])
                yield entry["counts"], path, harness.keys_of(entry["file"])

    def test_all_messages_are_decrypted_and_verified(self):
        seen = 0
        for counts, path, keys in self.each():
            rows = harness.fields(path, NAMES, *keys, "-Y", "gdoi")
            self.assertEqual(counts["messages"], len(rows))
            seen += 1
            first = [row for row in rows if not row[5]]
            self.assertEqual(counts["retransmissions"], len(rows) - len(first))
            hashes, signatures = collections.Counter(), collections.Counter()
            for exchange, number, hash_status, sig_status, remark, _, encrypted, plain, bad in first:
                self.assertEqual("", remark + bad)
                self.assertIn(hash_status + sig_status, ("", GOOD))
                if encrypted in ("1", "True"):
                    self.assertNotEqual("", hash_status + sig_status)
                hashes[exchange, number] += hash_status == GOOD
                signatures[exchange] += sig_status == GOOD
            pull = [hashes["GROUPKEY-PULL", str(number)] for number in (1, 2, 3, 4)]
            self.assertEqual(counts["hash_good"], pull)
            phase1 = sum(count for (exchange, _), count in hashes.items() if "mode" in exchange)
            phase1 += signatures["Main mode"] + signatures["Aggressive mode"]
            self.assertEqual(counts["phase1_auth_good"], phase1)
            self.assertEqual(counts["push_sig_good"], signatures["GROUPKEY-PUSH"])
        self.assertEqual(33, seen)

    def test_the_known_departures_are_named_and_nothing_else(self):
        named = {False: set(), True: set()}
        for entry in harness.manifest():
            path, keys = harness.capture(entry["file"]), harness.keys_of(entry["file"])
            text = harness.tshark("-r", path, *keys, "-T", "pdml").out
            self.assertNotIn('name="_ws.malformed"', text)
            named[entry["generated"]] |= set(re.findall(r'name="gdoi\.expert\.(\w+)"', text))
        self.assertEqual({False: EXPECTED_REMARKS, True: EXPECTED_OF_GENERATED}, named)

    def test_one_pass_and_two_show_the_same(self):
        """But for the link to the answer, which the first pass cannot know yet: dissector/README.md."""
        def is_link(line):
            return line.startswith("    [Answered in frame: ")

        for _, path, keys in self.each(kinds=True):
            once = harness.tshark("-r", path, *keys, "-V")
            twice = harness.tshark("-2", "-r", path, *keys, "-V")
            self.assertGreater(len(gdoi_blocks(once.out)), 100)
            self.assertFalse(any(map(is_link, gdoi_blocks(once.out))))
            self.assertTrue(any(map(is_link, gdoi_blocks(twice.out))))
            self.assertEqual(gdoi_blocks(once.out), [line for line in gdoi_blocks(twice.out) if not is_link(line)])

    def test_expert_items_do_not_depend_on_a_tree(self):
        for _, path, keys in self.each(kinds=True):
            alone = harness.tshark("-r", path, *keys, "-q", "-z", "expert").out
            beside = harness.tshark("-r", path, *keys, "-q", "-z", "expert", "-Y", "gdoi").out
            painted = harness.tshark("-r", path, *keys, "-V", "-z", "expert").out
            self.assertEqual(alone.split(), beside.split())
            self.assertTrue(painted.rstrip().endswith(alone.strip()))

    def test_the_plaintext_is_a_data_source(self):
        name = "reference-gm-registration.pcap"
        out = harness.tshark("-r", harness.capture(name), *harness.keys_of(name), "-x").out
        self.assertEqual(6, out.count("Decrypted GDOI ("))


if __name__ == "__main__":
    unittest.main()
