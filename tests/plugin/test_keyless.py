"""Without keys each encrypted message is still called what its place says it is."""

import unittest

import harness

setUpModule = harness.require_plugin


class Keyless(unittest.TestCase):
    def test_a_registration_is_guessed_from_order(self):
        name = "reference-gm-registration-kek-push.pcap"
        rows = harness.fields(harness.capture(name), ["_ws.col.Info"])
        self.assertEqual([
            "Main mode  encrypted, probably main mode message 5",
            "Main mode  encrypted, probably main mode message 6",
            "GROUPKEY-PULL  encrypted, probably PULL message 1",
            "GROUPKEY-PULL  encrypted, probably PULL message 2",
            "GROUPKEY-PULL  encrypted, probably PULL message 3",
            "GROUPKEY-PULL  encrypted, probably PULL message 4",
        ], [row[0] for row in rows[4:10]])
        self.assertTrue(rows[10][0].startswith("GROUPKEY-PUSH  encrypted"), rows[10])

    def test_what_rests_on_order_says_so(self):
        name = "reference-gm-registration-kek-push.pcap"
        told = ["-Y", "gdoi.guessed", "-e", "gdoi.guessed"]
        rows = harness.fields(harness.capture(name), ["frame.number"], *told)
        self.assertEqual([str(frame) for frame in range(5, 11)], [row[0] for row in rows])
        self.assertEqual({"The message is encrypted: its number and the state are told by count, direction and length"},
                         {row[1] for row in rows})
        self.assertEqual([], harness.fields(harness.capture(name), ["frame.number"], *told, *harness.keys_of(name)))

    def test_the_reason_names_the_cookie(self):
        name = "reference-gm-registration.pcap"
        rows = harness.fields(harness.capture(name), ["gdoi.undecrypted"], "-Y", "gdoi.undecrypted")
        self.assertEqual(6, len(rows))
        for row in rows:
            self.assertIn("encrypted, no key for initiator cookie a91b9d5035d8fc4f", row[0])

    def test_a_missing_key_is_no_error(self):
        name = "reference-live/loss-10.pcap"
        path = harness.capture(name)
        rows = harness.fields(path, ["frame.number"], "-Y",
                              "_ws.expert.severity >= 0x00600000 && gdoi && gdoi.flag_e == 1")
        self.assertEqual([], rows)
        rows = harness.fields(path, ["frame.number"], "-Y", "gdoi.expert.no_key")
        self.assertGreater(len(rows), 100)

    def test_nothing_is_claimed_to_be_verified(self):
        name = "reference-live/rsa-sig.pcap"
        rows = harness.fields(harness.capture(name), ["frame.number"], "-Y",
                              "gdoi.hash.status == 1 || gdoi.sig.status == 1 || gdoi.group")
        self.assertEqual([], rows)


if __name__ == "__main__":
    unittest.main()
