"""Little-endian Ethernet pcaps, frame by frame."""

import struct

FILE_HEADER, RECORD_HEADER = 24, 16


def records(pcap):
    """The frames: (seconds, microseconds, octets)."""
    at = FILE_HEADER
    while at < len(pcap):
        seconds, micros, length, _ = struct.unpack_from("<IIII", pcap, at)
        at += RECORD_HEADER
        yield seconds, micros, pcap[at:at + length]
        at += length


def rewritten(pcap, frames):
    """The pcap with these frames instead of its own."""
    return pcap[:FILE_HEADER] + b"".join(struct.pack("<IIII", seconds, micros, len(frame), len(frame)) + frame
                                         for seconds, micros, frame in frames)
