"""`gdoi-replay run --change` and `--set ADDRESS=VALUE`: what the user asks for, what is done, what is told."""

import json
import re
import unittest

from tool import CAPTURES, ToolTest

REFERENCE = CAPTURES / "reference-gm-registration.pcap"
PSK = "mekmitasdigoat"


class Changes(ToolTest):
    def setUp(self):
        super().setUp()
        # Copied away from the manifest, which names a policy.
        self.capture = self.write("mine.pcap", REFERENCE.read_bytes())
        self.write("mine.keys", REFERENCE.with_suffix(".keys").read_bytes())

    def replay(self, *words, code=0, expect="accepted"):
        # As a GM of this version the registration is accepted.
        found = self.run_tool("run", self.capture, "--psk", PSK, "--set", "gm-version=1.0.17", "--seed", 5, "--expect", expect,
                              "--json", "-", *words, code=code).json()
        (one,) = found["registrations"]
        return one

    def altered(self, one):
        """Beside the version, which is always changed here."""
        return [line for line in one["altered"] if "GETVPN version" not in line]


class WhatIsDone(Changes):
    def test_without_changes_none_is_told(self):
        one = self.replay()
        self.assertEqual((self.altered(one), one["changes"]), ([], []))

    def test_a_field_by_its_address(self):
        one = self.replay("--set", "mm1/transform/life_duration=7200")
        self.assertEqual(self.altered(one), ["mm1/sa/proposal/transform/life_duration: 7200 instead of 3600"])
        self.assertEqual(one["changes"], [{"change": "mm1/transform/life_duration: set 7200", "made": True}])

    def test_a_group_that_there_is_not(self):
        one = self.replay("--set", "pull1/id.data=0x000010e1", expect="refused")
        self.assertEqual((one["live"]["step"], one["live"]["how"]), ("pull1", "silence"))
        self.assertEqual(self.altered(one), ["pull1/id/data.key_id: 000010e1 instead of 000004d2"])

    def test_an_identity_with_the_port_of_gdoi_is_no_fault(self):
        self.replay("--set", "mm5/id/protoid=17", "--set", "mm5/id/port=848")
        one = self.replay("--set", "mm5/id/protoid=17", "--set", "mm5/id/port=849", expect="refused")
        self.assertEqual(one["live"]["step"], "mm5")

    def test_only_what_was_sent_is_told_as_changed(self):
        words = ("--change", "mm5: break-hash", "--change", "pull1: break-hash")
        one = self.replay(*words, expect="refused")
        self.assertEqual(one["live"]["step"], "mm5")
        self.assertEqual(self.altered(one), ["mm5: the last bit of its HASH flipped"])
        self.assertEqual([each["made"] for each in one["changes"]], [True, False])
        text = self.run_tool("run", self.capture, "--psk", PSK, "--seed", 5, "--expect", "refused", *words).out
        self.assertIn("changed: mm5: the last bit of its HASH flipped", text)
        self.assertIn("not changed, since that message was not sent: pull1: break-hash", text)

    def test_each_operation_in_a_run(self):
        for change, step in (("mm1/doi: set 9", "mm1"), ("mm1/length: lie 20", "mm1"), ("mm3: cut -8", "mm3"), ("mm5: clear", "mm5"),
                             ("pull1/nonce: set random:7", "pull1"), ("pull1/id/payloadlength: lie +8", "pull1"),
                             ("pull1/id: move 1", "pull1"), ("pull1/id: drop", "pull1"),
                             ("pull3: flip 28", "pull3")):
            with self.subTest(change):
                one = self.replay("--change", change, expect="refused")
                # What is wrong in clear is answered (RFC 2408 section 5), unless there is no SA in it; else the policy is silent.
                how = "notify" if change in ("mm1/doi: set 9", "mm3: cut -8") else "silence"
                self.assertEqual((one["live"]["verdict"], one["live"]["how"], one["live"]["step"]), ("refused", how, step))
                self.assertEqual(len(self.altered(one)), 1)
        for change in ("mm1: reuse-cookie", "mm3: repeat 2", "mm1: again-after mm5", "mm5: delay 2.5", "mm3: lose 1",
                       "pull1: before mm5", "pull3: before pull1", "pull1: add vid 0x01020304", "mm1/vid: repeat"):
            with self.subTest(change):
                one = self.replay("--change", change)
                self.assertEqual(len(self.altered(one)), 1)

    def test_what_was_never_sent_was_not_refused(self):
        for step in ("mm1", "mm3", "mm5", "pull1", "pull3"):
            one = self.replay("--change", f"{step}: lose", expect="refused", code=1)
            self.assertEqual((one["live"]["verdict"], one["live"]["step"]), ("aborted", step))
            self.assertIn("was never sent", one["live"]["reason"])
            self.assertNotIn("times", one["live"]["reason"])

    def test_a_value_that_is_there_already_is_no_change(self):
        for change in ("mm1/nextpayload: set 1", "mm1/sa/doi: set 2", "mm1/sa/payloadlength: lie +0", "pull1/hash: move 1"):
            one = self.replay("--change", change)
            self.assertEqual(self.altered(one), [])
            self.assertEqual(one["changes"], [{"change": change, "made": False, "why_not": "the message has it so already"}])
        words = ("run", self.capture, "--psk", PSK, "--set", "gm-version=1.0.17", "--set", "mm1/nextpayload=1")
        for text in (self.run_tool(*words).out, self.run_tool(*words, "--dry-run").out):
            text = " ".join(text.split())
            self.assertIn("not changed, since the message has it so already: mm1/nextpayload: set 1", text)
            self.assertNotIn("instead of", text)

    def test_a_lie_about_a_structure_is_about_its_length(self):
        for change, wanted in (("mm1/sa: lie +5", "mm1/sa/payloadlength: says 57 instead of 52"),
                               ("mm1/transform: lie 9", "mm1/sa/proposal/transform/payloadlength: says 9 instead of 32"),
                               ("pull1/hash: lie +1", "pull1/hash/payloadlength: says 25 instead of 24")):
            one = self.replay("--change", change, "--dry-run")
            self.assertEqual(self.altered(one), [wanted])

    def test_the_record_holds_the_changed_datagrams(self):
        record = self.folder / "out.pcapng"
        self.replay("--change", "mm1: add vid text:seen-on-the-wire", "--record", record)
        self.assertIn(b"seen-on-the-wire", record.read_bytes())


class DryRun(Changes):
    def test_shows_the_changes_and_sends_nothing(self):
        one = self.replay("--dry-run", "--change", "pull1: add vid 0x01", "--change", "mm3: lose 1")
        self.assertIsNone(one["live"])
        self.assertEqual(self.altered(one), ["pull1: vid added, 5 octets", "mm3: lose 1"])
        (pull,) = (each for each in one["plan"] if each["name"] == "PULL message 1")
        self.assertEqual(pull["payloads"], "HASH(1), NONCE, ID, VID")

    def test_addresses(self):
        one = self.replay("--dry-run", "--addresses")
        found = {each["address"]: each["value"] for message in one["plan"] for each in message["addresses"]}
        # As captured: captures/README.md, frame 1 and 7.
        self.assertEqual(found["mm1/sa/proposal/transform/hash_algorithm"], "SHA (2)")
        self.assertEqual(found["pull1/id/data.key_id"], "000004d2")
        self.assertEqual({each.split("/")[0] for each in found}, {"mm1", "mm3", "mm5", "pull1", "pull3"})
        # Each can be used as it stands.
        for address in ("mm1/sa/reserved", "mm5/id/port", "pull3/hash/payloadlength"):
            self.assertEqual(len(self.altered(self.replay("--dry-run", "--set", f"{address}=3"))), 1)
        text = self.run_tool("run", self.capture, "--psk", PSK, "--dry-run", "--addresses").out
        self.assertRegex(text, r"\n +mm1/sa/doi = GDOI \(2\)\n")
        self.run_tool("run", self.capture, "--addresses", code=2)


class Errors(Changes):
    def test_usage(self):
        for change, wanted in (("mm1", "ADDRESS: OPERATION"), ("mm2: lose", "there are mm1, mm3, mm5"),
                               ("mm1: explode", "there are set, add, drop"), ("mm1: cut", "takes N|-N")):
            found = self.run_tool("run", self.capture, "--psk", PSK, "--change", change, code=2)
            self.assertIn(wanted, found.err)
            self.assertOneSentence(found.err)
        self.assertIn("there is no setting colour", self.run_tool("run", self.capture, "--set", "colour=1", code=2).err)

    def test_what_cannot_be_made(self):
        """The user's mistake, before anything is sent as well as behind the encryption; no fault of this machine."""
        for change, wanted in (("mm1: cut 5000", "it has "), ("mm1: flip 5000", "it has "), ("mm1/sa/payloadlength: lie -100", "does not fit"),
                               ("pull1: cut 5000", "it has "), ("pull3: flip 5000", "it has ")):
            found = self.run_tool("run", self.capture, "--psk", PSK, "--set", "gm-version=1.0.17", "--change", change,
                                  "--junit", self.folder / "out.xml", "--force", code=2)
            self.assertIn(f"{change}: ", found.err)
            self.assertIn(wanted, found.err)
            self.assertOneSentence(found.err)
            self.assertIn("<error", (self.folder / "out.xml").read_text())
        size = re.search(r"it has (\d+) octets", self.run_tool("run", self.capture, "--psk", PSK, "--change", "mm1: cut 5000",
                                                               code=2).err)[1]
        self.run_tool("run", self.capture, "--psk", PSK, "--change", f"mm1: cut {size}", code=2)

    def test_add_wants_a_value(self):
        for change in ("pull3: add vid", "mm1/transform: add key_length"):
            error = self.run_tool("run", self.capture, "--psk", PSK, "--change", change, code=2).err
            self.assertIn(f"{change}: add wants a value: {change.partition(': ')[2]} ", error)
            self.assertOneSentence(error)

    def test_errors_list_all_addresses(self):
        one = self.replay("--dry-run", "--addresses")
        wanted = [each["address"] for message in one["plan"] for each in message["addresses"] if each["address"].startswith("mm1/")]
        self.assertIn("mm1/sa/payloadlength", wanted)
        error = self.run_tool("run", self.capture, "--psk", PSK, "--set", "gm-version=1.0.17", "--set", "mm1/colour=1", code=2).err
        self.assertEqual(error.strip().partition("there are: ")[2].split(", "), wanted)

    def test_addresses_that_name_nothing_or_several(self):
        for words, wanted in ((("--set", "mm1/colour=1"), r"names nothing; there are: mm1/ispi, .*mm1/sa/doi"),
                              (("--set", "mm1/transform/key_length=256"), r"names nothing; .*transform/hash_algorithm"),
                              (("--change", "pull1/payloadlength: lie 2"), r"names several; there are: pull1/hash/payloadlength, "
                                                                           r"pull1/nonce/payloadlength, pull1/id/payloadlength"),
                              (("--change", "am1: lose"), r"has no am1; its GM sends mm1, mm3, mm5, pull1, pull3")):
            found = self.run_tool("run", self.capture, "--psk", PSK, *words, code=2)
            self.assertRegex(found.err, wanted)

    def test_the_help_and_the_readme_name_every_operation(self):
        text = self.run_tool("run", self.capture, "--change", "mm1: explode", code=2).err
        names = re.search(r"there are (.*)", text)[1].strip().split(", ")
        self.assertGreater(len(names), 15)
        readme = (CAPTURES.parent / "replay/README.md").read_text()
        help_text = self.run_tool("run", "--help").out
        for name in names:
            self.assertIn(f"`{name}", readme)
            self.assertIn(name, help_text)

    def test_the_json_is_that_of_the_text(self):
        out = self.folder / "out.json"
        self.run_tool("run", self.capture, "--psk", PSK, "--seed", 1, "--json", out, "--expect", "refused",
                      "--change", "pull1: break-hash")
        (one,) = json.loads(out.read_text())["registrations"]
        self.assertEqual(one["altered"], ["pull1: the last bit of its HASH flipped"])


if __name__ == "__main__":
    unittest.main()
