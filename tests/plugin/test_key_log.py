"""Keys: the file, what is wrong with it, and the table."""

import re
import unittest

import harness

setUpModule = harness.require_plugin

CAPTURE = "reference-gm-registration-kek-push.pcap"
COOKIE = "957e3b86f602b129"


def secret(label):
    """The secret of a line of the capture's key log; it is the last word."""
    text = harness.capture(CAPTURE.replace(".pcap", ".keys")).read_text()
    return re.search(rf"^{label} {COOKIE}\b.* ([0-9a-f]+)$", text, re.MULTILINE).group(1)


def statuses(*options):
    rows = harness.fields(harness.capture(CAPTURE), ["gdoi.hash.status"], *options)
    return "".join(row[0] or "-" for row in rows)


class KeyLog(unittest.TestCase):
    def test_a_bad_line_is_named_and_the_capture_still_opens(self):
        text = f"# keys\nPHASE1_KEY {COOKIE} {secret('PHASE1_KEY')}\nPHASE1_KEY zz 00\n"
        path = harness.keep("bad.keys", text)
        done = harness.tshark("-r", harness.capture(CAPTURE), "-o", f"gdoi.key_log_file:{path}")
        self.assertRegex(done.err, r"bad\.keys:3: ")
        self.assertNotIn(secret("PHASE1_KEY"), done.err)
        self.assertEqual(11, len(done.lines))

    def test_a_missing_file_is_reported(self):
        done = harness.tshark("-r", harness.capture(CAPTURE), "-o",
                              "gdoi.key_log_file:no-such-file.keys")
        self.assertIn("no-such-file.keys", done.err)
        self.assertEqual(11, len(done.lines))

    def test_an_unknown_label_is_noted_and_skipped(self):
        good = harness.capture(CAPTURE.replace(".pcap", ".keys")).read_text()
        path = harness.keep("newer.keys", "QUANTUM_KEY 00\n" + good)
        done = harness.tshark("-r", harness.capture(CAPTURE), "-o", f"gdoi.key_log_file:{path}")
        self.assertIn("QUANTUM_KEY", done.err)
        self.assertIn("HASH(4), SEQ, KD: KEK, TEK, TEK", done.out)

    def test_the_table_takes_rows_of_wiresharks_own(self):
        row = f"uat:gdoi_phase1_keys:{COOKIE},{secret('PHASE1_KEY')}"
        # Decrypted, but without SKEYID and SKEYID_a there is nothing to check HASH with.
        self.assertEqual("----222222-", statuses("-o", row))

    def test_more_columns_let_hashes_be_checked(self):
        words = [COOKIE, secret("PHASE1_KEY"), secret("SKEYID_A"), secret("SKEYID")]
        self.assertEqual("----111111-",
                         statuses("-o", "uat:gdoi_phase1_keys:" + ",".join(words)))

    def test_a_wrong_key_is_told_from_a_missing_one(self):
        key = "00" * (len(secret("PHASE1_KEY")) // 2)
        rows = harness.fields(harness.capture(CAPTURE), ["frame.number"], "-o",
                              f"uat:gdoi_phase1_keys:{COOKIE},{key}",
                              "-Y", "gdoi.expert.wrong_key")
        self.assertTrue(rows)
        self.assertEqual("-----------",
                         statuses("-o", f"uat:gdoi_phase1_keys:{COOKIE},{key}"))

    def test_a_bad_row_of_the_table_is_refused(self):
        # Wireshark frees no row that was refused.
        done = harness.tshark("-r", harness.capture(CAPTURE), "-o",
                              "uat:gdoi_phase1_keys:957e,00", code=None, leaks=False)
        self.assertNotEqual(0, done.code)
        self.assertIn("8 octets", done.err)


if __name__ == "__main__":
    unittest.main()
