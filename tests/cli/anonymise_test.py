"""Captures made fit to be shared: the same story, and nobody's address, name or key in it."""

import json
import pathlib
import re
import stat
import struct
import sys
import unittest

import jsonschema

from tool import CAPTURES, SOURCE, ToolTest, capture_files, datagrams, frame, message, offer, pcap, secrets_of

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import fragments  # noqa: E402

PSK = CAPTURES / "reference-gm-registration.pcap"
KEK = CAPTURES / "reference-gm-registration-kek-push.pcap"
WRONG_PSK = CAPTURES / "reference-live/wrong-psk.pcap"
AGGRESSIVE = CAPTURES / "reference-live/aggressive.pcap"
RSA_SIG = CAPTURES / "reference-live/rsa-sig.pcap"
STORY = CAPTURES / "story/h-refused-and-registered.pcapng"

# What a registration must tell as before; GM, KS and group are compared through the map.
KEPT = ("initiator_cookie", "message_id", "first_frame", "gm_version", "phase1", "outcome", "how", "step", "attempt",
        "lifetimes", "frames", "started", "duration_ms", "decrypted", "evidence", "features")

ADDRESS = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")

# Addresses that name nobody: unspecified, loopback, masks, and groups of the link (RFC 5771 section 4).
NOBODY = re.compile(r"0\.0\.0\.0|127\.|255\.|224\.0\.0\.|0\.255\.255\.255|0\.0\.(0|255)\.255")


def octets_of(address):
    return bytes(map(int, address.split(".")))


def addresses_in(text):
    text = re.sub(r"section\s+[\d.]+", "", text)
    return {each for each in ADDRESS.findall(text)
            if not NOBODY.match(each) and all(int(part) < 256 for part in each.split("."))}


class Anonymised(ToolTest):
    def anonymise(self, path, *words, code=0):
        """The report as JSON, with the map; OUT and its key log are out and keys."""
        self.out, self.keys = self.folder / f"{path.stem}-out.pcapng", self.folder / f"{path.stem}-out.keys"
        made = self.run_tool("anonymise", path, "-o", self.out, "--key-log", self.keys, "--json", "-", "--show-map",
                             "--force", *words, code=code).json()
        jsonschema.validate(made, json.loads((SOURCE / "replay/report/anonymise.schema.json").read_text()))
        return made

    def inspect(self, path, *words):
        return self.run_tool("inspect", "--json", path, *words).json()


class Captures(Anonymised):
    def same_story(self, path, *words):
        made = self.anonymise(path, *words)
        self.assertEqual(made["differs"], [], path)
        before = self.inspect(path, *words)
        after = self.inspect(self.out, *words)
        mapped = {each["real"]: each["made"] for each in made["map"]}
        self.assertEqual(len(before["registrations"]), len(after["registrations"]))
        groups = {}
        for was, now in zip(before["registrations"], after["registrations"]):
            for key in KEPT:
                self.assertEqual(was.get(key), now.get(key), (path, key))
            self.assertEqual((was["diagnosis"] or {}).get("cause"), (now["diagnosis"] or {}).get("cause"), path)
            self.assertEqual((was["diagnosis"] or {}).get("grade"), (now["diagnosis"] or {}).get("grade"), path)
            for side in ("gm", "ks"):
                real = was[side] and (was[side] if isinstance(was[side], str) else was[side]["address"])
                shown = now[side] and (now[side] if isinstance(now[side], str) else now[side]["address"])
                self.assertEqual(mapped.get(real, real), shown, path)
            octets = lambda one: json.dumps(one["group"])
            self.assertEqual(groups.setdefault(octets(was), octets(now)), octets(now))
        self.assertEqual(len(set(groups.values())), len(groups))
        self.assertEqual(before["files"][0]["counts"], after["files"][0]["counts"], path)
        return made

    def test_with_keys(self):
        for path in capture_files():
            with self.subTest(path.name):
                made = self.same_story(path)
                self.assertEqual(made["written"], made["frames"])
                self.nothing_is_left(path)

    def test_without_keys(self):
        for path in capture_files():
            with self.subTest(path.name):
                made = self.same_story(path, "--without-keys")
                self.assertEqual(made["decrypted"], [])
                self.nothing_is_left(path, "--without-keys")

    def nothing_is_left(self, path, *words):
        """No address or identity that can be read in the real capture can be read in the made one."""
        read = self.run_tool("inspect", "-v", path, *words).out
        shown = self.run_tool("inspect", "-v", self.out, *words).out
        raw = self.out.read_bytes()
        real = addresses_in(read)
        self.assertEqual(real & addresses_in(shown), set(), path)
        for address in real:
            self.assertNotIn(octets_of(address), raw, (path, address))
        names = set(re.findall(r"ID_(?:USER_)?FQDN: (\S+)", read)) | set(re.findall(r"ID_KEY_ID: (\S+)", read))
        for name in names:
            self.assertNotIn(f": {name}\n", shown, (path, name))

    def test_no_key_is_left(self):
        for path in capture_files():
            log = path.with_suffix(".keys")
            if not log.exists():
                continue
            self.anonymise(path)
            real = secrets_of(log)
            text = self.keys.read_text()
            raw = self.out.read_bytes()
            for secret in real:
                self.assertNotIn(secret, text.lower(), path)
                self.assertNotIn(secret.encode("latin-1"), raw, path)

    def test_a_real_address_is_not_given_to_another(self):
        made = self.anonymise(self.write("doc.pcap", pcap([
            frame(message("11" * 8, "00" * 8, offer()), ("192.0.2.2", 848), ("192.0.2.1", 848)),
            frame(message("11" * 8, "22" * 8, offer()), ("192.0.2.1", 848), ("192.0.2.2", 848))])))
        shown = {each["made"] for each in made["map"] if each["what"] == "address"}
        self.assertEqual(shown, {"198.51.100.1", "198.51.100.2"})


class Keys(Anonymised):
    def test_the_key_log_is_the_owners_and_opens_all(self):
        self.anonymise(KEK)
        self.assertEqual(stat.S_IMODE(self.keys.stat().st_mode), 0o600)
        counts = self.inspect(self.out)["files"][0]["counts"]
        self.assertEqual(counts["undecrypted"], 0)
        self.assertGreater(counts["decrypted"], 0)

    def test_unasked_no_secret_is_written(self):
        out = self.folder / "out.pcapng"
        result = self.run_tool("anonymise", PSK, "-o", out)
        self.assertEqual(sorted(each.name for each in self.folder.iterdir()), ["out.pcapng"])
        self.assertIn("which nobody has now", " ".join(result.out.split()))
        self.assertEqual(self.inspect(out)["files"][0]["counts"]["decrypted"], 0)
        for secret in secrets_of(PSK.with_suffix(".keys")):
            self.assertNotIn(secret, result.out + result.err)

    def test_a_made_psk_registers(self):
        self.anonymise(STORY)
        psk = re.findall(r"^PSK \S+ (\S+)$", self.keys.read_text(), re.M)
        self.assertEqual(len(set(psk)), 1)
        found = self.run_tool("run", "--table", self.out, "--keys", self.keys).out
        self.assertIn("as expected", found)

    def test_registers_without_keys_too(self):
        self.anonymise(CAPTURES / "story/c-registered-1.0.17.pcapng", "--without-keys")
        found = self.run_tool("run", "--table", self.out, "--without-keys", "--psk", "any", "--set", "group=7").out
        self.assertIn("as expected", found)

    def test_two_sides_with_different_psks_stay_so(self):
        self.anonymise(WRONG_PSK)
        sides = re.findall(r"^PSK \S+ side=(\w+) (\S+)$", self.keys.read_text(), re.M)
        self.assertEqual({side for side, _ in sides}, {"gm", "ks"})
        self.assertEqual(len({psk for _, psk in sides}), 2)

    def test_signatures_are_good_again(self):
        made = self.anonymise(RSA_SIG)
        text = self.run_tool("inspect", "-m", self.out).out
        self.assertIn("SIG", text)
        self.assertTrue(any("certificate" in note["text"] for note in made["notes"]))
        self.assertFalse(any("signature" in note["text"] for note in made["notes"]), made["notes"])


class Fragments(Anonymised):
    def test_messages_in_fragments_of_ike(self):
        path = self.write("cut.pcap", fragments.fragmented(KEK.read_bytes(), 60, lambda parts: parts[::-1]))
        made = self.anonymise(path, "--keys", KEK.with_suffix(".keys"))
        self.assertEqual((made["notes"], made["differs"]), ([], []))
        before = self.inspect(path, "--keys", KEK.with_suffix(".keys"))["files"][0]["counts"]
        self.assertEqual(before, self.inspect(self.out)["files"][0]["counts"])
        self.assertEqual(before["push_sig_good"], 1)

    def test_a_fragment_alone_is_zeros(self):
        body = fragments.fragmented(KEK.read_bytes(), 60, lambda parts: parts[:1])
        made = self.anonymise(self.write("cut.pcap", body), "--keys", KEK.with_suffix(".keys"))
        self.assertTrue(any(note["text"] == "zeros, since other fragments of the message are missing" for note in made["notes"]))


class Encrypted(Anonymised):
    def sealed(self, path):
        return [payload for _, _, payload in datagrams(path) if len(payload) > 28 and payload[19] & 1]

    def sealed_after(self):
        """The same of OUT, through a pcap that the reader of these tests knows."""
        octets = self.out.read_bytes()
        frames, at = [], 0
        while at < len(octets):
            kind, size = struct.unpack("<II", octets[at:at + 8])
            if kind == 6:
                kept = struct.unpack("<I", octets[at + 20:at + 24])[0]
                frames.append(octets[at + 28:at + 28 + kept])
            at += size
        return self.sealed(self.write("after.pcap", pcap(frames)))

    def test_what_cannot_be_read_stays_and_is_said(self):
        made = self.anonymise(PSK, "--without-keys")
        self.assertEqual(made["undecrypted"], [5, 6, 7, 8, 9, 10])
        self.assertEqual(self.sealed(PSK), self.sealed_after())
        text = self.run_tool("anonymise", PSK, "--without-keys", "-o", self.out, "--force").out
        self.assertIn("frames 5 to 10: encrypted, and no key opens them", " ".join(text.split()))

    def test_or_becomes_random(self):
        self.anonymise(PSK, "--without-keys", "--scramble")
        for real, made in zip(self.sealed(PSK), self.sealed_after()):
            self.assertEqual(real[:28], made[:28])
            self.assertEqual(len(real), len(made))
            self.assertNotEqual(real[28:44], made[28:44])

    def test_or_nothing_is_written(self):
        out = self.folder / "out.pcapng"
        result = self.run_tool("anonymise", PSK, "--without-keys", "--strict", "-o", out, "--key-log",
                               self.folder / "out.keys", code=1)
        self.assertOneSentence(result.err)
        self.assertIn("frames 5 to 10", result.err)
        self.assertEqual(list(self.folder.iterdir()), [])
        self.run_tool("anonymise", PSK, "--strict", "-o", out)

    def test_a_hash_in_clear_is_no_way_to_the_psk(self):
        """HASH_R of aggressive mode stands in clear: with the names it covers a PSK can be guessed from it."""
        real = [payload for _, _, payload in datagrams(AGGRESSIVE) if payload[18] == 4 and payload[8:16] != bytes(8)]
        hashes = [part for payload in real for part in self.payloads(payload, 8)]
        self.assertTrue(hashes)
        made = self.anonymise(AGGRESSIVE, "--without-keys")
        for each in hashes:
            self.assertNotIn(each, self.out.read_bytes())
        self.assertTrue(any("made-up HASH" in note["text"] for note in made["notes"]))

    @staticmethod
    def payloads(octets, wanted):
        """Bodies of the payloads of one type of a message in clear (RFC 2408 section 3.2)."""
        kind, at = octets[16], 28
        if octets[19] & 1:
            return
        while kind and at + 4 <= len(octets):
            size = struct.unpack(">H", octets[at + 2:at + 4])[0]
            if kind == wanted:
                yield octets[at + 4:at + size]
            kind, at = octets[at], at + size


class Mapping(Anonymised):
    def test_the_same_capture_becomes_the_same(self):
        self.anonymise(PSK, "--seed", "7")
        first = self.out.read_bytes()
        self.anonymise(PSK, "--seed", "7")
        self.assertEqual(first, self.out.read_bytes())
        self.anonymise(PSK)
        other = self.out.read_bytes()
        self.assertNotEqual(first, other)
        self.assertEqual(len(first), len(other))

    def test_real_values_are_told_only_when_asked(self):
        out = self.folder / "out.pcapng"
        told = self.run_tool("anonymise", KEK, "-o", out, "--show-map").out
        self.assertIn("10.0.224.37", told)
        for words in ((), ("--json", "-")):
            self.assertNotIn("10.0.224.", self.run_tool("anonymise", KEK, "-o", out, "--force", *words).out)

    def identities(self, *bodies):
        """What ID payloads of aggressive mode become."""
        frames = [frame(message("11" * 7 + f"{number:02x}", "00" * 8, offer(), (5, body), exchange=4),
                        ("10.9.8.7", 848), ("10.9.8.1", 848)) for number, body in enumerate(bodies)]
        path = self.write("id.pcap", pcap(frames))
        made = self.anonymise(path)
        text = self.run_tool("inspect", "-v", self.out).out
        for body in bodies:
            self.assertNotIn(body[4:], self.out.read_bytes())
        return made, text

    def test_names(self):
        made, text = self.identities(b"\2\0\0\0gm7.branch.example.com", b"\2\0\0\0gm8.branch.example.com",
                                     b"\3\0\0\0joe@branch.example.com", b"\2\0\0\0x.y")
        names = {each["real"]: each["made"] for each in made["map"] if each["what"] == "name"}
        first, second = names["gm7.branch.example.com"], names["gm8.branch.example.com"]
        self.assertEqual(first.split(".", 1)[1], second.split(".", 1)[1])
        self.assertNotEqual(first, second)
        self.assertTrue(first.endswith(".test"))
        self.assertTrue(names["joe@branch.example.com"].endswith(".test"))
        self.assertEqual({len(real) - len(shown) for real, shown in names.items()}, {0})
        self.assertIn(first, text)

    def test_networks_and_ranges(self):
        made, text = self.identities(b"\4\0\0\0" + bytes([10, 9, 8, 0, 255, 255, 255, 0]),
                                     b"\4\0\0\0" + bytes([172, 16, 0, 0, 255, 240, 0, 0]),
                                     b"\7\0\0\0" + bytes([10, 9, 8, 20, 10, 9, 8, 30]))
        whole = {each["real"]: each["made"] for each in made["map"]}
        host = whole["10.9.8.7"].rsplit(".", 1)[0]
        self.assertEqual(whole["10.9.8.0/24"], f"{host}.0/24")
        self.assertRegex(whole["172.16.0.0/12"], r"^24\d\.\d+\.0\.0/12$")
        self.assertLess(octets_of(whole["10.9.8.20"]), octets_of(whole["10.9.8.30"]))

    def test_group_numbers_keep_their_byte_order(self):
        made, _ = self.identities(b"\x0b\0\0\0" + struct.pack(">I", 1234), b"\x0b\0\0\0" + struct.pack("<I", 1234),
                                  b"\x0b\0\0\0" + struct.pack(">I", 7700077))
        groups = {each["real"]: each["made"] for each in made["map"] if each["what"] == "group"}
        self.assertEqual(bytes.fromhex(groups["000004d2"]), bytes.fromhex(groups["d2040000"])[::-1])
        self.assertNotEqual(groups["000004d2"], groups["00757e6d"])

    def test_a_distinguished_name_stays_one(self):
        def name(text):
            value = b"\x06\x03\x55\x04\x03\x0c" + bytes([len(text)]) + text
            value = b"\x30" + bytes([len(value)]) + value
            value = b"\x31" + bytes([len(value)]) + value
            return b"\x30" + bytes([len(value)]) + value

        _, text = self.identities(b"\x09\0\0\0" + name(b"Router of Somebody"))
        self.assertNotIn("Somebody", text)
        self.assertRegex(text, r"CN\s?=\s?n1x|300f|301b|55040")

    def test_what_is_not_understood_becomes_zeros(self):
        marker = b"leaks.example.com"
        odd = message("11" * 8, "00" * 8, offer(), (200, marker))
        cut = message("12" * 8, "00" * 8, offer(), (5, b"\1\0\0\0\x0a\x09"))[:-1]
        path = self.write("odd.pcap", pcap([frame(odd), frame(odd + marker), frame(marker * 3), frame(cut)]))
        made = self.anonymise(path)
        self.assertNotIn(marker, self.out.read_bytes())
        self.assertTrue(any(note["text"].startswith("zeros") and 1 in note["frames"] for note in made["notes"]))


class Files(Anonymised):
    def test_other_frames_keep_their_place_and_nothing_else(self):
        marker = b"PASSWORD"
        telnet = bytes(12) + b"\x08\x00" + struct.pack(">BBHHHBBH", 0x45, 0, 40, 1, 0, 64, 6, 0) + \
            octets_of("10.1.2.3") + octets_of("10.1.2.4") + marker + bytes(12)
        arp = b"\xff" * 6 + b"\x00\x11\x22\x33\x44\x55\x08\x06" + marker + octets_of("10.1.2.3")
        path = self.write("mixed.pcap", pcap([telnet, frame(message("11" * 8, "00" * 8, offer())), arp]))
        made = self.anonymise(path)
        raw = self.out.read_bytes()
        self.assertNotIn(marker, raw)
        self.assertNotIn(octets_of("10.1.2.3"), raw)
        self.assertNotIn(b"\x00\x11\x22\x33\x44\x55", raw)
        self.assertEqual((made["written"], made["other_frames"]), (3, 2))
        self.assertEqual(self.inspect(self.out)["registrations"][0]["first_frame"], 2)
        self.assertEqual(self.anonymise(path, "--only-gdoi")["written"], 1)

    def test_comments_and_names_of_the_file_are_not_copied(self):
        def block(kind, body):
            body += bytes(-len(body) % 4)
            size = struct.pack("<I", 12 + len(body))
            return struct.pack("<I", kind) + size + body + size

        comment = struct.pack("<HH", 1, 12) + b"SECRET-NOTES" + struct.pack("<HH", 0, 0)
        octets = frame(message("11" * 8, "00" * 8, offer()))
        octets += bytes(-len(octets) % 4)
        path = self.write("named.pcapng", block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + comment) +
                          block(1, struct.pack("<HHI", 1, 0, 0) + comment) +
                          block(4, struct.pack("<HH", 1, 20) + octets_of("192.0.2.1") + b"SECRET-NOTES\0\0\0\0" + bytes(4)) +
                          block(10, struct.pack("<II", 0x544C534B, 12) + b"SECRET-NOTES") +
                          block(6, struct.pack("<IIIII", 0, 1, 0, len(octets), len(octets)) + octets + comment))
        self.anonymise(path)
        self.assertNotIn(b"SECRET-NOTES", self.out.read_bytes())

    def test_nothing_is_overwritten(self):
        out = self.write("out.pcapng", "mine")
        result = self.run_tool("anonymise", PSK, "-o", out, code=2)
        self.assertOneSentence(result.err)
        self.assertEqual(out.read_text(), "mine")
        keys = self.write("out.keys", "mine")
        self.run_tool("anonymise", PSK, "-o", self.folder / "new.pcapng", "--key-log", keys, code=2)
        self.assertEqual(keys.read_text(), "mine")
        self.assertFalse((self.folder / "new.pcapng").exists())
        self.run_tool("anonymise", PSK, "-o", out, "--force")
        self.assertNotEqual(out.read_bytes(), b"mine")

    def test_nor_is_the_input(self):
        path = self.write("mine.pcap", PSK.read_bytes())
        self.run_tool("anonymise", path, "-o", path, "--force", code=2)
        self.assertEqual(path.read_bytes(), PSK.read_bytes())
        keys = self.write("mine.keys", PSK.with_suffix(".keys").read_bytes())
        self.run_tool("anonymise", path, "-o", self.folder / "out.pcapng", "--keys", keys, "--key-log", keys, "--force",
                      code=2)

    def test_bad_input(self):
        for path in (self.folder / "none.pcap", self.write("text.pcap", "no capture"), self.folder):
            result = self.run_tool("anonymise", path, "-o", self.folder / "out.pcapng", code=2)
            self.assertOneSentence(result.err)
            self.assertFalse((self.folder / "out.pcapng").exists())
        self.assertOneSentence(self.run_tool("anonymise", PSK, code=2).err)

    def test_a_cut_file_is_mapped_up_to_there(self):
        path = self.write("cut.pcap", PSK.read_bytes()[:-20])
        made = self.run_tool("anonymise", path, "-o", self.folder / "out.pcapng", code=2)
        self.assertIn("frame 10", made.err)
        self.assertEqual(len(self.inspect(self.folder / "out.pcapng")["registrations"]), 1)


if __name__ == "__main__":
    unittest.main()
