"""`gdoi-replay run` with certificates made by the openssl command, and captured aggressive mode."""

import subprocess
import unittest

from tool import CAPTURES, ToolTest

LIVE = CAPTURES / "reference-live"
GDOID = CAPTURES / "policies" / "gdoid.yaml"
RSA_SIG = LIVE / "rsa-sig.pcap"
AGGRESSIVE = LIVE / "aggressive.pcap"
WRONG_PSK = LIVE / "wrong-psk.pcap"
REGISTERED = ("registered", "accepted", None)

POLICY = """
certificate: ks.pem
private-key: ks.key
ca: ca.pem
{more}
proposals: [3des-sha1-modp1024-rsa-sig, aes128-sha1-modp1024-rsa-sig]
groups:
  - name: sample
    octets: d2040000
    kek: {{cipher: aes128-cbc, lifetime: 86400}}
    teks: [{{esp: aes128-cbc, authentication: hmac-sha1, lifetime: 3600}}]
"""


class Certificates(ToolTest):
    def setUp(self):
        super().setUp()
        self.authority("ca", "Authority")
        self.certify("ks", "ca", "IP:10.0.224.44")

    def openssl(self, *words):
        subprocess.run(["openssl", *map(str, words)], cwd=self.folder, check=True, capture_output=True, timeout=60)

    def authority(self, name, subject):
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 30,
                     "-subj", f"/O=Tests/CN={subject}", "-keyout", f"{name}.key", "-out", f"{name}.pem")

    def certify(self, name, ca, names, key=("rsa:2048",), days=30):
        self.write("names", f"subjectAltName={names}\n")
        kind = ["-newkey", *key]
        self.openssl("req", "-new", *kind, "-nodes", "-subj", f"/O=Tests/CN={name}", "-keyout", f"{name}.key",
                     "-out", f"{name}.csr")
        self.openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{ca}.pem", "-CAkey", f"{ca}.key", "-days", days,
                     "-CAcreateserial", "-extfile", "names", "-out", f"{name}.pem")

    def words(self, name, ca="ca"):
        return ("--cert", self.folder / f"{name}.pem", "--private-key", self.folder / f"{name}.key",
                "--ca", self.folder / f"{ca}.pem")

    def policy(self, more=""):
        return ("--policy", self.write("policy.yaml", POLICY.format(more=more)))

    def run_json(self, *words, code=0):
        return self.run_tool("run", *words, "--json", "-", code=code).json()["registrations"]

    def verdicts(self, *words, code=0):
        return [(one["captured"]["outcome"], one["live"]["verdict"], one["live"]["step"])
                for one in self.run_json(*words, code=code)]


class RsaSig(Certificates):
    def test_nothing_is_told_of_a_pre_shared_key(self):
        self.certify("gm", "ca", "IP:10.0.224.37")
        (one,) = self.run_json(RSA_SIG, *self.words("gm"), *self.policy("psks: [{peer: any, psk: unused}]"), "--registration", 1)
        self.assertNotIn("pre-shared", str(one["altered"]))

    def test_ends_as_captured(self):
        for number, address in ((1, "10.0.224.37"), (2, "10.0.224.40")):
            self.certify("gm", "ca", f"IP:{address}")
            found = self.verdicts(RSA_SIG, *self.words("gm"), *self.policy(), "--registration", number)
            self.assertEqual(found, [REGISTERED], number)

    def test_a_certificate_of_another_authority_is_refused_as_captured(self):
        self.authority("other", "Another")
        self.certify("gm", "other", "IP:10.0.224.41")
        (one,) = self.run_json(RSA_SIG, *self.words("gm"), *self.policy(), "--registration", 3)
        self.assertEqual((one["captured"]["outcome"], one["captured"]["step"]), ("refused", "mm5"))
        self.assertEqual((one["live"]["verdict"], one["live"]["step"], one["live"]["how"]), ("refused", "mm5", "silence"))
        self.assertIn("unable to get local issuer certificate", " ".join(one["key_server_log"]))

    def test_a_notify_may_say_so(self):
        self.authority("other", "Another")
        self.certify("gm", "other", "IP:10.0.224.41")
        (one,) = self.run_json(RSA_SIG, *self.words("gm"), *self.policy("authentication-failure: notify"), "--registration", 3)
        self.assertEqual((one["live"]["verdict"], one["live"]["step"], one["live"]["how"]), ("refused", "mm5", "notify"))
        self.assertIn("INVALID-CERT-AUTHORITY", one["live"]["reason"])

    def test_the_key_server_must_prove_itself_too(self):
        self.authority("other", "Another")
        self.certify("gm", "ca", "IP:10.0.224.37")
        (one,) = self.run_json(RSA_SIG, *self.words("gm", ca="other"), *self.policy(), "--registration", 1, code=1)
        self.assertEqual((one["live"]["verdict"], one["live"]["step"]), ("invalid", "mm5"))
        self.assertIn("certificate CN=ks,O=Tests: unable to get local issuer certificate", one["live"]["reason"])

    def test_revoked(self):
        self.certify("gm", "ca", "IP:10.0.224.37")
        self.write("index.txt", "")
        self.write("crlnumber", "01\n")
        self.write("ca.cnf", "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ncrlnumber=crlnumber\ndefault_md=sha256\n"
                             "default_crl_days=30\n")
        ca = ("-config", "ca.cnf", "-cert", "ca.pem", "-keyfile", "ca.key")
        self.openssl("ca", *ca, "-gencrl", "-out", "ca.crl")
        crl = self.policy("crl: ca.crl")
        gm = (RSA_SIG, *self.words("gm"), "--registration", 1)
        self.assertEqual(self.verdicts(*gm, *crl, "--crl", self.folder / "ca.crl"), [REGISTERED])
        self.openssl("ca", *ca, "-revoke", "gm.pem")
        self.openssl("ca", *ca, "-gencrl", "-out", "ca.crl")
        self.assertEqual(self.verdicts(*gm, *crl, code=1), [("registered", "refused", "mm5")])

    def test_the_report_says_whose_identity_it_is(self):
        self.certify("gm", "ca", "IP:192.0.2.7,DNS:gm.example")
        result = self.run_tool("run", RSA_SIG, *self.words("gm"), *self.policy(), "--registration", 1)
        self.assertIn("changed: phase-1 identity 192.0.2.7 and certificate CN=gm,O=Tests, in place of the captured "
                      "10.0.224.37 and CN=gm1,O=gdoid test", " ".join(result.out.split()))
        named = self.run_tool("run", RSA_SIG, *self.words("gm"), *self.policy(), "--registration", 1,
                              "--set", "id=gm.example")
        self.assertIn("phase-1 identity gm.example", " ".join(named.out.split()))
        other = self.run_tool("run", RSA_SIG, *self.words("gm"), *self.policy(), "--registration", 1,
                              "--set", "id=ks.example", code=2)
        self.assertIn("--set id=ks.example: the certificate CN=gm,O=Tests does not name it", other.err)

    def test_without_a_policy_the_key_server_has_the_same_certificate(self):
        self.certify("gm", "ca", "IP:10.0.224.37")
        found = self.verdicts(RSA_SIG, *self.words("gm"), "--registration", 1, "--set", "gm-version=1.0.17")
        self.assertEqual(found, [REGISTERED])

    def test_the_record_is_readable_and_its_signatures_good(self):
        self.certify("gm", "ca", "IP:10.0.224.37")
        pcapng, keys = self.folder / "live.pcapng", self.folder / "live.log"
        self.run_tool("run", RSA_SIG, *self.words("gm"), *self.policy(), "--registration", 1, "--record", pcapng,
                      "--key-log", keys)
        counts = self.run_tool("inspect", "--json", "--keys", keys, pcapng).json()["files"][0]["counts"]
        self.assertEqual((counts["bad"], counts["unverified"], counts["undecrypted"]), (0, 0, 0))
        text = self.run_tool("inspect", "--messages", "--keys", keys, pcapng).out
        self.assertIn("SIG_I  SIG good", text)
        self.assertIn("SIG_R, ", text.replace("SIG_R  SIG good", "SIG_R, "))

    def test_ecdsa_and_aggressive_mode(self):
        for bits, curve in ((256, "P-256"), (384, "P-384"), (521, "P-521")):
            key = ("ec", "-pkeyopt", f"ec_paramgen_curve:{curve}")
            self.certify("gm", "ca", "IP:10.0.224.37", key=key)
            # Copied away from the manifest, which names a policy.
            self.write("aggressive.keys", AGGRESSIVE.with_suffix(".keys").read_bytes())
            for capture in (RSA_SIG, self.write("aggressive.pcap", AGGRESSIVE.read_bytes())):
                found = self.verdicts(capture, *self.words("gm"), "--registration", 1, "--set", "gm-version=1.0.17",
                                      "--set", f"cipher=aes256-sha256-ecp256-ecdsa-{bits}")
                self.assertEqual(found, [REGISTERED], (bits, capture.name))


class Aggressive(Certificates):
    def test_ends_as_captured(self):
        self.assertEqual(self.verdicts(AGGRESSIVE, "--policy", GDOID), [REGISTERED] * 2)

    def test_without_keys_it_is_asked_for_what_is_missing(self):
        result = self.run_tool("run", AGGRESSIVE, "--without-keys", "--registration", 1, code=2)
        self.assertIn("needs --set group=..., since messages 3 and later are encrypted", result.err)
        found = self.verdicts(AGGRESSIVE, "--without-keys", "--psk", "mekmitasdigoat", "--set", "group=1234",
                              "--policy", GDOID)
        self.assertEqual(found, [REGISTERED] * 2)

    def test_a_wrong_psk_shows_in_message_2(self):
        (one,) = self.run_json(AGGRESSIVE, "--psk", "another", "--policy", GDOID, "--registration", 1, code=1)
        self.assertEqual((one["live"]["verdict"], one["live"]["step"]), ("invalid", "am1"))
        self.assertIn("HASH_R is wrong", one["live"]["reason"])

    def test_a_policy_must_allow_it(self):
        policy = self.write("main.yaml", GDOID.read_text().replace("aggressive-mode: yes\n", ""))
        (one,) = self.run_json(AGGRESSIVE, "--policy", policy, "--registration", 1, code=1)
        self.assertEqual((one["live"]["verdict"], one["live"]["step"], one["live"]["how"]), ("refused", "am1", "notify"))
        self.assertIn("UNSUPPORTED-EXCHANGE-TYPE", one["live"]["reason"])

    def test_the_record_is_readable(self):
        pcapng, keys = self.folder / "live.pcapng", self.folder / "live.log"
        self.run_tool("run", AGGRESSIVE, "--policy", GDOID, "--record", pcapng, "--key-log", keys)
        file = self.run_tool("inspect", "--json", "--keys", keys, pcapng).json()
        self.assertEqual([one["outcome"] for one in file["registrations"]], ["registered"] * 2)
        counts = file["files"][0]["counts"]
        self.assertEqual((counts["bad"], counts["unverified"], counts["undecrypted"]), (0, 0, 0))


class WrongPsk(Certificates):
    def test_ends_as_captured(self):
        self.assertEqual(self.verdicts(WRONG_PSK, "--policy", GDOID), [("refused", "refused", "mm5"), REGISTERED])


class Errors(Certificates):
    def test_each_says_which_file_and_what_to_do(self):
        self.certify("gm", "ca", "IP:10.0.224.37")
        self.certify("ec", "ca", "IP:10.0.224.37", key=("ec", "-pkeyopt", "ec_paramgen_curve:P-256"))
        self.openssl("x509", "-in", "gm.pem", "-outform", "DER", "-out", "gm.der")
        self.openssl("pkey", "-in", "gm.key", "-aes128", "-passout", "pass:x", "-out", "locked.key")
        gm, key, ca = (self.folder / each for each in ("gm.pem", "gm.key", "ca.pem"))
        for cert, private, authority, text in (
                (self.folder / "none.pem", key, ca, "none.pem: no such file"),
                (self.folder / "gm.der", key, ca, "gm.der: looks like DER; PEM is needed"),
                (gm, self.folder / "locked.key", ca, "locked.key: the private key is under a passphrase"),
                (gm, self.folder / "ec.key", ca, "is not that of the first certificate"),
                (gm, gm, ca, "gm.pem: holds no private key"),
                (gm, key, key, "gm.key: holds no certificate")):
            result = self.run_tool("run", RSA_SIG, "--cert", cert, "--private-key", private, "--ca", authority, code=2)
            self.assertOneSentence(result.err)
            self.assertIn(text, result.err)
        result = self.run_tool("run", RSA_SIG, *self.words("ec"), "--registration", 1, code=2)
        self.assertIn("authenticates with rsa-sig and the private key is ECDSA P-256", result.err)
        self.assertIn("signatures need --cert, --private-key and --ca",
                      self.run_tool("run", RSA_SIG, "--cert", gm, code=2).err)

    def test_a_policy_names_its_files_from_where_it_is(self):
        self.certify("gm", "ca", "IP:10.0.224.37")
        policy = self.write("policy.yaml", POLICY.format(more="").replace("ks.pem", "none.pem"))
        result = self.run_tool("run", RSA_SIG, *self.words("gm"), "--policy", policy, code=2)
        self.assertIn(f"{self.folder}/none.pem: no such file", result.err)
        half = self.write("half.yaml", POLICY.format(more="").replace("private-key: ks.key", ""))
        self.assertIn("signatures need 'certificate', 'private-key' and 'ca'",
                      self.run_tool("run", RSA_SIG, *self.words("gm"), "--policy", half, code=2).err)


if __name__ == "__main__":
    unittest.main()
