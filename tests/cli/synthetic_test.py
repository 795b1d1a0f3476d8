"""`gdoi-replay run --mode synthetic`: GMs that a YAML file describes."""

import re
import unittest

from certificates_test import Certificates
from network_test import PSK, KeyServer
from tool import SOURCE, ToolTest

EXAMPLE = SOURCE / "replay/plan/example-gm.yaml"
GM = "suite: aes128-sha256-ecp256\ngroup: 1234\n"


class Synthetic(ToolTest):
    def gm(self, text):
        return self.write("gm.yaml", text)

    def replay(self, gm, *words, code=0):
        (one,) = self.run_tool("run", "--mode", "synthetic", gm, "--json", "-", *words, code=code).json()["registrations"]
        return one


class InMemory(Synthetic):
    def test_the_example_registers(self):
        one = self.replay(EXAMPLE, "--seed", 1)
        self.assertEqual((one["live"]["verdict"], one["expected"], one["captured"], one["altered"]),
                         ("accepted", "accepted", None, []))
        self.assertEqual((one["group"], one["gm_version"]), ("1234", "1.0.17"))

    def test_every_setting_of_the_example(self):
        # Each that stands there as a comment, switched on.
        text = EXAMPLE.read_text()
        for name in ("mode", "identity", "address", "lifetime"):
            text = re.sub(rf"^# ({name}: )", r"\1", text, flags=re.M)
        one = self.replay(self.gm(text.replace("mode: main  ", "mode: aggressive  ")), "--seed", 1)
        self.assertEqual((one["live"]["verdict"], one["gm"]), ("accepted", "10.0.224.37"))
        self.assertEqual(one["live"]["sent"], 5)  # two of aggressive mode, two of the PULL, DELETE

    def test_what_is_sent_is_what_the_file_says(self):
        gm = self.gm(GM + "psk: x\nidentity: gm.example.net\nlifetime: 1000\nvendor-ids: [0102030405]\n")
        plan = self.replay(gm, "--dry-run", "--addresses")["plan"]
        found = {each["address"]: each["value"] for message in plan for each in message["addresses"]}
        self.assertEqual(found["mm1/vid/vid_bytes"], "0102030405")
        self.assertEqual(found["mm1/sa/proposal/transform/life_duration"], "1000")
        self.assertEqual(found["mm5/id/data.fqdn"], "gm.example.net")
        self.assertEqual(found["pull1/id/data.key_id"], "000004d2")

    def test_the_command_line_comes_before_the_file(self):
        one = self.replay(EXAMPLE, "--seed", 1, "--set", "gm-version=1.0.1", "--change", "mm1/vid[1]: drop", "--expect", "refused")
        self.assertEqual((one["live"]["verdict"], one["live"]["step"], one["gm_version"]), ("refused", "pull1", "1.0.1"))
        self.assertEqual(one["altered"], ["gm-version=1.0.1, instead of what the file says", "mm1/vid[1]: left out"])

    def test_the_same_seed_gives_the_same_octets(self):
        records = []
        for name in ("a", "b"):
            path = self.folder / f"{name}.pcapng"
            self.replay(EXAMPLE, "--seed", 9, "--record", path)
            records.append(path.read_bytes())
        self.assertEqual(*records)

    def test_many(self):
        one = self.replay(EXAMPLE, "--count", 5, "--parallel", 5)
        self.assertEqual(one["clones"]["verdicts"]["accepted"], 5)

    def test_errors_have_a_place(self):
        for text, wanted in ((GM, "1:8: this suite needs 'psk' or 'psk-hex'"),
                             (GM + "psk: x\ncolour: red\n", "4:1: unknown key 'colour'; a GM has suite, group, mode"),
                             (GM + "psk: x\npsk-hex: 01\n", "4:10: a GM has either 'psk' or 'psk-hex'"),
                             (GM + "psk: x\nmode: quick\n", "4:7: 'mode' must be one of main, aggressive"),
                             (GM + "psk: x\nvendor-ids: [01, 0x02]\n", "4:18: 'vendor-ids'"),
                             (GM + "psk: x\nversion: one\n", "4:10: 'version' is one: a version is three numbers"),
                             (GM + "psk: x\ncertificate: a.pem\n", "takes no certificate"),
                             ("group: 1\npsk: x\n", "1:1: a GM lacks 'suite'"),
                             ("suite: red\ngroup: 1\n", "1:8: 'suite' is red: a suite is cipher, hash, group"),
                             ("suite: aes128-sha256-modp2048-rsa-sig\ngroup: 1\n", "1:8: this suite needs 'certificate'")):
            with self.subTest(text):
                found = self.run_tool("run", "--mode", "synthetic", self.gm(text), code=2)
                self.assertIn("gm.yaml:" if "takes no" in wanted else f"gm.yaml:{wanted}", found.err)
                self.assertIn(wanted, found.err)
                self.assertOneSentence(found.err)
        self.assertNotIn("secret", self.run_tool("run", "--mode", "synthetic", self.gm(GM + "psk: [secret]\n"), code=2).err)
        self.run_tool("run", "--mode", "synthetic", self.folder / "none.yaml", code=2)


class OverUdp(Synthetic):
    def test_registers(self):
        policy = self.write("policy.yaml", f"psks: [{{peer: any, psk: {PSK}}}]\nproposals: [aes128-sha256-ecp256]\n"
                            "groups:\n  - {name: s, number: 1234, teks: [{esp: aes128-cbc, authentication: hmac-sha1, "
                            "lifetime: 3600}]}\n")
        server = KeyServer(self, "--policy", policy)
        one = self.replay(self.gm(GM + f"psk: {PSK}\n"), "--ks", server.at)
        self.assertEqual((one["live"]["verdict"], one["ks"]), ("accepted", "127.0.0.1"), one["live"]["reason"])


class WithCertificates(Certificates):
    def test_registers(self):
        self.certify("gm", "ca", "IP:10.0.224.37")
        gm = self.write("gm.yaml", "suite: aes128-sha256-ecp256-rsa-sig\ngroup: 1234\nversion: 1.0.17\naddress: 10.0.224.37\n"
                        "certificate: gm.pem\nprivate-key: gm.key\nca: ca.pem\n")
        (one,) = self.run_tool("run", "--mode", "synthetic", gm, "--json", "-").json()["registrations"]
        self.assertEqual(one["live"]["verdict"], "accepted", one["live"]["reason"])


if __name__ == "__main__":
    unittest.main()
