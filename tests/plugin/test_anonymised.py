"""What `gdoi-replay anonymise` makes, beside what it was made of: Wireshark must read the one as it reads the other."""

import os
import subprocess
import unittest

import harness

setUpModule = harness.require_plugin

TOOL = os.environ["GDOI_REPLAY"]

# What a frame is, and what has been verified of it.
READ = ["frame.number", "frame.time_epoch", "frame.len", "udp.srcport", "udp.dstport", "gdoi.exchange",
        "gdoi.message_number", "gdoi.hash.status", "gdoi.sig.status", "gdoi.undecrypted", "gdoi.retransmission_of",
        "gdoi.notify.msgtype", "gdoi.kek.key_lifetime", "gdoi.sat.spi", "gdoi.gm_version"]
KEYS = ["gdoi.tek_key.algorithm_key", "gdoi.tek_key.integrity_key", "gdoi.kek_key.algorithm_key",
        "gdoi.kek_key.sig_algorithm_key", "gdoi.lkh.key.data", "gdoi.lkh.key.des", "gdoi.lkh.key.3des"]
NAMES = ["ip.addr", "eth.addr", "gdoi.id.data.ipv4_addr", "gdoi.id.data.ipv4_subnet", "gdoi.id.data.ipv4_range_start",
         "gdoi.id.data.ipv4_range_end", "gdoi.id.data.fqdn", "gdoi.id.data.user_fqdn", "gdoi.id.data.der_asn1_dn",
         "gdoi.id.data.key_id", "gdoi.cert.data", "gdoi.ike.certreq.authority"]
CHECKSUMS = ["-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE"]

# Of what names nobody: unspecified, loopback and the Ethernet addresses of loopback and broadcast.
NOBODY = ("0.0.0.0", "127.", "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "")


def values(rows):
    return {each for row in rows for cell in row for each in cell.split(",")}


class Anonymised(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.made = []
        for entry in harness.manifest():
            path = harness.SOURCE / "captures" / entry["file"]
            out = harness.folder / f"{path.stem}.made.pcapng"
            log = harness.folder / f"{path.stem}.made.keys"
            subprocess.run([TOOL, "anonymise", "-q", path, "-o", out, "--key-log", log], check=True,
                           stdout=subprocess.DEVNULL, timeout=harness.TIMEOUT)
            cls.made.append((entry, harness.keep(out.name, out.read_bytes()), harness.keep(log.name, log.read_bytes())))

    def each(self):
        for entry, out, log in self.made:
            with self.subTest(entry["file"]):
                real = entry.get("key_log") and ["-o", f"gdoi.key_log_file:{harness.capture(entry['key_log'])}"]
                yield harness.capture(entry["file"]), real or [], out, ["-o", f"gdoi.key_log_file:{log}"]

    def test_it_reads_as_before(self):
        for real, real_keys, made, made_keys in self.each():
            # The reason for want of a key names no address, but may name the cookie: both stay.
            self.assertEqual(harness.fields(real, READ, *real_keys), harness.fields(made, READ, *made_keys))

    def test_checksums_are_good_and_nothing_is_malformed(self):
        for real, real_keys, made, made_keys in self.each():
            rows = harness.fields(made, ["ip.checksum.status", "udp.checksum.status", "_ws.malformed"], *made_keys,
                                  *CHECKSUMS)
            before = harness.fields(real, ["ip.checksum.status", "udp.checksum.status", "_ws.malformed"], *real_keys)
            for (network, transport, malformed), (_, _, was) in zip(rows, before):
                self.assertNotIn("0", network)
                self.assertNotIn("0", transport)
                self.assertTrue(was or not malformed)

    def test_no_name_and_no_key_is_left(self):
        for real, real_keys, made, made_keys in self.each():
            for names in (NAMES, KEYS):
                was = {each for each in values(harness.fields(real, names, *real_keys, "-Y", "gdoi"))
                       if not each.startswith(NOBODY[:-1]) and each}
                now = values(harness.fields(made, names, *made_keys, "-Y", "gdoi"))
                self.assertEqual(was & now, set())
                self.assertEqual(bool(was), bool({each for each in now if not each.startswith(NOBODY[:-1]) and each}))


if __name__ == "__main__":
    unittest.main()
