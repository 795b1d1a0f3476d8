"""How keys are found, converted, and kept out of everything that is printed."""

import json
import stat
import unittest

from tool import CAPTURES, SOURCE, ToolTest, capture_files, manifest, secrets_of

WRONG_PSK = CAPTURES / "reference-live/wrong-psk.pcap"
RSA_SIG = CAPTURES / "reference-live/rsa-sig.pcap"
SECRETS = SOURCE / "tests/vectors/secrets"


class Found(ToolTest):
    def key_files(self, *words):
        return self.run_tool("inspect", "--json", *words).json()["files"][0]["key_files"]

    def decrypted(self, *words):
        counts = self.run_tool("inspect", "--json", *words).json()["files"][0]["counts"]
        return counts["decrypted"], counts["decrypted"] + counts["undecrypted"]

    def test_by_the_manifest(self):
        self.assertEqual(self.key_files(WRONG_PSK), [str(WRONG_PSK.with_suffix(".keys"))])
        self.assertRegex(self.run_tool("inspect", WRONG_PSK).out, r"wrong-psk\.keys \(named\s+by\s+\S+manifest\.json\)")

    def test_by_the_manifest_under_another_name(self):
        entry = manifest()["captures"][0] | {"file": "a.pcap", "key_log": "secrets/b.keys"}
        self.write("sub/a.pcap", (CAPTURES / manifest()["captures"][0]["file"]).read_bytes())
        self.write("secrets/b.keys", (CAPTURES / manifest()["captures"][0]["key_log"]).read_bytes())
        entry["file"] = "sub/a.pcap"
        self.write("manifest.json", json.dumps({"schema": 1, "provenance": {}, "captures": [entry]}))
        self.assertEqual(self.decrypted(self.folder / "sub/a.pcap"), (6, 6))

    def test_beside_the_capture(self):
        path = self.write("mine.pcap", WRONG_PSK.read_bytes())
        self.assertEqual(self.key_files(path), [])
        self.write("mine.keys", WRONG_PSK.with_suffix(".keys").read_bytes())
        self.assertEqual(self.key_files(path), [str(self.folder / "mine.keys")])
        self.assertEqual(self.key_files(path, "--without-keys"), [])
        self.assertRegex(self.run_tool("inspect", path).out, r"\(beside\s+the\s+capture\)")

    def test_copied_away_there_are_none(self):
        path = self.write("mine.pcap", WRONG_PSK.read_bytes())
        self.assertEqual(self.decrypted(path), (0, 10))
        self.assertIn("keys: none", self.run_tool("inspect", path).out)

    def test_a_manifest_of_something_else_is_no_obstacle(self):
        path = self.write("mine.pcap", WRONG_PSK.read_bytes())
        self.write("mine.keys", WRONG_PSK.with_suffix(".keys").read_bytes())
        self.write("manifest.json", '{"name": "a web page"}')
        self.assertEqual(self.decrypted(path), (10, 10))

    def test_given(self):
        path = self.write("mine.pcap", WRONG_PSK.read_bytes())
        self.assertEqual(self.decrypted(path, "--keys", WRONG_PSK.with_suffix(".keys")), (10, 10))
        self.assertEqual(self.decrypted("--keys", RSA_SIG.with_suffix(".keys"), "--keys", WRONG_PSK.with_suffix(".keys"), path), (10, 10))

    def test_keys_of_another_capture(self):
        words = ("--keys", RSA_SIG.with_suffix(".keys"), WRONG_PSK)
        self.assertEqual(self.decrypted(*words), (0, 10))
        result = self.run_tool("inspect", *words)
        self.assertIn("the keys fit none of the encrypted messages", result.out)
        without = self.run_tool("inspect", "--json", "--without-keys", WRONG_PSK).json()["registrations"]
        found = self.run_tool("inspect", "--json", *words).json()["registrations"]
        self.assertEqual([one["outcome"] for one in found], [one["outcome"] for one in without])

    def test_wrong_keys_for_the_right_cookies(self):
        """A key that decrypts to nonsense is said to be wrong; the outcomes stand."""
        wrong = ""
        for line in WRONG_PSK.with_suffix(".keys").read_text().splitlines():
            words = line.split()
            if words and words[0] == "PHASE1_KEY":
                words[-1] = "".join("0123456789abcdef"[15 - int(digit, 16)] for digit in words[-1])
                wrong += " ".join(words) + "\n"
        path = self.write("wrong.keys", wrong)
        found = self.run_tool("inspect", "--json", "--messages", "--keys", path, WRONG_PSK).json()
        self.assertEqual({each["crypt"] for each in found["messages"]}, {"clear", "wrong-key"})
        self.assertEqual(sorted(one["outcome"] for one in found["registrations"]), ["refused", "registered"])

    def test_bad_key_files(self):
        path = self.write("mine.pcap", WRONG_PSK.read_bytes())
        secret = "80cdab03c1105d2b48ab436dde73f5b1"
        self.write("mine.keys", f"PHASE1_KEY a91b9d5035d8fc4f cipher=nonsense {secret}\n")
        result = self.run_tool("inspect", path, code=2)
        self.assertIn("mine.keys:1:", result.err)
        self.assertIn("--without-keys", result.err)
        self.assertNotIn(secret, result.err)
        self.run_tool("inspect", "--without-keys", path)
        self.assertIn("none.keys", self.run_tool("inspect", "--keys", self.folder / "none.keys", path, code=2).err)

    def test_skipped_lines_are_noted(self):
        keys = self.write("more.keys", WRONG_PSK.with_suffix(".keys").read_bytes() + b"NEW_KIND 00112233\n")
        result = self.run_tool("inspect", "--keys", keys, WRONG_PSK)
        self.assertIn("note: ", result.out)
        self.assertIn("NEW_KIND", result.out)


class Kept(ToolTest):
    def test_no_output_has_a_secret(self):
        views = (["-v"], ["--json", "--messages"], ["--vendor-ids"], ["--check", "-v"], ["--quiet"])
        searched = 0
        for path in capture_files():
            secrets = secrets_of(path.with_suffix(".keys"))
            if not secrets:  # of a phase 1 that came to nothing before there were keys
                self.assertEqual(path.parent.name, "causes")
                continue
            searched += 1
            for words in views:
                result = self.run_tool("inspect", *words, path)
                text = (result.out + result.err).lower()
                for secret in secrets:
                    # No message: the secret must not come to the screen of a test either.
                    self.assertFalse(secret.lower() in text, f"{path.name} {words}: a secret is printed")
        self.assertGreater(searched, 25)


class Converted(ToolTest):
    def test_every_form(self):
        for path in sorted(SECRETS.rglob("*.secrets.txt")):
            capture = CAPTURES / str(path.relative_to(SECRETS)).replace(".secrets.txt", ".pcap")
            with self.subTest(path.name):
                out = self.folder / (capture.stem + ".keys")
                self.run_tool("keys", path, "-o", out)
                found = self.run_tool("inspect", "--json", "--keys", out, capture).json()
                counts = found["files"][0]["counts"]
                self.assertEqual((counts["undecrypted"], counts["bad"]), (0, 0))

    def test_isakmp_table(self):
        first = WRONG_PSK.with_suffix(".keys").read_text().split("PHASE1_KEY ")[1].split()
        table = self.write("ikev1_decryption_table", f'"{first[0]}","{first[-1]}"\n' if "=" not in first[-1] else "")
        self.assertIn(f"PHASE1_KEY {first[0]}", self.run_tool("keys", table).out)

    def test_same_to_file_and_standard_output(self):
        paths = [each.with_suffix(".keys") for each in capture_files()]
        out = self.folder / "all.keys"
        self.run_tool("keys", *paths, "--output", out)
        self.assertEqual(out.read_text(), self.run_tool("keys", *paths).out)
        self.assertEqual(out.read_text(), self.run_tool("keys", "-o", "-", *reversed(paths)).out)
        self.assertEqual(stat.S_IMODE(out.stat().st_mode), 0o600)

    def test_an_output_is_not_overwritten(self):
        keys = WRONG_PSK.with_suffix(".keys")
        out = self.write("all.keys", "precious\n")
        result = self.run_tool("keys", keys, "-o", out, code=2)
        self.assertOneSentence(result.err)
        self.assertIn("--force", result.err)
        self.assertEqual(out.read_text(), "precious\n")
        self.run_tool("keys", keys, "-o", out, "--force")
        self.assertIn("PHASE1_KEY", out.read_text())
        self.assertEqual([each.name for each in self.folder.iterdir()], ["all.keys"])

    def test_a_bad_input_leaves_the_output_alone(self):
        out = self.write("all.keys", "precious\n")
        self.run_tool("keys", self.write("bad.keys", "PSK xyz\n"), "-o", out, "--force", code=2)
        self.assertEqual(out.read_text(), "precious\n")
        self.run_tool("keys", self.folder / "none", code=2)
        self.run_tool("keys", self.write("text", "Dear reader\n"), code=2)
        self.run_tool("keys", code=2)
        self.run_tool("keys", WRONG_PSK.with_suffix(".keys"), "-o", self.folder / "no/such/place", code=2)


if __name__ == "__main__":
    unittest.main()
