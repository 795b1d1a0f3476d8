#!/usr/bin/env python3
"""Writes the small captures of this folder with scapy (Debian package python3-scapy).

    python3 generate.py

Each payload is a text that names what it stands for, or a run of octets 0, 1, 2 ... 250, 0 ...
where the length matters. Times begin at 1700000000.000000001 and go up by one second a frame.
"""

import pathlib
import struct

from scapy.layers.inet import IP, UDP, IPOption, fragment
from scapy.layers.inet6 import (IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, IPv6ExtHdrHopByHop,
                                IPv6ExtHdrRouting, PadN)
from scapy.layers.ipsec import AH
from scapy.layers.l2 import ARP, CookedLinux, Dot1AD, Dot1Q, Ether

HERE = pathlib.Path(__file__).parent
ETHER = dict(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")


def run(length):
    return bytes(i % 251 for i in range(length))


def save(name, linktype, frames, original=None, big_endian=False):
    """A pcap with nanoseconds; `original`: lengths before a snap length cut the frames."""
    order = ">" if big_endian else "<"
    out = struct.pack(order + "IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, linktype)
    for index, frame in enumerate(frames):
        octets = bytes(frame)
        length = original[index] if original else len(octets)
        out += struct.pack(order + "IIII", 1700000000 + index, 1, len(octets), length) + octets
    (HERE / name).write_bytes(out)


def ip4(payload, sport=848, dport=848, **fields):
    return IP(src="192.0.2.1", dst="192.0.2.2", id=7, **fields) / UDP(sport=sport, dport=dport) / payload


def ip6(payload, *extensions, sport=848, dport=848):
    packet = IPv6(src="2001:db8::1", dst="2001:db8::2")
    for extension in extensions:
        packet = packet / extension
    return packet / UDP(sport=sport, dport=dport) / payload


def pieces4(size, payload, identification=77):
    return fragment(IP(src="192.0.2.1", dst="192.0.2.2", id=identification)
                    / UDP(sport=848, dport=848) / payload, fragsize=size)


def pieces6(size, payload, identification=0x01020304):
    """UDP over IPv6 in fragments of `size` octets; the destination options are fragmented too."""
    whole = bytes(ip6(payload, IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0" * 4)])))[40:]
    out = []
    for offset in range(0, len(whole), size):
        piece = whole[offset:offset + size]
        header = IPv6ExtHdrFragment(nh=60, offset=offset // 8, id=identification,
                                    m=1 if offset + size < len(whole) else 0)
        out.append(IPv6(src="2001:db8::1", dst="2001:db8::2", nh=44) / header / piece)
    return out


def ether(packet):
    return Ether(**ETHER) / packet


def sll2(packet, ether_type):
    return struct.pack(">HHIHBB8s", ether_type, 0, 2, 1, 0, 6, b"\2\0\0\0\0\1\0\0") + bytes(packet)


def link_types():
    v4, v6 = ip4(b"four"), ip6(b"six")
    save("ethernet.pcap", 1, [
        ether(v4), ether(v6), Ether(**ETHER) / ARP(), ether(ip4(b"other port", 500, 500)),
        Ether(**ETHER) / Dot1Q(vlan=5) / v4,
        Ether(**ETHER) / Dot1AD(vlan=6) / Dot1Q(vlan=5) / v6,
        Ether(**ETHER) / Dot1Q(vlan=7) / Dot1Q(vlan=6) / Dot1Q(vlan=5) / v4,
        bytes(ether(ip4(b"padded"))) + b"\xee" * 20,
        ether(ip4(b"from 848", 848, 40000)), ether(ip4(b"to 848", 40000, 848)),
    ])
    save("ethernet-big-endian.pcap", 1, [ether(v4)], big_endian=True)
    cooked = dict(pkttype=0, lladdrtype=1, lladdrlen=6, src=b"\2\0\0\0\0\1\0\0")
    save("sll.pcap", 113, [CookedLinux(proto=0x0800, **cooked) / v4, CookedLinux(proto=0x86DD, **cooked) / v6,
                           CookedLinux(proto=0x8100, **cooked) / Dot1Q(vlan=5) / v4])
    tagged = bytes(Dot1Q(vlan=5) / v4)
    save("sll2.pcap", 276, [sll2(v4, 0x0800), sll2(v6, 0x86DD), sll2(tagged, 0x8100)])
    save("raw.pcap", 101, [v4, v6, b"\x20not IP"])
    save("ipv4.pcap", 228, [v4])
    save("ipv6.pcap", 229, [v6])
    save("null.pcap", 0, [struct.pack("<I", 2) + bytes(v4), struct.pack(">I", 2) + bytes(v4),
                          struct.pack("<I", 30) + bytes(v6), struct.pack(">I", 24) + bytes(v6),
                          struct.pack("<I", 7) + b"not IP"])
    save("loop.pcap", 108, [struct.pack(">I", 2) + bytes(v4), struct.pack(">I", 28) + bytes(v6)])
    save("wireless.pcap", 105, [b"\x80\0\0\0"])


def headers():
    save("ipv4-options.pcap", 101, [ip4(b"options", options=[IPOption(b"\x94\x04\0\0")])])
    extensions = {
        "hop-by-hop": [IPv6ExtHdrHopByHop(options=[PadN(optdata=b"\0" * 4)])],
        "destination options": [IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0" * 12)])],
        "routing": [IPv6ExtHdrRouting(type=2, segleft=0, addresses=["2001:db8::3"])],
        "AH": [AH(nh=17, spi=1, seq=1, icv=b"\0" * 12, payloadlen=4)],
        "atomic fragment": [IPv6ExtHdrFragment(id=9)],
        "four of them": [IPv6ExtHdrHopByHop(options=[PadN(optdata=b"\0" * 4)]),
                         IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0" * 4)]),
                         IPv6ExtHdrRouting(type=2, segleft=0, addresses=["2001:db8::3"]),
                         AH(nh=17, spi=1, seq=1, icv=b"\0" * 12, payloadlen=4)],
    }
    save("ipv6-extensions.pcap", 101, [ip6(name.encode(), *each) for name, each in extensions.items()])


def fragments():
    payload = run(100)
    four, six = pieces4(48, payload), pieces6(48, payload)
    assert len(four) == 3 and len(six) == 3
    other4, other6 = pieces4(48, run(90), 78), pieces6(48, run(90), 5)
    whole = ip4(b"whole")
    save("fragments-in-order.pcap", 101, four + [whole] + six)
    save("fragments-out-of-order.pcap", 101, [four[2], six[1], four[0], six[2], whole, six[0], four[1]])
    save("fragments-interleaved.pcap", 101, [four[0], other4[0], four[1], other4[1], other4[2], four[2],
                                             six[0], other6[0], six[1], other6[1], other6[2], six[2]])
    save("fragments-repeated.pcap", 101, [four[0], four[0], four[1], four[2], six[0], six[1], six[1], six[2]])
    save("fragments-missing.pcap", 101, [four[0], four[2], six[1], six[2], whole])

    # Between the first and the last fragment one that goes back 8 octets over the first.
    low4 = IP(src="192.0.2.1", dst="192.0.2.2", id=77, proto=17, flags="MF", frag=5) / run(56)
    low6 = IPv6(src="2001:db8::1", dst="2001:db8::2", nh=44) / IPv6ExtHdrFragment(
        nh=60, offset=5, id=0x01020304, m=1) / run(56)
    save("fragments-overlapping.pcap", 101, [four[0], low4, four[1], four[2], six[0], low6, six[1], six[2], whole])


def untrue_lengths():
    def udp_length(packet, value, at):
        octets = bytearray(bytes(packet))
        octets[at + 4:at + 6] = struct.pack(">H", value)
        return bytes(octets)

    def ip_length(packet, value):
        octets = bytearray(bytes(packet))
        octets[2:4] = struct.pack(">H", value)
        return bytes(octets)

    def header_length(packet, value):
        octets = bytearray(bytes(packet))
        octets[0] = 0x40 | value
        return bytes(octets)

    v4, v6 = ip4(b"0123456789"), ip6(b"0123456789")
    save("udp-lengths.pcap", 101, [udp_length(v4, 13, 20), udp_length(v4, 30, 20), udp_length(v4, 0, 20),
                                   udp_length(v4, 7, 20), udp_length(v4, 8, 20), udp_length(v6, 0, 40),
                                   udp_length(v6, 65535, 40)])
    save("ip-lengths.pcap", 101, [ip_length(v4, 60), ip_length(v4, 19), ip_length(v4, 0), ip_length(v4, 33),
                                  ip_length(v4, 24), header_length(v4, 4), header_length(v4, 15), v4])
    full = bytes(ether(ip4(run(100))))
    sizes = [len(full), 70, 42, 41, 30, 14, 10]
    save("snapped.pcap", 1, [full[:size] for size in sizes], original=[len(full)] * len(sizes))


link_types()
headers()
fragments()
untrue_lengths()
