#!/usr/bin/env python3
"""Cuts captures/reference-live/big-fragmented.pcap down to a registration whose PULL message 2 never arrives whole.

Usage: lose_fragments.py REFERENCE_LIVE_FOLDER OUTPUT_FOLDER

Kept are phase 1, PULL message 1 and the first fragment of PULL message 2, octet for octet. The GM's and the KS's repetitions,
10, 20 and 30 s later, are copies of those two with other IP identifications.
"""

import pathlib
import struct
import sys

NAME = "fragments-lost"
PHASE_1_AND_PULL_1, FIRST_FRAGMENT = 7, 8  # frames
ETHERNET = 14
REPEATS = (10, 20, 30)  # seconds


def records(octets):
    """The frames of a pcap file: (seconds, microseconds, octets)."""
    assert octets[:4] == b"\xd4\xc3\xb2\xa1", "another format"
    at = 24
    while at < len(octets):
        seconds, micros, captured, _ = struct.unpack_from("<4I", octets, at)
        yield seconds, micros, octets[at + 16:at + 16 + captured]
        at += 16 + captured


def with_identification(frame, number):
    """The IPv4 packet under another identification, its header checksum (RFC 791 section 3.1) put right."""
    header = bytearray(frame[ETHERNET:ETHERNET + 20])
    struct.pack_into("!H", header, 4, number)
    struct.pack_into("!H", header, 10, 0)
    total = sum(struct.unpack("!10H", header))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    struct.pack_into("!H", header, 10, ~total & 0xFFFF)
    return frame[:ETHERNET] + bytes(header) + frame[ETHERNET + 20:]


def main():
    source, target = map(pathlib.Path, sys.argv[1:])
    octets = (source / "big-fragmented.pcap").read_bytes()
    kept = list(records(octets))[:FIRST_FRAGMENT]
    for count, later in enumerate(REPEATS, 1):
        for number in (PHASE_1_AND_PULL_1, FIRST_FRAGMENT):
            seconds, micros, frame = kept[number - 1]
            kept.append((seconds + later, micros, with_identification(frame, 0x4000 + 2 * count + number % 2)))
    out = octets[:24] + b"".join(struct.pack("<4I", seconds, micros, len(frame), len(frame)) + frame
                                 for seconds, micros, frame in kept)
    (target / f"{NAME}.pcap").write_bytes(out)
    cookie = kept[0][2][ETHERNET + 28:ETHERNET + 36].hex()
    keys = [line for line in (source / "big-fragmented.keys").read_text().splitlines() if f" {cookie} " in line]
    (target / f"{NAME}.keys").write_text("\n".join(keys) + "\n")


if __name__ == "__main__":
    main()
