"""The long-SA story of captures/story, with keys and without: what was captured, and what becomes of it live as it is, with a
newer GM version, and under short lifetimes."""

import unittest

from tool import CAPTURES, ToolTest

STORY = CAPTURES / "story"
SHORT = STORY / "policies/lifetimes-43200.yaml"
SILENCE, NOTIFY, DELETE = ("refused", "silence", None), ("refused", "notify", 18), ("refused", "delete", None)
REGISTERED = ("registered", None, None)

# What the story says of each capture: registrations by GM and how each ended. Live it ends the same way as it is, and accepted
# after either cure.
TABLE = {
    "a-refused-1.0.1": [("10.40.10.10", SILENCE)] * 3,
    "b-refused-1.0.4": [("10.40.10.10", SILENCE)],
    "c-registered-1.0.17": [("10.40.10.10", REGISTERED)],
    "d-registered-short": [("10.40.10.10", REGISTERED)],
    "e-refused-no-version": [("10.40.10.10", SILENCE)],
    "f-refused-by-notify": [("10.40.10.10", NOTIFY)] * 3,
    "g-refused-by-delete": [("10.40.10.10", DELETE)] * 3,
    "h-refused-and-registered": [("10.40.10.10", SILENCE), ("10.40.10.9", REGISTERED)] + [("10.40.10.10", SILENCE)] * 2,
}
NO_KEYS = ("--without-keys", "--psk", "long-sa-story", "--set", "group=1234", "--set", "id=10.40.10.10")


def ending(one):
    """Of a registration as the table has it."""
    return one["gm"], (one["outcome"], one["how"], (one["notify"] or {}).get("number"))


def keyless(how):
    """What an encrypted Informational says is not known without keys."""
    return ("refused", "informational", None) if how in (NOTIFY, DELETE) else how


class Story(ToolTest):
    def each(self):
        for name, registrations in TABLE.items():
            with self.subTest(name):
                yield STORY / f"{name}.pcapng", registrations

    def live(self, capture, *words, code=0):
        found = self.run_tool("run", "--json", "-", capture, *words, code=code).json()["registrations"]
        return [(one["gm"], one["captured"]["outcome"], one["captured"]["how"], one["live"]["verdict"], one["live"]["how"],
                 one["live"]["notify_type"], one["live"]["step"]) for one in found]

    def expect_live(self, capture, registrations, *words):
        """Every registration as the story says; `registrations` with what was captured."""
        expected = [(gm, captured[0], captured[1], *live) for gm, captured, live in registrations]
        self.assertEqual(self.live(capture, *words), expected)

    @staticmethod
    def as_it_is(ended):
        outcome, how, notify = ended
        return ("accepted", None, None, None) if outcome == "registered" else ("refused", how, notify, "pull1")

    def test_generated_ones_are_called_so(self):
        for command in ("inspect", "run"):
            out = self.run_tool(command, CAPTURES / "story/c-registered-1.0.17.pcapng").out
            self.assertIn("note: generated, not recorded", out)
            self.assertNotIn("generated", self.run_tool("inspect", CAPTURES / "reference-gm-registration.pcap").out)

    def test_all_captures_are_there(self):
        self.assertEqual(sorted(each.stem for each in STORY.glob("*.pcapng")), sorted(TABLE))

    def test_as_captured(self):
        for capture, registrations in self.each():
            found = self.run_tool("inspect", "--json", capture).json()["registrations"]
            self.assertEqual([ending(one) for one in found], registrations)
            self.assertTrue(all(one["decrypted"] for one in found))
            found = self.run_tool("inspect", "--json", "--without-keys", capture).json()["registrations"]
            self.assertEqual([ending(one) for one in found], [(gm, keyless(how)) for gm, how in registrations])

    def test_each_attempt_has_a_phase_1_of_its_own(self):
        for capture, registrations in self.each():
            found = self.run_tool("inspect", "--json", capture).json()["registrations"]
            self.assertEqual(len({one["initiator_cookie"] for one in found}), len(registrations))
            self.assertEqual([one["attempt"] for one in found if one["gm"] == "10.40.10.10"],
                             list(range(1, 1 + sum(gm == "10.40.10.10" for gm, _ in registrations))))

    def test_no_probes_of_ours(self):
        for capture, _ in self.each():
            self.assertEqual(self.run_tool("inspect", "--json", capture).json()["files"][0]["counts"]["probes"], 0)

    def test_live_as_it_is(self):
        for capture, registrations in self.each():
            self.expect_live(capture, [(gm, how, self.as_it_is(how)) for gm, how in registrations])

    def test_live_as_it_is_without_keys(self):
        for capture, registrations in self.each():
            self.expect_live(capture, [(gm, keyless(how), self.as_it_is(how)) for gm, how in registrations], *NO_KEYS)

    def test_both_cures(self):
        accepted = ("accepted", None, None, None)
        for capture, registrations in self.each():
            for cure in (("--set", "gm-version=1.0.17"), ("--policy", SHORT)):
                words = (*cure, "--expect", "accepted")
                self.expect_live(capture, [(gm, how, accepted) for gm, how in registrations], *words)
                self.expect_live(capture, [(gm, keyless(how), accepted) for gm, how in registrations], *words, *NO_KEYS)

    def test_expectations_are_exit_codes(self):
        refused, registered = STORY / "a-refused-1.0.1.pcapng", STORY / "c-registered-1.0.17.pcapng"
        for capture, verdict, code in ((refused, "accepted", 1), (refused, "refused", 0), (registered, "accepted", 0),
                                       (registered, "refused", 1)):
            self.run_tool("run", capture, "--expect", verdict, code=code)
        for words in (("--expect", "perhaps"), ("--expect", "2"), ("--expect", "")):
            self.assertOneSentence(self.run_tool("run", refused, *words, code=2).err)

    def test_the_key_server_says_what_the_router_says(self):
        for name, version in (("a-refused-1.0.1", "0x1000001"), ("b-refused-1.0.4", "0x1000004")):
            text = " ".join(self.run_tool("run", STORY / f"{name}.pcapng").out.split())
            self.assertIn("%GDOI-4-REJECT_GM_VERSION_REGISTER: Reject registration of GM 10.40.10.10(ver "
                          f"{version}) in group MYGETVPN as it cannot support these GETVPN features enabled: Long-SA", text)

    def test_versions_are_called_synthetic(self):
        for capture, _ in self.each():
            for one in self.run_tool("inspect", "--json", capture).json()["registrations"]:
                self.assertRegex(one["gm_version"]["text"], r"^(1\.0\.\d+ \(synthetic\)|not announced)$")


class Table(ToolTest):
    def test_a_line_for_each_registration(self):
        captures = [STORY / f"{name}.pcapng" for name in TABLE]
        lines = self.run_tool("run", "--table", *captures).out.splitlines()
        self.assertEqual(len(lines), 1 + 17 + 1)
        self.assertTrue(all(line.endswith("as expected") for line in lines[1:]))
        self.assertRegex(lines[1], r"^  a-refused-1\.0\.1 +1  10\.40\.10\.10  1\.0\.1 \(synthetic\) +refused at pull1  refused, silence")

    def test_quiet_tells_what_differs(self):
        capture = STORY / "a-refused-1.0.1.pcapng"
        self.assertEqual(self.run_tool("run", "-q", capture).out, "3 registrations replayed: 3 refused; all as expected\n")
        out = self.run_tool("run", "-q", capture, STORY / "c-registered-1.0.17.pcapng", "--expect", "accepted", code=1).out
        self.assertEqual(out.count("differs"), 3)
        self.assertNotIn("c-registered", out)
        self.assertTrue(out.endswith("4 registrations replayed: 1 accepted, 3 refused; 3 not as expected\n"))


OID_POLICY = """
psks: [{peer: any, psk: mekmitasdigoat}]
proposals: [3des-sha1-modp1024]
groups:
  - name: substation
    oid: 1.2.3
    teks: [{iec61850: 1.2.3, authentication: hmac-sha256-128, encryption: aes128-cbc, lifetime: 3600}]
"""


class ObjectIdentifiers(ToolTest):
    """A group that an OID names (RFC 8052 section 2.1)."""

    def test_the_policy_s_is_accepted_another_is_not(self):
        policy = self.write("oid.yaml", OID_POLICY)
        capture = CAPTURES / "reference-gm-registration.pcap"
        for oid, verdict in (("1.2.3", "accepted"), ("1.2.4", "refused"), ("1.2.3.4", "refused")):
            for keys in ((), ("--without-keys", "--psk", "mekmitasdigoat")):
                words = ("--set", f"group=oid:{oid}", "--policy", policy, "--expect", verdict, *keys)
                found = self.run_tool("run", "--json", "-", capture, *words).json()["registrations"]
                self.assertEqual([(one["live"]["verdict"], one["live"]["step"]) for one in found],
                                 [(verdict, None if verdict == "accepted" else "pull1")], (oid, keys))


if __name__ == "__main__":
    unittest.main()
