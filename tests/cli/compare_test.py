"""Replies compared with captured ones: `run --expect same`, `--compare`, and `diff` of two captures."""

import json
import unittest

from tool import CAPTURES, ToolTest, secrets_of

STORY = CAPTURES / "story"
REGISTERED = STORY / "c-registered-1.0.17.pcapng"
SHORT = STORY / "d-registered-short.pcapng"
REFUSED = STORY / "a-refused-1.0.1.pcapng"
BY_NOTIFY = STORY / "f-refused-by-notify.pcapng"
THREE = CAPTURES / "reference-live" / "three-gms-kek-3des.pcap"

# The policy of story c (captures/story/policies/kek-7-days.yaml) but for the value under test.
POLICY = """
psks: [{{peer: 10.40.10.0/24, psk: long-sa-story}}]
groups:
  - name: MYGETVPN
    number: 1234
    kek: {{cipher: {cipher}, lifetime: {kek}, destination: {destination}}}
    teks:
      - {{esp: aes256-cbc, authentication: hmac-sha2-256, lifetime: {tek}, source: 10.0.0.0/8, destination: 10.0.0.0/8}}
"""
AS_CAPTURED = {"cipher": "aes128-cbc", "kek": 604800, "tek": 3600, "destination": "239.192.1.1"}


class Compare(ToolTest):
    def policy(self, **other):
        return self.write("policy.yaml", POLICY.format(**{**AS_CAPTURED, **other}))

    def same(self, *words, code):
        """Comparison of the one registration: differences by address, as captured and live."""
        found = self.run_tool("run", "--expect", "same", "--json", "-", *words, code=code).json()
        self.assertEqual(len(found["registrations"]), 1)
        comparison = found["registrations"][0]["comparison"]
        self.assertEqual(comparison["same"], code == 0)
        return {one["address"]: (one["captured"], one["live"]) for one in comparison["differences"]}, comparison


class ExpectSame(Compare):
    def test_the_same_policy_is_the_same(self):
        differences, comparison = self.same(REGISTERED, "--policy", self.policy(), code=0)
        self.assertEqual(differences, {})
        self.assertEqual(comparison["unread"], [])
        self.assertGreater(comparison["fields"], 100)
        text = self.run_tool("run", REGISTERED, "--policy", self.folder / "policy.yaml", "--expect", "same").out
        self.assertIn("the same as captured", text)

    def test_a_lifetime_is_named_with_both_values(self):
        differences, _ = self.same(REGISTERED, "--policy", self.policy(kek=43200), code=1)
        self.assertEqual(differences, {"pull2/sa/sak/key_lifetime": ("604800 s (7 days)", "43200 s (12 h)")})

    def test_a_difference_is_printed_as_a_pair(self):
        text = " ".join(self.run_tool("run", REGISTERED, "--policy", self.policy(tek=7200), "--expect", "same", code=1).out.split())
        self.assertIn("differs: pull2/sa/sat/life_duration: captured 3600, live 7200", text)
        self.assertIn("1 not as expected", text)

    def test_another_cipher_shows_in_the_sa_and_in_the_size_of_the_key(self):
        differences, _ = self.same(REGISTERED, "--policy", self.policy(cipher="aes256-cbc"), code=1)
        self.assertEqual(differences["pull2/sa/sak/key_length"], ("128 bits", "256 bits"))
        # RFC 6407 section 5.6.2.1: IV of 16 octets and the key.
        self.assertEqual([pair for address, pair in differences.items() if address.startswith("pull4/kd/")],
                         [("32 octets, not shown", "48 octets, not shown")])

    def test_an_address_of_the_group_is_compared(self):
        differences, _ = self.same(REGISTERED, "--policy", self.policy(destination="239.192.1.2"), code=1)
        self.assertEqual(differences, {"pull2/sa/sak/dst/ipv4_addr": ("239.192.1.1", "239.192.1.2")})

    def test_a_refusal_of_another_kind_is_not_the_same(self):
        refusal = (STORY / "policies" / "refusal-notify.yaml").read_text()
        found = self.run_tool("run", BY_NOTIFY, "--registration", 1, "--expect", "same", "--json", "-").json()
        self.assertTrue(found["registrations"][0]["comparison"]["same"])
        other = self.write("delete.yaml", refusal.replace("refusal: notify", "refusal: delete"))
        differences, _ = self.same(BY_NOTIFY, "--registration", 1, "--policy", other, code=1)
        self.assertEqual(differences["outcome"], ("refused at pull1 by notify 18", "refused at pull1 by delete"))
        # The verdict alone is as captured.
        self.run_tool("run", BY_NOTIFY, "--registration", 1, "--policy", other)

    def test_what_cannot_be_read_is_not_the_same(self):
        _, comparison = self.same(REGISTERED, "--policy", self.policy(), "--without-keys", "--psk", "long-sa-story",
                                  "--set", "group=1234", "--set", "id=10.40.10.10", code=1)
        self.assertEqual([one.split(":")[0] for one in comparison["unread"]], ["mm6", "pull2", "pull4"])

    def test_no_key_octets_are_shown(self):
        log = self.folder / "run.keys"
        outputs = [self.run_tool("run", REGISTERED, "--policy", self.policy(cipher="aes256-cbc"), "--expect", "same",
                                 "--show-map", *more, code=1).out
                   for more in ((), ("--json", "-", "--key-log", log))]
        for secret in secrets_of(log) | secrets_of(REGISTERED.with_suffix(".keys")):
            for text in outputs:
                self.assertNotIn(secret, text.lower())

    def test_the_map_has_the_spis(self):
        text = self.run_tool("run", REGISTERED, "--show-map").out
        self.assertRegex(text, r"pull2/sa/sat/spi: captured 0x[0-9a-f]{8}, live\s+0x[0-9a-f]{8}")

    def test_clones_are_not_compared(self):
        self.assertOneSentence(self.run_tool("run", REGISTERED, "--expect", "same", "--count", 2, code=2).err)


class Rules(Compare):
    def rules(self, *rules):
        return self.write("rules.yaml", "rules:\n" + "".join(f"  - {one}\n" for one in rules))

    def test_a_field_may_be_ignored(self):
        rules = self.rules("{address: pull2/sa/sak/key_lifetime, rule: ignored, reason: the lab has short ones}")
        self.same(REGISTERED, "--policy", self.policy(kek=43200), "--compare", rules, code=0)
        self.same(REGISTERED, "--policy", self.policy(kek=43200, tek=7200), "--compare", rules, code=1)

    def test_a_structure_may_be_ignored(self):
        rules = self.rules("{address: pull2/**/sak, rule: ignored}")
        self.same(REGISTERED, "--policy", self.policy(kek=43200, destination="239.192.1.2"), "--compare", rules, code=0)

    def test_a_message_may_be_ignored(self):
        rules = self.rules("{address: '*', rule: ignored}")
        self.same(REGISTERED, "--policy", self.policy(kek=43200), "--compare", rules, code=0)

    def test_the_last_rule_counts(self):
        rules = self.rules("{address: '**/key_lifetime', rule: ignored}", "{address: '**/sak/key_lifetime', rule: exact}")
        self.same(REGISTERED, "--policy", self.policy(kek=43200), "--compare", rules, code=1)

    def test_what_is_fresh_can_be_demanded_to_be_exact(self):
        rules = self.rules("{address: pull2/nonce/nonce, rule: exact}")
        differences, _ = self.same(REGISTERED, "--policy", self.policy(), "--compare", rules, code=1)
        self.assertEqual(list(differences), ["pull2/nonce/nonce"])

    def test_errors_have_line_and_column(self):
        for text, place, words in (
                ("rules:\n  - {address: pull2/sak/key_lifetme, rule: ignored}\n", "2:15", "key_lifetme"),
                ("rules:\n  - {address: pull5/sak, rule: ignored}\n", "2:15", "pull5"),
                ("rules:\n  - {address: pull2/sak, rule: equal}\n", "2:32", "exact, mapped, fresh, ignored"),
                ("rules:\n  - {address: pull2/sak}\n", "2:5", "rule"),
                ("rule: []\n", "1:1", "rules")):
            path = self.write("bad.yaml", text)
            error = self.run_tool("run", REGISTERED, "--compare", path, code=2).err
            self.assertIn(f"bad.yaml:{place}: ", error)
            self.assertIn(words, error)


class Diff(Compare):
    def pairs(self, *words, code):
        found = self.run_tool("diff", "--json", "-", *words, code=code).json()
        self.assertEqual(found["schema"], 1)
        return found["pairs"]

    def test_a_capture_is_the_same_as_itself(self):
        for capture in (REGISTERED, THREE, REFUSED):
            self.assertTrue(all(pair["same"] for pair in self.pairs(capture, capture, code=0)), capture)

    def test_two_captures_of_one_policy_are_the_same(self):
        for name in ("one", "two"):
            self.run_tool("run", REGISTERED, "--policy", self.policy(), "--record", self.folder / f"{name}.pcapng",
                          "--key-log", self.folder / f"{name}.keys")
        pairs = self.pairs(self.folder / "one.pcapng", self.folder / "two.pcapng", code=0)
        self.assertEqual([(pair["gm"], pair["group"], pair["differences"]) for pair in pairs], [("10.40.10.10", "1234", [])])

    def test_lifetimes_before_and_after(self):
        (pair,) = self.pairs(SHORT, REGISTERED, code=1)
        found = {one["address"]: (one["before"], one["after"]) for one in pair["differences"]}
        # captures/story/README.md: d has lifetimes of 43,200 s throughout and a GM 1.0.1, c a KEK of 7 days.
        self.assertEqual(found.pop("pull2/sa/sak/key_lifetime"), ("43200 s (12 h)", "604800 s (7 days)"))
        self.assertEqual(found.pop("pull2/sa/sat/life_duration"), ("43200", "3600"))
        self.assertEqual(list(found), ["mm1/vid[1]/vid_bytes"])

    def test_a_registration_that_became_a_refusal(self):
        pairs = self.pairs(REGISTERED, REFUSED, code=1)
        self.assertEqual(pairs[0]["before"]["outcome"], "registered")
        self.assertEqual(pairs[0]["after"]["outcome"], "refused at pull1 by silence")
        self.assertEqual([(one["address"], one["before"], one["after"]) for one in pairs[0]["differences"]][1:],
                         [("pull2", "sent", "not there"), ("outcome", "registered", "refused at pull1 by silence")])
        # GM and group come three times in the other.
        self.assertEqual([pair["before"] for pair in pairs[1:]], [None, None])
        text = self.run_tool("diff", REGISTERED, REFUSED, code=1).out
        self.assertIn("only after", text)
        self.assertIn("3 registrations compared; 3 not the same", text)

    def test_without_keys_it_cannot_be_told(self):
        (pair,) = self.pairs("--without-keys", REGISTERED, REGISTERED, code=1)
        self.assertEqual(pair["differences"], [])
        self.assertEqual(len(pair["unread"]), 6)

    def test_outputs_and_errors(self):
        out = self.write("there.json", "mine")
        self.assertOneSentence(self.run_tool("diff", REGISTERED, SHORT, "--json", out, code=2).err)
        self.assertEqual(out.read_text(), "mine")
        self.run_tool("diff", REGISTERED, SHORT, "--json", out, "--force", code=1)
        self.assertEqual(len(json.loads(out.read_text())["pairs"]), 1)
        self.assertOneSentence(self.run_tool("diff", REGISTERED, self.folder / "none.pcap", code=2).err)
        self.assertOneSentence(self.run_tool("diff", REGISTERED, code=2).err)


if __name__ == "__main__":
    unittest.main()
