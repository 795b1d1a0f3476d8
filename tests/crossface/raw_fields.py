"""What tshark's JSON says of each frame: names, places, octets and values of fields, in the order
of the tree. Runs tshark through the harness of tests/plugin.
"""

import json
import os
import pathlib
import sys
from typing import NamedTuple

sys.path.insert(0, str(pathlib.Path(os.environ["GDOI_SOURCE_DIR"]) / "tests/plugin"))

import harness  # noqa: E402  (after the path is set)


class Field(NamedTuple):
    """`value` is the octets in hex, of bits the number in hex; `bits` their mask or 0."""

    name: str
    buffer: int  # 0 the datagram, 1 the decrypted part
    offset: int
    length: int
    value: str
    bits: int = 0
    kind: int = 0  # Wireshark's FT_ number
    shown: str = None  # the value in words, where it has one

    def __str__(self):
        return f"{self.name} buffer {self.buffer} [{self.offset}, +{self.length}] = {self.value}"


# Fields of the plugin that stand for no octets of the message, and so for no row of the library.
GENERATED = {
    "gdoi." + name
    for name in (
        "hash.status", "sig.status", "exchange", "message_number", "guessed", "sender", "phase1",
        "pull", "retransmission_of", "answers", "answered_in", "undecrypted", "key.frame", "group",
        "vid.name", "gm_version", "gm_version.raw", "gm_version.rule", "gm_version.source",
        "gm_version.candidate", "ks_version", "ks_version.raw", "ks_version.rule",
        "ks_version.source", "ks_version.candidate",
        "registration", "state", "response_time", "diagnosis", "diagnosis.cause",
        "diagnosis.grade", "uses", "vid.unmasked", "feature.ckm", "feature.crl_check",
        "feature.cts_sgt", "feature.dp_recovery", "feature.gdoi_interop_ack",
        "feature.gdoi_mib", "feature.gikev2", "feature.gm_removal", "feature.ip_d3p",
        "feature.ipv6_crypto_path", "feature.long_sa_lifetime", "feature.pfs",
        "feature.policy_replace", "feature.suite_b")
}


class Message(NamedTuple):
    payload: str  # the octets of the protocol, in hex
    fields: list
    others: list  # names of what else stands there: generated, of other dissectors, expert items
    quoted: bool  # inside an ICMP error


class Protocol(NamedTuple):
    name: str
    decrypted: str  # below this line stands what was decrypted
    line_is_plaintext: bool  # that line itself covers the plaintext, not the ciphertext


WITH_VALUES = ("-T", "json", "-x")
GDOI = Protocol("gdoi", "gdoi.enc.decrypted", True)
ISAKMP = Protocol("isakmp", "isakmp.enc.data", False)


def _walk(pairs, protocol, start, buffer, message):
    for key, value in pairs:
        name = key.removesuffix("_raw")
        if name != key and len(value) == 4 and isinstance(value[0], int):
            message.others.append(name)  # stands for no octets of any buffer: expert items
        elif name != key and len(value) == 5 and isinstance(value[1], int):
            if not name.startswith(protocol.name + ".") or name in GENERATED:
                message.others.append(name)
                continue
            into = 1 if name == protocol.decrypted and protocol.line_is_plaintext else buffer
            octets, offset, length, bits, kind = value
            offset -= 0 if into else start
            message.fields.append(Field(name, into, offset, length, octets.lower(), bits, kind))
        elif isinstance(value, str):
            # Stands right behind the octets of its field.
            if message.fields and message.fields[-1].name == key:
                message.fields[-1] = message.fields[-1]._replace(shown=value)
        elif isinstance(value, list):
            _walk(value, protocol, start, 1 if key == protocol.decrypted else buffer, message)


def messages(path, protocol, *arguments, program=harness.tshark, form=("-T", "jsonraw")):
    """By frame, the messages of a protocol in it. Offsets count from the first octet of the UDP
    payload, and in the decrypted part from its own first octet.
    """
    out = program("-r", path, *form, *arguments).out
    frames = {}
    # Every frame is printed, so counting them is numbering them. Names repeat: no dictionaries.
    for number, packet in enumerate(json.loads(out, object_pairs_hook=list), 1):
        layers = dict(dict(packet)["_source"])["layers"]
        frames[number] = found = []
        start = 0
        for index, (key, value) in enumerate(layers):
            if key == "udp_raw":
                start = value[1] + value[2]
            elif key == protocol.name + "_raw":
                message = Message(value[0], [], [], any(key == "icmp" for key, _ in layers))
                _walk(layers[index + 1][1], protocol, start, 0, message)
                found.append(message)
    return frames
