"""Every capture, with keys and without, must be told as captures/manifest.json says."""

import json
import unittest

import jsonschema

from tool import CAPTURES, MANIFEST, SOURCE, ToolTest, manifest

SCHEMA = json.loads((SOURCE / "replay/report/inspect.schema.json").read_text())


def as_manifest(found):
    """A registration of --json in the words of the manifest."""
    group = found["group"] or {"text": None, "octets": None}
    lifetimes = found["lifetimes"]
    empty = lifetimes["kek"] is None and not lifetimes["teks"]
    same = ("gm", "ks", "initiator_cookie", "message_id", "first_frame", "outcome", "how", "notify", "step", "attempt", "decrypted")
    return {key: found[key] for key in same} | {
        "group": group["text"],
        "group_octets": group["octets"],
        "gm_version": found["gm_version"]["text"],
        "phase1": found["phase1"]["chosen"],
        "cause": (found["diagnosis"] or {"cause": None})["cause"],
        "grade": (found["diagnosis"] or {"grade": None})["grade"],
        "lifetimes": None if empty else lifetimes,
    }


def expected(registration):
    lifetimes = registration["lifetimes"]
    if lifetimes == {"kek": None, "teks": []}:
        return registration | {"lifetimes": None}
    return registration


class Captures(ToolTest):
    def inspect(self, entry, *words):
        result = self.run_tool("inspect", "--json", *words, CAPTURES / entry["file"])
        self.assertEqual(result.err, "")
        found = result.json()
        jsonschema.validate(found, SCHEMA, cls=jsonschema.Draft202012Validator)
        return found

    def test_with_keys(self):
        for entry in manifest()["captures"]:
            with self.subTest(entry["file"]):
                found = self.inspect(entry)
                self.assertEqual([as_manifest(one) for one in found["registrations"]],
                                 [expected(one) for one in entry["registrations"]["with_keys"]])
                counts = found["files"][0]["counts"]
                self.assertEqual({key: counts[key] for key in entry["counts"]}, entry["counts"])
                self.assertEqual((counts["undecrypted"], counts["bad"], counts["unverified"]), (0, 0, 0))

    def test_without_keys(self):
        for entry in manifest()["captures"]:
            with self.subTest(entry["file"]):
                found = self.inspect(entry, "--without-keys")
                self.assertEqual([as_manifest(one) for one in found["registrations"]],
                                 [expected(one) for one in entry["registrations"]["without_keys"]])
                counts = found["files"][0]["counts"]
                kinds = [key for key in entry["counts"] if not key.endswith("_good")]
                self.assertEqual({key: counts[key] for key in kinds}, {key: entry["counts"][key] for key in kinds})
                self.assertEqual(counts["decrypted"], 0)

    def test_reasons_name_their_frames(self):
        for entry in manifest()["captures"]:
            for words in ((), ("--without-keys",)):
                for one in self.inspect(entry, *words)["registrations"]:
                    with self.subTest(entry["file"], frame=one["first_frame"], keys=words):
                        self.assertRegex(one["reason"], r"^[A-Z0-9].*")
                        self.assertTrue(set(one["evidence"]) <= set(one["frames"]) | set(one["evidence"]))
                        self.assertIn(one["first_frame"], one["frames"])

    def test_check_passes(self):
        for words in ((), ("--without-keys",)):
            result = self.run_tool("inspect", "--check", *words, MANIFEST)
            self.assertEqual(result.err, "")
            self.assertIn("93 registrations in 33 captures, all as expected", result.out)
            self.assertEqual(result.out.count("\n     as expected\n"), 93)

    def test_check_of_one_capture(self):
        result = self.run_tool("inspect", "--check", CAPTURES / "reference-live/wrong-psk.pcap")
        self.assertIn("2 registrations in 1 capture, all as expected", result.out)

    def test_check_finds_every_kind_of_difference(self):
        """Each value of the manifest is changed in turn: each must be noticed and named."""
        entry = next(each for each in manifest()["captures"] if each["file"].endswith("wrong-psk.pcap"))
        entry |= {"file": "a.pcap", "key_log": "a.keys"}
        self.write("a.pcap", (CAPTURES / "reference-live/wrong-psk.pcap").read_bytes())
        self.write("a.keys", (CAPTURES / "reference-live/wrong-psk.keys").read_bytes())
        registered = next(i for i, one in enumerate(entry["registrations"]["with_keys"]) if one["outcome"] == "registered")
        changes = {"gm": "192.0.2.1", "ks": "192.0.2.2", "first_frame": 99, "group": "5", "group_octets": "05",
                   "gm_version": "1.0.4", "phase1": "des-cbc/md5/modp768/psk", "outcome": "refused", "how": "silence",
                   "notify": {"number": 18, "name": "INVALID-ID-INFORMATION"}, "step": "pull1", "attempt": 7,
                   "lifetimes": {"kek": 1, "teks": [2]}, "decrypted": False, "cause": "wrong-psk", "grade": "certain"}
        for key, value in changes.items():
            with self.subTest(key):
                changed = json.loads(json.dumps(entry))
                changed["registrations"]["with_keys"][registered][key] = value
                path = self.write("manifest.json", json.dumps({"schema": 1, "provenance": {}, "captures": [changed]}))
                result = self.run_tool("inspect", "--check", path, code=1)
                self.assertRegex(result.out, rf"\n     {key}: expected .+, got ")
                self.assertIn("1 not as expected", result.out)
        for key in entry["counts"]:
            with self.subTest(key):
                changed = json.loads(json.dumps(entry))
                changed["counts"][key] = [9, 9, 9, 9] if key == "hash_good" else 99
                path = self.write("manifest.json", json.dumps({"schema": 1, "provenance": {}, "captures": [changed]}))
                result = self.run_tool("inspect", "--check", "-q", path, code=1)
                self.assertIn(f"{key}: expected ", result.out)

    def test_check_finds_missing_and_additional_registrations(self):
        entry = next(each for each in manifest()["captures"] if each["file"].endswith("wrong-psk.pcap"))
        entry["file"], entry["key_log"] = "a.pcap", None
        self.write("a.pcap", (CAPTURES / "reference-live/wrong-psk.pcap").read_bytes())
        entry["registrations"]["without_keys"][0]["initiator_cookie"] = "00" * 8
        path = self.write("manifest.json", json.dumps({"schema": 1, "provenance": {}, "captures": [entry]}))
        result = self.run_tool("inspect", "--check", "--without-keys", path, code=1)
        self.assertIn("the manifest does not expect this registration", result.out)
        self.assertIn("expected and not found: ", result.out)
        found = self.run_tool("inspect", "--check", "--without-keys", "--json", path, code=1).json()
        jsonschema.validate(found, SCHEMA, cls=jsonschema.Draft202012Validator)
        self.assertEqual([one["as_expected"] for one in found["registrations"]], [False, True])

    def test_two_runs_print_the_same(self):
        words = ("inspect", "--messages", "--vendor-ids", "-v", *sorted(CAPTURES.rglob("*.pcap")))
        self.assertEqual(self.run_tool(*words).out, self.run_tool(*words).out)
        words = ("inspect", "--json", "--messages", MANIFEST)
        self.assertEqual(self.run_tool(*words).out, self.run_tool(*words).out)

    def test_every_message_is_listed(self):
        for entry in manifest()["captures"]:
            with self.subTest(entry["file"]):
                found = self.inspect(entry, "--messages")
                self.assertEqual(len(found["messages"]), entry["counts"]["messages"])
                crypts = {each["crypt"] for each in found["messages"]}
                self.assertTrue(crypts <= {"clear", "decrypted"}, crypts)
                lines = self.run_tool("inspect", "--messages", CAPTURES / entry["file"]).out.splitlines()
                shown = [line for line in lines if " \N{RIGHTWARDS ARROW} " in line and "now readable" not in line]
                self.assertEqual(len(shown), entry["counts"]["messages"])

    def test_messages_name_their_registration(self):
        for entry in manifest()["captures"]:
            with self.subTest(entry["file"]):
                found = self.inspect(entry, "--messages")
                of = {each["frame"]: each["registration"] for each in found["messages"]}
                for one in found["registrations"]:
                    pull = [each for each in found["messages"] if each["registration"] == one["number"]]
                    self.assertEqual(of[one["first_frame"]], one["number"])
                    self.assertTrue({each["frame"] for each in pull} <= set(one["frames"]))

    def test_only_known_departures_are_malformed(self):
        """captures/README.md, "What departs from RFC 6407": none of it stops the decoding."""
        for entry in manifest()["captures"]:
            with self.subTest(entry["file"]):
                for each in self.inspect(entry, "--messages")["messages"]:
                    errors = [one for one in each["findings"] if one["severity"] == "error"]
                    self.assertEqual(errors, [], each["frame"])


if __name__ == "__main__":
    unittest.main()
