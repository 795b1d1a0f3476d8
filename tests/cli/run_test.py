"""`gdoi-replay run`: captured registrations, live again against the built-in reference KS."""

import os
import stat
import subprocess
import unittest

from tool import CAPTURES, ToolTest, manifest, secrets_of

POLICIES = CAPTURES / "policies"
GDOID = POLICIES / "gdoid.yaml"
IEC61850 = POLICIES / "iec61850.yaml"
PSK = ("--psk", "mekmitasdigoat")
LIVE = CAPTURES / "reference-live"
REFERENCE = CAPTURES / "reference-gm-registration.pcap"
THREE = LIVE / "three-gms-kek-3des.pcap"
WRONG_PSK = LIVE / "wrong-psk.pcap"
UNKNOWN_GROUP = LIVE / "unknown-group.pcap"

# The default policy has a KEK of 7 days; the same with lifetimes that are not long, up to the limit.
SHORT = """
psks: [{{peer: any, psk: mekmitasdigoat}}]
proposals: [3des-sha1-modp1024]
groups:
  - name: sample
    number: 1234
    kek: {{cipher: aes128-cbc, lifetime: {kek}}}
    teks: [{{esp: aes128-cbc, authentication: hmac-sha1, lifetime: 3600}}]
"""


class Run(ToolTest):
    def replay(self, *words, code=0):
        """Verdicts of the registrations, with what they were captured as."""
        found = self.run_tool("run", "--json", "-", *words, code=code).json()
        self.assertEqual(found["schema"], 1)
        return [(one["captured"]["outcome"], one["live"]["verdict"], one["live"]["step"])
                for one in found["registrations"]]


class AsCaptured(Run):
    REGISTERED = ("registered", "accepted", None)

    def test_gdoid_from_its_logs(self):
        for name in ("reference-gm-registration", "reference-gm-registration-kek-push"):
            capture = CAPTURES / f"{name}.pcap"
            self.assertEqual(self.replay(capture, *PSK, "--policy", GDOID), [self.REGISTERED], name)

    def test_gdoid_live(self):
        for name, count in (("three-gms-kek-3des", 3), ("big-fragmented", None), ("gcm-sids", 3), ("aes-kek-sha256", None)):
            verdicts = self.replay(LIVE / f"{name}.pcap", "--policy", GDOID)
            self.assertTrue(all(one == self.REGISTERED for one in verdicts), (name, verdicts))
            self.assertGreaterEqual(len(verdicts), count or 1)

    def test_iec61850(self):
        capture = CAPTURES / "61850-ks-registration.pcap"
        self.assertEqual(self.replay(capture, *PSK, "--policy", IEC61850), [self.REGISTERED])

    def test_unknown_group_is_refused(self):
        capture = CAPTURES / "61850-ks-refused-unknown-group.pcap"
        self.assertEqual(self.replay(capture, *PSK, "--policy", IEC61850), [("refused", "refused", "pull1")])
        self.assertEqual(self.replay(UNKNOWN_GROUP, "--policy", GDOID),
                         [("refused", "refused", "pull1"), self.REGISTERED, ("refused", "refused", "pull1"), self.REGISTERED])

    def test_wrong_psk_is_refused_at_message_5(self):
        expected = [("refused", "refused", "mm5"), self.REGISTERED]
        self.assertEqual(self.replay(WRONG_PSK, "--policy", GDOID), expected)

    def test_incomplete_ones_are_carried_to_their_end(self):
        verdicts = self.replay(LIVE / "gm-restart.pcap", "--policy", GDOID)
        self.assertEqual([live for _, live, _ in verdicts], ["accepted"] * 6)
        self.assertEqual([captured for captured, _, _ in verdicts].count("incomplete"), 2)


def copied(test):
    """A capture and its keys where no manifest names a policy for it."""
    test.write("mine.keys", REFERENCE.with_suffix(".keys").read_bytes())
    return test.write("mine.pcap", REFERENCE.read_bytes())


class VersionGate(Run):
    def version(self, version, *words, code=0):
        return self.replay(copied(self), *PSK, "--set", f"gm-version={version}", *words, code=code)

    def test_old_version_and_kek_of_seven_days(self):
        self.assertEqual(self.version("1.0.1", "--expect", "refused"), [("registered", "refused", "pull1")])
        self.assertEqual(self.version("1.0.1", code=1), [("registered", "refused", "pull1")])
        self.version("1.0.1", "--expect", "accepted", code=1)

    def test_new_version(self):
        self.assertEqual(self.version("1.0.17"), [("registered", "accepted", None)])
        self.version("1.0.17", "--expect", "refused", code=1)

    def test_none_announced(self):
        self.assertEqual(self.replay(copied(self), *PSK, code=1), [("registered", "refused", "pull1")])

    def test_short_lifetimes_take_any_version(self):
        policy = self.write("short.yaml", SHORT.format(kek=43200))
        self.assertEqual(self.version("1.0.1", "--policy", policy), [("registered", "accepted", None)])

    def test_the_limit(self):
        for kek, verdict, code in ((86400, "accepted", 0), (86401, "refused", 1)):
            policy = self.write("limit.yaml", SHORT.format(kek=kek))
            self.assertEqual(self.version("1.0.1", "--policy", policy, code=code)[0][1], verdict, kek)

    def test_says_what_the_router_says(self):
        text = " ".join(self.run_tool("run", copied(self), *PSK, "--set", "gm-version=1.0.1", "--expect", "refused").out.split())
        self.assertIn("%GDOI-4-REJECT_GM_VERSION_REGISTER", text)
        self.assertIn("built-in reference KS", text)
        self.assertIn("as expected", text)


class WithoutKeys(Run):
    def test_what_is_missing_is_named_once(self):
        result = self.run_tool("run", copied(self), "--without-keys", code=2)
        self.assertOneSentence(result.err)
        self.assertIn("needs --psk and --set group=..., since messages 5 and later are encrypted", result.err)

    def test_with_what_the_user_says(self):
        words = (REFERENCE, "--without-keys", *PSK, "--set", "group=1234", "--set", "id=10.40.10.9", "--policy", GDOID)
        self.assertEqual(self.replay(*words), [("registered", "accepted", None)])
        other = ("--set", "group=1235", "--expect", "refused")
        self.assertEqual(self.replay(*words, *other), [("registered", "refused", "pull1")])

    def test_another_suite(self):
        words = (REFERENCE, *PSK, "--set", "cipher=aes256-sha256-ecp256", "--set", "gm-version=1.0.17")
        self.assertEqual(self.replay(*words), [("registered", "accepted", None)])


class Policies(Run):
    def test_the_manifest_names_one(self):
        captures = [CAPTURES / each["file"] for each in manifest()["captures"] if each.get("policy")]
        self.assertGreater(len(captures), 10)
        found = self.run_tool("run", "--json", "-", *captures).json()
        for file in found["files"]:
            self.assertRegex(file["key_server"], r"policies/[\w.-]+\.yaml \(named by ")
        live = {"registered": "accepted", "refused": "refused", "incomplete": "accepted"}
        for one in found["registrations"]:
            self.assertEqual(one["live"]["verdict"], live[one["captured"]["outcome"]], (one["file"], one["number"]))

    def test_without_one_it_is_the_default(self):
        found = self.run_tool("run", "--json", "-", copied(self), *PSK, "--set", "gm-version=1.0.17").json()
        self.assertIn("KEK 7 days", found["files"][0]["key_server"])


class Outputs(Run):
    def record(self, *words):
        pcapng, keys = self.folder / "live.pcapng", self.folder / "live.log"
        self.run_tool("run", *words, "--record", pcapng, "--key-log", keys)
        return pcapng, keys

    def test_inspect_tells_of_the_record_what_run_told(self):
        """All captures with a policy in one record: nothing more, nothing less, nothing else."""
        captures = [CAPTURES / each["file"] for each in manifest()["captures"] if each.get("policy")]
        pcapng, keys = self.folder / "live.pcapng", self.folder / "live.log"
        run = self.run_tool("run", "--json", "-", *captures, "--record", pcapng, "--key-log", keys).json()["registrations"]
        file = self.run_tool("inspect", "--json", "--keys", keys, pcapng).json()
        outcomes = {"accepted": "registered", "refused": "refused"}
        expected = [(one["gm"], outcomes[one["live"]["verdict"]], one["live"]["step"], one["live"]["how"], one["live"]["notify_type"])
                    for one in run]
        self.assertGreater(len(expected), 60)
        self.assertEqual({how for *_, how, _ in expected}, {None, "silence", "notify", "delete"})
        self.assertEqual([(one["gm"], one["outcome"], one["step"], one["how"], (one["notify"] or {}).get("number"))
                          for one in file["registrations"]], expected)
        self.assertTrue(all(one["decrypted"] for one in file["registrations"]))
        counts = file["files"][0]["counts"]
        self.assertEqual((counts["undecrypted"], counts["bad"], counts["unverified"]), (0, 0, 0))
        silent = sum(one["live"]["how"] == "silence" for one in run)
        self.assertEqual(counts["probes"], silent)

    def test_comments_name_the_captured_frame(self):
        pcapng, _ = self.record(THREE, "--policy", GDOID)
        self.assertIn(f"main mode message 1, rebuilt from frame 1 of {THREE}".encode(), pcapng.read_bytes())

    def test_key_log_is_private(self):
        _, keys = self.record(THREE, "--policy", GDOID)
        self.assertEqual(stat.S_IMODE(keys.stat().st_mode), 0o600)

    def test_nothing_is_overwritten(self):
        for option in ("--record", "--key-log"):
            there = self.write("there", "mine")
            self.assertOneSentence(self.run_tool("run", THREE, option, there, code=2).err)
            self.assertEqual(there.read_text(), "mine")
        self.run_tool("run", THREE, "--policy", GDOID, "--key-log", there, "--force")
        self.assertIn("PHASE1_KEY", there.read_text())

    def test_a_pipe_is_written_to_and_stays(self):
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE) as reader:
            self.run_tool("run", THREE, "--key-log", pipe, "--force")
            self.assertIn(b"PHASE1_KEY", reader.communicate(timeout=30)[0])
        self.assertTrue(pipe.is_fifo())

    def test_no_secrets_in_reports(self):
        for form in (["--json", "-"], ["--show-map"], ["--dry-run"]):
            keys = self.folder / "secrets.log"
            record = [] if form == ["--dry-run"] else ["--key-log", keys, "--force"]
            result = self.run_tool("run", WRONG_PSK, "--policy", GDOID, *form, *record)
            known = secrets_of(WRONG_PSK.with_suffix(".keys")) | (secrets_of(keys) if record else set())
            text = (result.out + result.err).lower()
            self.assertEqual([each for each in known if each.lower() in text], [])

    def test_a_seed_repeats_the_run(self):
        made = [self.record(THREE, "--policy", GDOID, "--seed", seed, "--force")[0].read_bytes() for seed in (7, 7, 8)]
        self.assertEqual(made[0], made[1])
        self.assertNotEqual(made[0], made[2])

    def test_without_a_seed_each_run_is_new(self):
        made = [self.record(THREE, "--policy", GDOID, "--force")[1].read_text() for _ in range(2)]
        self.assertNotEqual(*made)


class Words(Run):
    def test_dry_run_sends_nothing(self):
        result = self.run_tool("run", THREE, "--dry-run", "--registration", 2)
        text = " ".join(result.out.split())
        self.assertIn("would send main mode message 1: SA", text)
        self.assertIn("rebuilt from frame", text)
        self.assertNotIn("accepted (", text)
        plan = self.run_tool("run", THREE, "--dry-run", "--json", "-").json()["registrations"]
        self.assertEqual([(len(one["plan"]), one["live"]) for one in plan], [(5, None)] * 3)

    def test_one_registration(self):
        self.assertEqual(len(self.replay(THREE, "--policy", GDOID, "--registration", 2)), 1)
        self.assertIn("there is no registration 9", self.run_tool("run", THREE, "--registration", 9, code=2).err)

    def test_bad_words(self):
        for words in (["--set", "colour=red"], ["--set", "gm-version=new"], ["--set", "group"], ["--psk", "0x123"],
                      ["--expect", "perhaps"], ["--policy", self.folder / "none.yaml"], ["--retries", "-1"]):
            result = self.run_tool("run", THREE, *words, code=2)
            self.assertRegex(result.err, r"\Agdoi-replay[^\n]+\n(Try: [^\n]+\n)?\Z", words)
        self.run_tool("run", code=2)
        self.run_tool("run", self.folder / "none.pcap", code=2)

    def test_a_wrong_policy_is_named_by_line(self):
        policy = self.write("bad.yaml", "psks: []\ngroups: red\n")
        self.assertRegex(self.run_tool("run", THREE, "--policy", policy, code=2).err, r"bad\.yaml:\d+:\d+: ")


if __name__ == "__main__":
    unittest.main()
