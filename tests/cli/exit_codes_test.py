"""Bad input gives one clear sentence and the right exit status: 2, after what could be read."""

import gzip
import os
import struct
import subprocess
import unittest

from tool import CAPTURES, LINUX_SLL2, TOOL, ToolTest, frame, message, offer, pcap

WRONG_PSK = CAPTURES / "reference-live/wrong-psk.pcap"


class Inspect(ToolTest):
    def refused(self, *words, says):
        result = self.run_tool("inspect", *words, code=2)
        self.assertOneSentence(result.err)
        self.assertRegex(result.err, says)
        return result

    def test_missing_file(self):
        self.refused(self.folder / "none.pcap", says="none.pcap")

    def test_folder(self):
        self.refused(self.folder, says=str(self.folder))

    def test_empty_file(self):
        self.refused(self.write("empty.pcap", b""), says="empty")

    def test_text_file(self):
        self.refused(self.write("notes.txt", "These are notes.\n"), says="notes.txt: .*no pcap")

    def test_gzip(self):
        self.refused(self.write("a.pcap.gz", gzip.compress(WRONG_PSK.read_bytes())), says="gzip -d")

    def test_mixed_link_types(self):
        def block(kind, body):
            size = struct.pack("<I", 12 + len(body))
            return struct.pack("<I", kind) + size + body + size

        section = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
        interfaces = block(1, struct.pack("<HHI", 1, 0, 0)) + block(1, struct.pack("<HHI", LINUX_SLL2, 0, 0))
        octets = frame(message("11" * 8, "00" * 8, offer()))
        body = struct.pack("<IIIII", 1, 0, 0, len(octets), len(octets)) + octets + bytes(-len(octets) % 4)
        self.refused(self.write("mixed.pcapng", section + interfaces + block(6, body)), says="link|interface")

    def test_cut_file_prints_what_it_read(self):
        whole = WRONG_PSK.read_bytes()
        path = self.write("cut.pcap", whole[:-20])
        result = self.run_tool("inspect", path, "--keys", WRONG_PSK.with_suffix(".keys"), code=2)
        self.assertOneSentence(result.err)
        self.assertIn("frame 18", result.err)
        self.assertIn("10.0.224.40", result.out)
        self.assertIn("registered", result.out)
        found = self.run_tool("inspect", "--json", path, code=2).json()
        self.assertEqual(len(found["registrations"]), 2)
        self.assertIn("frame 18", found["files"][0]["error"])

    def test_the_others_are_read_when_one_is_bad(self):
        bad = self.write("empty.pcap", b"")
        result = self.run_tool("inspect", bad, WRONG_PSK, code=2)
        self.assertIn("registered", result.out)
        self.assertIn("2 registrations in 2 captures, 1 capture not read to the end", result.out)

    def test_no_gdoi(self):
        path = self.write("dns.pcap", pcap([frame(b"\0" * 20, ("192.0.2.1", 5353), ("192.0.2.2", 53))] * 3))
        result = self.run_tool("inspect", path)
        self.assertIn("no GDOI: 3 frames, 0 datagrams on UDP port 848", result.out)
        self.assertEqual(self.run_tool("inspect", "--json", path).json()["registrations"], [])
        self.run_tool("inspect", self.write("nothing.pcap", pcap([])))

    def test_no_gdoi_on_848(self):
        """Something else speaks on the port: told, and no crash."""
        path = self.write("noise.pcap", pcap([frame(bytes(range(n))) for n in (0, 1, 3, 4, 27, 28, 29, 60, 200)]))
        self.run_tool("inspect", "-v", "--vendor-ids", path)

    def test_other_port(self):
        first = message("11" * 8, "00" * 8, offer())
        path = self.write("other.pcap", pcap([frame(first, ("192.0.2.1", 8480), ("192.0.2.9", 8480))]))
        self.assertIn("no GDOI", self.run_tool("inspect", path).out)
        self.assertIn("192.0.2.9", self.run_tool("inspect", "--port", "8480", path).out)
        self.assertIn("192.0.2.9", self.run_tool("inspect", "--port", "848", "--port", "8480", path).out)

    def test_standard_input(self):
        with WRONG_PSK.open("rb") as stream:
            result = self.run_tool("inspect", "-", "--keys", WRONG_PSK.with_suffix(".keys"), stdin=stream)
        self.assertIn("registered", result.out)

    def test_usage(self):
        self.refused(says="which capture")
        self.refused("--jsno", WRONG_PSK, says="there is no option --jsno; did you mean --json")
        self.refused("--keys", says="--keys")
        self.refused("--port", "70000", WRONG_PSK, says="port|70000")
        self.refused("--port", "many", WRONG_PSK, says="port|many")
        self.refused("--color", "blue", WRONG_PSK, says="color|blue")
        self.refused("--without-keys", "--keys", "x", WRONG_PSK, says="--keys")
        self.refused("--interface", "lo", WRONG_PSK, says="interface")
        self.refused("--rules", self.folder / "none.yaml", WRONG_PSK, says="none.yaml")
        self.refused("--rules", self.write("r.yaml", "version-rules:\n  - name: x\n"), WRONG_PSK, says=r"r.yaml:\d+:\d+")

    def test_check_without_a_manifest(self):
        path = self.write("a.pcap", WRONG_PSK.read_bytes())
        self.refused("--check", path, says="no manifest.json")
        self.refused("--check", self.write("manifest.json", "[]"), says="manifest.json: no manifest")
        self.refused("--check", self.write("manifest.json", "{"), says="manifest.json: no manifest")
        self.refused("--check", self.write("manifest.json", '{"schema": 2}'), says="another version")
        self.refused(self.folder / "none.json", says="none.json: no such file")

    def test_unknown_interface(self):
        result = self.run_tool("inspect", "--interface", "no-such-0", code=3)
        self.assertOneSentence(result.err)
        self.assertIn("no-such-0", result.err)

    def test_file_names_cannot_move_the_cursor(self):
        path = self.write("\x1b[31mred.pcap", b"")
        result = self.run_tool("inspect", path, code=2)
        self.assertNotIn("\x1b", result.out + result.err)

    def test_full_device(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([TOOL, "inspect", WRONG_PSK], stdout=full, stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 3)
        self.assertIn(b"standard output", done.stderr)


class Colours(ToolTest):
    def test_only_on_demand(self):
        self.assertNotIn("\x1b", self.run_tool("inspect", WRONG_PSK).out)
        self.assertIn("\x1b[32mregistered\x1b[0m", self.run_tool("inspect", "--color", "always", WRONG_PSK).out)

    def test_terminal(self):
        """On a terminal of 60 columns the table is coloured and no line is wider."""
        import fcntl
        import pty
        import re
        import termios

        terminal, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
        environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"} | {"TERM": "xterm"}
        with subprocess.Popen([TOOL, "inspect", WRONG_PSK.name], stdout=side, env=environment, cwd=WRONG_PSK.parent) as tool:
            os.close(side)
            octets = b""
            while True:
                try:
                    more = os.read(terminal, 4096)
                except OSError:
                    break
                if not more:
                    break
                octets += more
        os.close(terminal)
        text = octets.decode()
        self.assertEqual(tool.returncode, 0)
        self.assertIn("\x1b[32mregistered", text)
        for line in re.sub(r"\x1b\[\d*m", "", text).splitlines():
            self.assertLessEqual(len(line), 60, line)


class Others(ToolTest):
    def test_no_command(self):
        self.assertOneSentence(self.run_tool(code=2).err)

    def test_unknown_command(self):
        result = self.run_tool("inspct", "x", code=2)
        self.assertOneSentence(result.err)
        self.assertIn("did you mean inspect?", result.err)
        self.assertNotIn("did you mean", self.run_tool("zzzzzz", code=2).err)
        self.run_tool("--nonsense", code=2)

    def test_version(self):
        version = next(line for line in (CAPTURES.parent / "CMakeLists.txt").read_text().splitlines() if "VERSION 0" in line or "project(" in line)
        number = version.split("VERSION ")[1].split()[0]
        self.assertEqual(self.run_tool("--version").out, f"gdoi-replay {number}\n")

    def test_help_fits_80_columns(self):
        for words in (["--help"], ["-h"], ["inspect", "--help"], ["run", "--help"], ["features", "--help"], ["keys", "-h"]):
            result = self.run_tool(*words)
            self.assertTrue(result.out.startswith("Usage: gdoi-replay"))
            for line in result.out.splitlines():
                self.assertLessEqual(len(line), 80, line)

    def test_help_lists_the_commands_that_work(self):
        text = self.run_tool("--help").out.split("Commands:")[1].split("Options:")[0]
        names = [line.split()[0] for line in text.splitlines() if line.startswith("  ") and not line.startswith("   ")]
        self.assertEqual(names, ["inspect", "run", "keyserver", "diff", "anonymise", "features", "keys", "manual", "completion"])
        for name in names:
            self.run_tool(name, "--help")

    def test_features(self):
        self.assertIn("long-sa-lifetime", self.run_tool("features").out)
        found = self.run_tool("features", "--version", "1.0.4", "--feature", "long-sa-lifetime", "--json").json()
        self.assertEqual(found["schema"], 1)
        for words in (["--feature", "no-such"], ["--version", "one"], ["--version", "1.0"]):
            result = self.run_tool("features", *words, code=2)
            self.assertOneSentence(result.err)


if __name__ == "__main__":
    unittest.main()
