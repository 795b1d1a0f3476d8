"""Captures as they would be behind a NAT (RFC 3947 section 4): from a message on at UDP port 4500, behind a non-ESP marker."""

import struct

import pcaps

NAT_PORT = 4500
LINK, UDP = 14, 8
FIRST_MULTICAST = 224


def checksum(header):
    total = sum(struct.unpack(f">{len(header) // 2}H", header))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return 0xFFFF - total


def on_nat_port(frame, marker, from_ks, gm_port):
    """An Ethernet frame with IPv4 and UDP, moved to port 4500."""
    head = (frame[LINK] & 15) * 4
    payload = marker + frame[LINK + head + UDP:]
    ip = bytearray(frame[LINK:LINK + head])
    ip[2:4] = struct.pack(">H", head + UDP + len(payload))
    ip[10:12] = bytes(2)
    ip[10:12] = struct.pack(">H", checksum(ip))
    ports = (NAT_PORT, gm_port) if from_ks else (gm_port, NAT_PORT)
    return frame[:LINK] + bytes(ip) + struct.pack(">HHHH", *ports, UDP + len(payload), 0) + payload


def floated(pcap, first, ks, gm_port=NAT_PORT):
    """A little-endian Ethernet pcap whose frames from number `first` on are on port 4500, but those to a multicast
    address; `ks` is the KS's address."""
    out = []
    for number, (seconds, micros, frame) in enumerate(pcaps.records(pcap), 1):
        if number >= first and frame[LINK + 16] < FIRST_MULTICAST:
            from_ks = frame[LINK + 12:LINK + 16] == bytes(map(int, ks.split(".")))
            frame = on_nat_port(frame, bytes(4), from_ks, gm_port)
        out.append((seconds, micros, frame))
    return pcaps.rewritten(pcap, out)
