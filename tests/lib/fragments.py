"""Captures as they would be with IKE fragmentation: [MS-IKEE] section 2.2.3.1, as libreswan and strongSwan do it."""

import struct

import nat
import pcaps

HEADER, FRAGMENT = 28, 132
EXCHANGE_FLAGS = 19
ENCRYPTED = 1


def cut(message, size, identifier=1):
    """An ISAKMP message as fragments with `size` octets of it each, every one a message of its own."""
    parts = [message[at:at + size] for at in range(0, len(message), size)]
    out = []
    for number, part in enumerate(parts, 1):
        payload = struct.pack(">BBHHBB", 0, 0, 8 + len(part), identifier, number, int(number == len(parts))) + part
        head = bytearray(message[:HEADER])
        head[16] = FRAGMENT
        head[EXCHANGE_FLAGS] &= ~ENCRYPTED
        head[24:28] = struct.pack(">I", HEADER + len(payload))
        out.append(bytes(head) + payload)
    return out


def with_payload(frame, payload):
    """An Ethernet frame with IPv4 and UDP and another payload."""
    head = (frame[nat.LINK] & 15) * 4
    ip = bytearray(frame[nat.LINK:nat.LINK + head])
    ip[2:4] = struct.pack(">H", head + nat.UDP + len(payload))
    ip[10:12] = bytes(2)
    ip[10:12] = struct.pack(">H", nat.checksum(ip))
    ports = frame[nat.LINK + head:nat.LINK + head + 4]
    return frame[:nat.LINK] + bytes(ip) + ports + struct.pack(">HH", nat.UDP + len(payload), 0) + payload


def in_pieces(frame, size):
    """A frame with a message over `size` octets as frames with its fragments; any other as it is."""
    message = frame[nat.LINK + (frame[nat.LINK] & 15) * 4 + nat.UDP:]
    return [with_payload(frame, part) for part in cut(message, size)] if len(message) > size else [frame]


def fragmented(pcap, size, order=lambda parts: parts):
    """A little-endian Ethernet pcap in which every message over `size` octets comes in fragments, in `order`."""
    out = []
    for seconds, micros, frame in pcaps.records(pcap):
        parts = in_pieces(frame, size)
        out += [(seconds, micros, part) for part in (order(parts) if len(parts) > 1 else parts)]
    return pcaps.rewritten(pcap, out)


def with_lost_piece(pcap, number, size, again=(10, 20, 30)):
    """The frames before frame `number` and the first fragment of that; both sides repeat their last some seconds later."""
    kept = list(pcaps.records(pcap))[:number]
    seconds, micros, frame = kept.pop()
    kept.append((seconds, micros, in_pieces(frame, size)[0]))
    last = kept[-2:]
    return pcaps.rewritten(pcap, kept + [(seconds + later, micros, frame) for later in again for seconds, micros, frame in last])
