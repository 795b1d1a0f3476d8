"""`inspect` and `run` follow a registration from port 848 to 4500, and leave others' IKE there alone."""

import pathlib
import sys
import unittest

from tool import CAPTURES, ToolTest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import nat  # noqa: E402

NAME = "reference-gm-registration-kek-push"
FIRST_ENCRYPTED = 5


class NatPort(ToolTest):
    def setUp(self):
        super().setUp()
        self.original = (CAPTURES / f"{NAME}.pcap").read_bytes()
        self.keys = CAPTURES / f"{NAME}.keys"

    def floated(self, first, gm_port):
        return self.write("floated.pcap", nat.floated(self.original, first, "10.0.224.44", gm_port))

    def test_followed(self):
        for gm_port in (nat.NAT_PORT, 61_234):
            found = self.run_tool("inspect", "--json", "--keys", self.keys, self.floated(FIRST_ENCRYPTED, gm_port)).json()
            self.assertEqual([one["outcome"] for one in found["registrations"]], ["registered"])
            counts = found["files"][0]["counts"]
            self.assertEqual((counts["messages"], counts["push"], counts["hash_good"]), (11, 1, [1, 1, 1, 1]))

    def test_replayed(self):
        found = self.run_tool("run", self.floated(FIRST_ENCRYPTED, 61_234), "--keys", self.keys, "--psk",
                              "mekmitasdigoat", "--set", "gm-version=1.0.17")
        self.assertIn("1 accepted; all as expected", found.out)

    def test_a_phase_1_that_began_on_4500_is_not_ours_unless_asked_for(self):
        path = self.floated(1, nat.NAT_PORT)
        found = self.run_tool("inspect", "--json", "--keys", self.keys, path).json()
        self.assertEqual([one["phase1"]["chosen"] for one in found["registrations"]], [None])
        found = self.run_tool("inspect", "--json", "--port", "4500", "--keys", self.keys, path).json()
        self.assertEqual([one["phase1"]["chosen"] for one in found["registrations"]],
                         ["3des-cbc/sha1/modp1024/psk"])


if __name__ == "__main__":
    unittest.main()
