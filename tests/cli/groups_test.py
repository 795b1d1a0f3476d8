"""inspect --groups: who is in a group, what its rekeys prove, and who could not stay with a feature."""

import json
import struct
import unittest

import jsonschema

from tool import CAPTURES, SOURCE, ToolTest, capture_files, secrets_of

STORY = CAPTURES / "story"
THREE = CAPTURES / "reference-live/three-gms-kek-3des.pcap"
SCHEMA = json.loads((SOURCE / "replay/report/inspect.schema.json").read_text())


def without_frames(path, *left_out):
    """A pcap file without these records, little-endian."""
    octets = path.read_bytes()
    out, at, number = octets[:24], 24, 0
    while at < len(octets):
        size = 16 + struct.unpack("<I", octets[at + 8:at + 12])[0]
        number += 1
        out += b"" if number in left_out else octets[at:at + size]
        at += size
    return out


class Groups(ToolTest):
    def groups(self, *words):
        found = self.run_tool("inspect", "--groups", "--json", *words).json()
        jsonschema.validate(found, SCHEMA)
        return found["groups"]

    def cut(self, *left_out):
        """The three GMs' capture without these frames, with its keys."""
        path = self.write("cut.pcap", without_frames(THREE, *left_out))
        return ("--keys", THREE.with_suffix(".keys"), path)

    def test_feature_table_of_the_story(self):
        out = self.run_tool("inspect", "--groups", STORY / "h-refused-and-registered.pcapng").out
        self.assertIn("show crypto gdoi feature long-sa-lifetime", out)
        self.assertRegex(out, r"Group Member ID +Version +Feature Supported\n"
                              r" +10\.40\.10\.9 +1\.0\.17 \(synthetic\) +Yes\n"
                              r" +10\.40\.10\.10 +1\.0\.1 \(synthetic\) +No\n")
        self.assertIn("1 GM could not register: 10.40.10.10", out)

    def test_who_could_not_stay(self):
        """GM 1.0.1 is in the group of story d, whose lifetimes are short."""
        group = self.groups(STORY / "d-registered-short.pcapng")[0]
        self.assertEqual(group["members"][0]["features"], {"long-sa-lifetime": "unsupported"})
        self.assertEqual(group["uses"], [])
        out = self.run_tool("inspect", "--groups", STORY / "d-registered-short.pcapng").out
        self.assertIn("1 GM could not stay: 10.40.10.10", out)

    def test_without_a_version_nothing_is_known(self):
        group = self.groups(STORY / "e-refused-no-version.pcapng")[0]
        self.assertEqual(group["members"][0]["features"], {"long-sa-lifetime": "unknown"})
        out = self.run_tool("inspect", "--groups", STORY / "e-refused-no-version.pcapng").out
        self.assertIn("no GM is known to lack it; of 1 GM it is not known", out)

    def test_disputed_version(self):
        out = self.run_tool("inspect", "--groups", STORY / "b-refused-1.0.4.pcapng").out
        self.assertIn("the sources disagree about 1.0.4", out)

    def test_policy_is_that_of_the_key_server(self):
        """captures/story/policies/kek-7-days.yaml."""
        policy = self.groups(STORY / "c-registered-1.0.17.pcapng")[0]["policy"]
        self.assertEqual((policy["kek"]["lifetime"], policy["kek"]["destination"]), (604800, "239.192.1.1"))
        self.assertTrue(policy["kek"]["algorithms"].startswith("AES 128, "))
        tek = policy["teks"][0]
        self.assertEqual((tek["lifetime"], tek["source"], tek["destination"]), (3600, "10.0.0.0/8", "10.0.0.0/8"))
        self.assertEqual(tek["algorithms"], "ESP AES-CBC 256, HMAC-SHA2-256")

    def test_features_by_name(self):
        words = ("--feature", "cts-sgt", "--feature", "pfs", STORY / "c-registered-1.0.17.pcapng")
        self.assertEqual(self.groups(*words)[0]["members"][0]["features"], {"cts-sgt": "supported", "pfs": "unknown"})
        out = self.run_tool("inspect", *words).out
        self.assertIn("show crypto gdoi feature cts-sgt", out)
        self.assertNotIn("show crypto gdoi feature long-sa-lifetime", out)

    def test_no_such_feature(self):
        found = self.run_tool("inspect", "--feature", "long-sb", THREE, code=2)
        self.assertIn("no GETVPN feature is called 'long-sb'", found.err)
        self.assertOneSentence(found.err)

    def test_rekeys(self):
        """SEQ 1 to 4, 5 to 8 and 9 under three KEKs; frames 40 and 44 bring the second and the third."""
        keks = self.groups(THREE)[0]["keks"]
        self.assertEqual([[(run["first"], run["last"]) for run in kek["sequences"]] for kek in keks],
                         [[(1, 4)], [(5, 8)], [(9, 9)]])
        self.assertEqual([kek["brought_frame"] for kek in keks], [None, 40, 44])
        self.assertEqual([kek["gaps"] for kek in keks], [[], [], []])

    def test_missing_push(self):
        group = self.groups(*self.cut(38))[0]
        self.assertEqual(group["keks"][0]["gaps"], [{"first": 2, "last": 2, "after": 37, "before": 38}])
        self.assertEqual([gm["missing_push"]["first"] for gm in group["members"]], [2, 2, 2])
        out = self.run_tool("inspect", "--groups", *self.cut(38)).out
        self.assertIn("SEQ 2 is missing between frames 37 and 38", out)

    def test_kek_that_nobody_can_have_got(self):
        group = self.groups(*self.cut(40))[0]
        self.assertEqual([gm["unseen_kek"]["spi"][:8] for gm in group["members"]], ["3bcf9ed1"] * 3)
        self.assertEqual([kek["brought_frame"] for kek in group["keks"]], [None, None, 43])

    def test_without_keys(self):
        found = self.groups("--without-keys", THREE)
        self.assertEqual([group["group"] for group in found], [None])
        self.assertEqual([(kek["spi"][:8], kek["pushes"], kek["unread"]) for kek in found[0]["keks"]],
                         [("3cf611c9", 4, 4), ("3bcf9ed1", 4, 4), ("2a3aa0b6", 1, 1)])
        out = self.run_tool("inspect", "--groups", "--without-keys", THREE).out
        self.assertIn("the KEK before was 3cf611c9030a122f", " ".join(out.split()))

    def test_every_capture_fits_the_schema_and_tells_no_secret(self):
        for path in capture_files():
            self.groups(path)
            self.groups("--without-keys", path)
            text = self.run_tool("inspect", "--groups", path).out.lower()
            for secret in secrets_of(path.with_suffix(".keys")):
                self.assertNotIn(secret, text, path)

    def test_are_there_only_where_asked_for(self):
        self.assertNotIn("groups", self.run_tool("inspect", "--json", THREE).json())


if __name__ == "__main__":
    unittest.main()
