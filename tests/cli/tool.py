"""What the tests of the command line share: running the tool, and small captures made by hand."""

import json
import os
import pathlib
import re
import struct
import subprocess
import tempfile
import unittest

import jsonschema

# A sanitizer that ends the tool must not look like an exit status of its own.
os.environ.setdefault("ASAN_OPTIONS", "exitcode=99")
os.environ.setdefault("UBSAN_OPTIONS", "exitcode=99")
TOOL = os.environ["GDOI_REPLAY"]
SOURCE = pathlib.Path(__file__).resolve().parents[2]
CAPTURES = SOURCE / "captures"
SCHEMAS = {name: jsonschema.Draft202012Validator(json.loads((SOURCE / f"replay/report/{name}.schema.json").read_text()))
           for name in ("inspect", "run", "diff")}
MANIFEST = CAPTURES / "manifest.json"


def manifest():
    return json.loads(MANIFEST.read_text())


def capture_files():
    return [CAPTURES / each["file"] for each in manifest()["captures"]]


class Result:
    def __init__(self, done):
        self.code = done.returncode
        self.out = done.stdout.decode()
        self.err = done.stderr.decode()

    def json(self):
        return json.loads(self.out)


class ToolTest(unittest.TestCase):
    """Runs the tool; has a folder of its own that goes with the test."""

    maxDiff = 4000

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_tool(self, *words, code=0, **options):
        """Runs it without a terminal and requires the exit status."""
        options.setdefault("stdin", subprocess.DEVNULL)
        done = subprocess.run([TOOL, *map(str, words)], capture_output=True, timeout=120, check=False, **options)
        result = Result(done)
        self.assertEqual(result.code, code, f"{words}: {result.out[-2000:]}{result.err}")
        self.check_json(result, [str(word) for word in words])
        return result

    def check_json(self, result, words):
        """Whatever --json writes follows the schema that is published for it."""
        if not words or words[0] not in SCHEMAS or "--json" not in words or result.code == 2 or "--help" in words:
            return
        where = words[words.index("--json") + 1] if words[0] != "inspect" else "-"
        text = result.out if where == "-" else pathlib.Path(where).read_text()
        SCHEMAS[words[0]].validate(json.loads(text))

    def write(self, name, octets):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(octets if isinstance(octets, bytes) else octets.encode())
        return path

    def assertOneSentence(self, text):
        """An error is one line (and perhaps where to find help), not a dump."""
        self.assertRegex(text, r"\Agdoi-replay[^\n]+\n(Try: gdoi-replay[^\n]*--help\n)?\Z")


# --- captures by hand (libpcap's file format, RFC 791, RFC 768, RFC 2408 sections 3.1 to 3.16) ---

ETHERNET, LINUX_SLL2 = 1, 276


def pcap(frames, link=ETHERNET):
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, link)
    for number, frame in enumerate(frames):
        out += struct.pack("<IIII", 1_700_000_000 + number, 0, len(frame), len(frame)) + frame
    return out


def frame(payload, source=("192.0.2.1", 848), destination=("192.0.2.9", 848)):
    udp = struct.pack(">HHHH", source[1], destination[1], 8 + len(payload), 0) + payload
    addresses = b"".join(bytes(map(int, each[0].split("."))) for each in (source, destination))
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0) + addresses
    return bytes(12) + b"\x08\x00" + ip + udp


def payloads(*parts):
    """A chain of (type, body)."""
    out = b""
    for number, (_, body) in enumerate(parts):
        following = parts[number + 1][0] if number + 1 < len(parts) else 0
        out += struct.pack(">BBH", following, 0, 4 + len(body)) + body
    return out


def message(initiator, responder, *parts, exchange=2):
    body = payloads(*parts)
    head = bytes.fromhex(initiator) + bytes.fromhex(responder)
    return head + struct.pack(">BBBBII", parts[0][0], 0x10, exchange, 0, 0, 28 + len(body)) + body


def offer():
    """SA with one transform: AES-128-CBC, SHA-1, MODP-1024, pre-shared key; DOI and situation of IPsec."""
    attributes = b"".join(struct.pack(">HH", 0x8000 | kind, value)
                          for kind, value in ((1, 7), (14, 128), (2, 2), (4, 2), (3, 1)))
    transform = struct.pack(">BBHBBH", 0, 0, 8 + len(attributes), 1, 1, 0) + attributes
    proposal = struct.pack(">BBHBBBB", 0, 0, 8 + len(transform), 1, 1, 0, 1) + transform
    return (1, struct.pack(">II", 1, 1) + proposal)


def datagrams(path):
    """Source, destination and payload of the UDP datagrams of an Ethernet pcap file, little-endian, no fragments."""
    octets = path.read_bytes()
    order = "<" if octets[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    link = struct.unpack(order + "I", octets[20:24])[0]
    skip = {ETHERNET: 14, 101: 0, 113: 16}[link]
    at, found = 24, []
    while at < len(octets):
        size = struct.unpack(order + "I", octets[at + 8:at + 12])[0]
        ip = octets[at + 16 + skip:at + 16 + size]
        udp = ip[(ip[0] & 15) * 4:struct.unpack(">H", ip[2:4])[0]]
        ports = struct.unpack(">HH", udp[:4])
        texts = [".".join(map(str, ip[i:i + 4])) for i in (12, 16)]
        found.append(((texts[0], ports[0]), (texts[1], ports[1]), udp[8:]))
        at += 16 + size
    return found


def secrets_of(key_log):
    """Every secret of a key log (captures/README.md): hex digits, and a text where a PSK is one."""
    found = set()
    for line in key_log.read_text().splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        found.add(words[-1].lower())
        found.update(match.lower() for match in re.findall(r"auth=[\w-]+:([0-9A-Fa-f]+)", line))
        if words[0] == "PSK":
            found.add(bytes.fromhex(words[-1]).decode("latin-1"))
    return {each for each in found if len(each) >= 8}
