#!/usr/bin/env python3
"""test_isakmp.py CAPTURE: every value that both stock isakmp and the plugin show.

Stock isakmp decrypts GDOI's phase 1 and PULLs where the phase-1 SA says IPsec DOI, so it gets a
copy of the capture in which octet 35 of messages 1 and 2 says 1 instead of 2. What it is known to
have wrong stands in isakmp_names.py; anything else that differs fails. Compared are places, octets
and values, not what either calls a value: for stock isakmp exchange 32 is Quick Mode and ID type 13
"Future use".
"""

import pathlib
import struct
import sys
from collections import Counter

import isakmp_names
import raw_fields
from isakmp_names import stands_for
from raw_fields import harness

DOI_OCTET = 35  # the last one of the DOI: RFC 2408 sections 3.1 and 3.4
PUSH = "21"
NUMBERS = range(4, 12)  # FT_UINT8 to FT_UINT64

# What each capture gives: messages compared, those of them that are decrypted, PUSHes, and
# retransmissions that stock isakmp misreads.
EXPECTED = {
    "reference-gm-registration": (10, 6, 0, 0),
    "reference-gm-registration-kek-push": (10, 6, 1, 0),
    "61850-ks-registration": (10, 6, 0, 0),
    "61850-ks-refused-unknown-group": (8, 4, 0, 0),
    "three-gms-kek-3des": (30, 18, 9, 0),
    "aes-kek-sha256": (30, 18, 11, 0),
    "rsa-sig": (25, 13, 5, 3),
    "gcm-sids": (30, 18, 2, 0),
    "unknown-group": (28, 16, 0, 6),
    "wrong-psk": (15, 7, 0, 3),
    "gm-restart": (60, 33, 3, 6),
    "big-fragmented": (20, 12, 4, 0),
    "aggressive": (14, 10, 0, 0),
    "loss-10": (192, 113, 21, 8),
}


def rewritten(octets):
    """A pcap file (Ethernet, IPv4) with the DOI of each phase-1 SA set to 1 (IPsec)."""
    assert octets[:4] == b"\xd4\xc3\xb2\xa1" and octets[20:24] == b"\x01\0\0\0", "another format"
    out = bytearray(octets)
    changed = 0
    frame = 24
    while frame < len(out):
        start, frame = frame + 16, frame + 16 + struct.unpack_from("<I", out, frame + 8)[0]
        network = start + 14
        fragment = struct.unpack_from("!H", out, network + 6)[0] & 0x1FFF
        if out[start + 12:network] != b"\x08\0" or out[network + 9] != 17 or fragment:
            continue
        udp = network + 4 * (out[network] & 15)
        message = out[udp + 8:frame]
        # Main or aggressive mode, SA first, GDOI.
        if message[18:19] in (b"\2", b"\4") and message[16] == 1 and message[32:36] == b"\0\0\0\2":
            out[udp + 8 + DOI_OCTET] = 1
            out[udp + 6:udp + 8] = b"\0\0"  # the checksum: none (RFC 768)
            changed += 1
    assert changed >= 2, "no phase-1 SA was rewritten"
    return bytes(out)


def undo(field):
    """The field as it was before the rewriting."""
    at = DOI_OCTET - field.offset
    if field.buffer or field.bits or not 0 <= at < field.length or field.name == "isakmp.enc.data":
        return field
    assert field.value[2 * at:2 * at + 2] == "01", field
    return field._replace(value=field.value[:2 * at] + "02" + field.value[2 * at + 2:], shown=None)


def shows_otherwise(one, other):
    """Whether the same octets give another value: another number, or in one type another text."""
    # Stock isakmp's type of an attribute covers the AF bit too and shows it cleared.
    if one.shown is None or other.shown is None or other.name.endswith(".attr.type"):
        return False
    if one.kind in NUMBERS and other.kind in NUMBERS:
        return int(one.shown, 0) != int(other.shown, 0)
    return one.kind == other.kind and one.shown != other.shown


def cipher_keys(path):
    """By initiator cookie, the cipher key of a key log. Stock isakmp takes one of each: the GM's,
    as with different pre-shared keys only the GM gets so far as to encrypt.
    """
    keys = {}
    for line in path.read_text().splitlines():
        words = line.split()
        if words[:1] == ["PHASE1_KEY"] and (words[1] not in keys or "side=gm" in words):
            keys[words[1]] = words[-1]
    return keys


def stock(*arguments):
    """tshark without our plugin, whose folder and the system's an empty one replaces."""
    empty = harness.folder / "empty"
    empty.mkdir(exist_ok=True)
    return harness.run("env", "-u", "LD_PRELOAD", f"WIRESHARK_PLUGIN_DIR={empty}", "tshark",
                       *arguments)


def of_stock(name, keys):
    source = harness.SOURCE / "captures" / name
    path = harness.keep("rewritten.pcap", rewritten(source.read_bytes()))
    table = [part for cookie, key in keys.items()
             for part in ("-o", f"uat:ikev1_decryption_table:{cookie},{key}")]
    assert not any(line.startswith("gdoi") for line in stock("-G", "protocols").lines)
    return raw_fields.messages(path, raw_fields.ISAKMP, "-d", "udp.port==848,isakmp", *table,
                               program=stock, form=raw_fields.WITH_VALUES)


def short(name):
    return name.split(".", 1)[1]


class Comparison:
    """Of one message; `found` are the differences, `values` how many fields agree."""

    def __init__(self, theirs, ours, rewrite):
        self.found = []
        self.values = 0
        self.known = Counter()
        self.theirs = [undo(field) if rewrite else field for field in theirs.fields]
        self.ours = ours.fields
        self.confirmed = set()
        for field in self.theirs:
            self._compare(field)
        self._look_for_unconfirmed()

    def _compare(self, field):
        name = short(field.name)
        if stands_for(isakmp_names.WRONG, name):
            self.known[name] += 1
            return
        # Bits are compared with bits, octets with octets; one-bit fields have masks of their own.
        place = (field.buffer, field.offset, field.length, bool(field.bits))
        here = [one for one in self.ours
                if (one.buffer, one.offset, one.length, bool(one.bits)) == place
                and stands_for(isakmp_names.NAMES.get(name, (name,)), short(one.name))]
        agreeing = [one for one in here
                    if one.value == field.value and not shows_otherwise(one, field)]
        if not agreeing:
            self.found.append(f"isakmp has {field}, we {', '.join(map(str, here)) or 'nothing'}")
        if name.endswith(".attr.type") and int(field.shown, 0) not in [
                int(one.shown, 0) for one in self.ours
                if one.bits and one[1:4] == field[1:4] and one.name.endswith(".attr.type")]:
            self.found.append(f"isakmp has type {field.shown} in {field}")
        self.values += len(agreeing) > 0
        self.confirmed.update(agreeing)

    def _look_for_unconfirmed(self):
        """Every octet that we read must be one that stock isakmp reads the same."""
        lost = min((field.offset for field in self.theirs
                    if field.buffer and stands_for(isakmp_names.LOST_BEHIND, short(field.name))),
                   default=None)
        inner = {(one.buffer, one.offset, one.length) for one in self.confirmed}
        for field in self.ours:
            name = short(field.name)
            if (field in self.confirmed or name == "enc.decrypted" or field.bits
                    or (field.buffer, field.offset, field.length) in inner
                    or stands_for(isakmp_names.OURS_ONLY, name)
                    or (field.buffer and lost is not None and field.offset + field.length > lost)):
                continue
            self.found.append(f"only we have {field}")


def exchange_of(message):
    return next(field.value for field in message.fields if field.name.endswith(".exchangetype"))


def is_decrypted(message):
    return any(field.buffer for field in message.fields)


class Retransmissions:
    """Stock isakmp decrypts a message with the IV that the last message seen of its exchange left.
    For a retransmission that is right only where the original came after the same message.
    """

    def __init__(self):
        self.before = {}  # by message, the one that it first came after
        self.last = {}  # by exchange

    def is_misread(self, message):
        exchange = (message.payload[:16], message.payload[40:48])  # cookie and message ID
        last = self.last.get(exchange)
        self.last[exchange] = message.payload
        return self.before.setdefault(message.payload, last) != last


def compare(theirs, ours):
    """All messages of a capture: differences, and how much was compared."""
    found = []
    counts = Counter()
    retransmissions = Retransmissions()
    assert {n for n, all_ in theirs.items() if all_} == {n for n, all_ in ours.items() if all_}
    for number in sorted(ours):
        for their, our in zip(theirs[number], ours[number], strict=True):
            if exchange_of(our) == PUSH:
                # There is no place for a KEK.
                counts["push"] += 1
                if is_decrypted(their):
                    found.append(f"frame {number}: stock isakmp decrypts a PUSH")
                continue
            if is_decrypted(our) and retransmissions.is_misread(our):
                counts["retransmissions"] += 1
                continue
            if is_decrypted(their) != is_decrypted(our):
                found.append(f"frame {number}: decrypted on one side only")
                continue
            one = Comparison(their, our, their.payload != our.payload)
            found += [f"frame {number}: {text}" for text in one.found]
            counts["compared"] += 1
            counts["decrypted"] += is_decrypted(our)
            counts["values"] += one.values
            counts.update(one.known)
    return found, counts


def check_that_it_can_fail(theirs, ours):
    """A value that stock isakmp has otherwise in a decrypted message must be found."""
    number = next(n for n, all_ in theirs.items() if all_ and is_decrypted(all_[0]))
    message = theirs[number][0]
    at = next(i for i, field in enumerate(message.fields) if field.buffer and field.length == 2)
    field = message.fields[at]
    for other in (field._replace(value="ffff"), field._replace(shown="65535"),
                  field._replace(offset=field.offset + 1), field._replace(name=field.name + "x")):
        fields = [*message.fields[:at], other, *message.fields[at + 1:]]
        altered = {**theirs, number: [message._replace(fields=fields)]}
        assert compare(altered, ours)[0], f"not noticed: {other} instead of {field}"


def main():
    name = sys.argv[1]
    harness.require_plugin()
    theirs = of_stock(name, cipher_keys((harness.SOURCE / "captures" / name).with_suffix(".keys")))
    ours = raw_fields.messages(harness.capture(name), raw_fields.GDOI, *harness.keys_of(name),
                               form=raw_fields.WITH_VALUES)
    found, counts = compare(theirs, ours)
    assert not found, "\n".join([f"{len(found)} differences", *found[:20]])
    compared = tuple(counts[what] for what in ("compared", "decrypted", "push", "retransmissions"))
    assert compared == EXPECTED[pathlib.PurePath(name).stem], f"compared {compared}"
    assert counts["values"] >= 30 * counts["compared"], f"only {counts['values']} values"
    check_that_it_can_fail(theirs, ours)
    known = ", ".join(f"{counts[field]} {field}" for field in counts
                      if stands_for(isakmp_names.WRONG, field))
    print(f"{name}: {counts['values']} values agree in {counts['compared']} messages, "
          f"{counts['decrypted']} of them decrypted; left out: {counts['push']} PUSHes, "
          f"{counts['retransmissions']} misread retransmissions; wrong: {known or 'nothing'}")


main()
