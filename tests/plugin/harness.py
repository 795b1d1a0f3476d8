"""Runs tshark with the plugin of this build, as an ordinary user: Wireshark ignores plugin folders
that root names. Environment, set by CTest: GDOI_PLUGIN_DIR (the folder above X.Y/epan/gdoi.so),
GDOI_SOURCE_DIR, GDOI_PRELOAD (runtimes of a sanitized build, may be empty).
"""

import atexit
import json
import os
import pathlib
import shutil
import struct
import subprocess
import tempfile

SOURCE = pathlib.Path(os.environ["GDOI_SOURCE_DIR"])
NOBODY = 65534
LOAD_FAILURES = ("Couldn't load plugin", "The plugin '")
SANITIZER_FINDINGS = ("AddressSanitizer", "LeakSanitizer", "runtime error:", "UndefinedBehavior")
TIMEOUT = 300

folder = pathlib.Path(tempfile.mkdtemp(prefix="gdoi-plugin-test."))
atexit.register(shutil.rmtree, folder, ignore_errors=True)


def _hand_over(path):
    """Lets the ordinary user read (and in folders write) what root has made."""
    if os.getuid() == 0:
        os.chown(path, NOBODY, NOBODY)
    path.chmod(0o755 if path.is_dir() else 0o644)


_hand_over(folder)


def keep(name, content):
    """A file in the test's folder that the ordinary user can read."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    _hand_over(path)
    return path


def capture(name):
    """A readable copy of a capture, "reference-live/rsa-sig.pcap", or of its key log."""
    path = folder / name.replace("/", "-")
    if not path.exists():
        shutil.copyfile(SOURCE / "captures" / name, path)
        _hand_over(path)
    return path


def manifest():
    return json.loads((SOURCE / "captures/manifest.json").read_text())["captures"]


def _plugins():
    path = folder / "plugins"
    if not path.exists():
        shutil.copytree(os.environ["GDOI_PLUGIN_DIR"], path)
        for part in [path, *path.rglob("*")]:
            _hand_over(part)
        home = folder / "home"
        home.mkdir()
        _hand_over(home)
    return path


def _environment(program, leaks):
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder / "home"),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "WIRESHARK_PLUGIN_DIR": str(_plugins()),
        # Without this "-G plugins" starts the extcap programs, and hangs where they are given
        # the sanitizers' runtimes.
        "WIRESHARK_EXTCAP_DIR": str(folder / "home"),
        "WIRESHARK_ABORT_ON_DISSECTOR_BUG": "1",
        "WIRESHARK_DEBUG_WMEM_OVERRIDE": "strict",
    }
    preload = os.environ.get("GDOI_PRELOAD", "")
    if preload and program == "tshark":  # the only one that loads dissectors
        environment["LD_PRELOAD"] = preload
        environment["ASAN_OPTIONS"] = f"detect_leaks={int(leaks)}"
        environment["UBSAN_OPTIONS"] = "halt_on_error=1:print_stacktrace=1"
    return environment


class Run:
    """What a program printed; `lines` is its standard output."""

    def __init__(self, done):
        self.code = done.returncode
        self.out = done.stdout.decode(errors="replace")
        self.err = done.stderr.decode(errors="replace")
        self.lines = self.out.splitlines()


def run(program, *arguments, code=0, leaks=True):
    """Runs a program of Wireshark's. `code` None: any exit status; `leaks`: look for memory leaks."""
    user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    command = (user if os.getuid() == 0 else []) + [program, *map(str, arguments)]
    done = Run(subprocess.run(command, capture_output=True, env=_environment(program, leaks), cwd=folder,
                              timeout=TIMEOUT, check=False))
    for sign in LOAD_FAILURES + SANITIZER_FINDINGS:
        assert sign not in done.err, f"{' '.join(command)}\n{done.err[-4000:]}"
    assert code is None or done.code == code, f"{' '.join(command)}: {done.code}\n{done.err[-4000:]}"
    return done


def tshark(*arguments, **options):
    return run("tshark", *arguments, **options)


def require_plugin():
    """Fails unless tshark has loaded gdoi.so: it goes on without, and exits with 0."""
    loaded = [line for line in tshark("-G", "plugins").lines if line.startswith("gdoi.so")]
    assert len(loaded) == 1 and str(folder) in loaded[0], f"gdoi.so is not loaded: {loaded}"


def keys_of(name):
    """The option that gives the key log of a capture."""
    return ["-o", f"gdoi.key_log_file:{capture(str(pathlib.PurePath(name).with_suffix('.keys')))}"]


def fields(path, names, *arguments):
    """Values of fields, a list of lists of texts, one row a frame."""
    options = [part for name in names for part in ("-e", name)]
    out = tshark("-r", path, "-T", "fields", "-E", "separator=|", *options, *arguments)
    return [line.split("|") for line in out.lines]


# Frames made here: Ethernet, IPv4 or IPv6, UDP.

GM, KS = "10.0.0.1", "10.0.0.2"


def frame(payload, source=(GM, 848), destination=(KS, 848), ipv6=False, back=False):
    """A datagram from GM to KS, or `back`; IPv6 has addresses of its own."""
    if back:
        source, destination = destination, source
    udp = struct.pack("!HHHH", source[1], destination[1], 8 + len(payload), 0 if not ipv6 else 1)
    udp += payload
    if ipv6:
        address = bytes.fromhex("20010db8000000000000000000000001")
        other = bytes.fromhex("20010db8000000000000000000000002")
        if back:
            address, other = other, address
        network = struct.pack("!IHBB", 6 << 28, len(udp), 17, 64) + address + other
        return bytes(12) + b"\x86\xdd" + network + udp
    parts = [bytes(map(int, end[0].split("."))) for end in (source, destination)]
    network = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0) + parts[0] + parts[1]
    return bytes(12) + b"\x08\x00" + network + udp


def pcap(frames, cut=None):
    """A capture file of frames, of each only the first `cut` octets."""
    out = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)]
    for number, octets in enumerate(frames):
        kept = octets if cut is None else octets[:cut]
        out.append(struct.pack("<IIII", 1_700_000_000 + number, 0, len(kept), len(octets)) + kept)
    return b"".join(out)


def udp_payloads(path):
    """The UDP payloads of a capture in order, through tshark without our dissector."""
    rows = tshark("-r", path, "--disable-protocol", "gdoi", "-Y", "udp && !icmp",
                  "-T", "fields", "-e", "udp.payload").lines
    return [bytes.fromhex(row.replace(":", "")) for row in rows if row]


# ISAKMP messages made here (RFC 2408 section 3).

def message(exchange, payloads, first, cookie=b"\x11" * 8, responder=b"\x22" * 8, flags=0, mid=0):
    body = b"".join(payloads)
    head = cookie + responder + bytes([first, 0x10, exchange, flags])
    return head + struct.pack("!II", mid, 28 + len(body)) + body


def payload(following, body):
    return bytes([following, 0]) + struct.pack("!H", 4 + len(body)) + body
