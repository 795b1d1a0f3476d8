"""What `gdoi-replay anonymise` makes, beside what it was made of: Wireshark must read the one as it reads the other."""

import os
import re
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
STATUS = ["ip.checksum.status", "udp.checksum.status", "_ws.malformed"]
ALL = [*READ, *KEYS, *NAMES, *STATUS]
CHECKSUMS = ["-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE"]

# What names nobody: unspecified, loopback, broadcast, and Ethernet addresses of loopback.
NOBODY = re.compile(r"0\.0\.0\.0|127\.|255\.255\.255\.255|00:00:00:00:00:00|ff:ff:ff:ff:ff:ff")


def read(path, log):
    """The frames of a capture, each as a dictionary; values of a field that stands there several times are one text."""
    keys = ["-o", f"gdoi.key_log_file:{log}"] if log else []
    return [dict(zip(ALL, row)) for row in harness.fields(path, ALL, *keys, *CHECKSUMS)]


def values(frames, names):
    """Of messages of GDOI: other frames lose all."""
    cells = [frame[name] for frame in frames if frame["gdoi.exchange"] for name in names]
    return {each for cell in cells for each in cell.split(",") if each and not NOBODY.match(each)}


class Anonymised(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.read = {}
        for entry in harness.manifest():
            path = harness.SOURCE / "captures" / entry["file"]
            out = harness.folder / f"{path.stem}.made.pcapng"
            log = harness.folder / f"{path.stem}.made.keys"
            subprocess.run([TOOL, "anonymise", "-q", path, "-o", out, "--key-log", log], check=True,
                           stdout=subprocess.DEVNULL, timeout=harness.TIMEOUT)
            real = read(harness.capture(entry["file"]), entry.get("key_log") and harness.capture(entry["key_log"]))
            made = read(harness.keep(out.name, out.read_bytes()), harness.keep(log.name, log.read_bytes()))
            cls.read[entry["file"]] = (real, made)

    def for_each(self, compare):
        for name, (real, made) in self.read.items():
            with self.subTest(name):
                compare(real, made)

    def test_it_reads_as_before(self):
        self.for_each(lambda real, made: self.assertEqual([[frame[name] for name in READ] for frame in real],
                                                          [[frame[name] for name in READ] for frame in made]))

    def test_hashes_and_signatures_are_among_it(self):
        good = {name: sum(frame[f"gdoi.{name}.status"] == "1" for _, made in self.read.values() for frame in made)
                for name in ("hash", "sig")}
        self.assertGreater(good["hash"], 300)
        self.assertGreater(good["sig"], 10)

    def test_checksums_are_good_and_nothing_is_malformed(self):
        def compare(real, made):
            for was, now in zip(real, made):
                self.assertNotIn("0", now["ip.checksum.status"])
                self.assertNotIn("0", now["udp.checksum.status"])
                self.assertTrue(was["_ws.malformed"] or not now["_ws.malformed"], now)

        self.for_each(compare)

    def test_no_name_and_no_key_is_left(self):
        def compare(real, made):
            for names in (NAMES, KEYS):
                was, now = values(real, names), values(made, names)
                self.assertEqual(was & now, set())
                self.assertEqual(bool(was), bool(now))

        self.for_each(compare)


if __name__ == "__main__":
    unittest.main()
