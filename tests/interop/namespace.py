"""A network of its own for one test: user, network, mount and process namespace, so that an ordinary
user may bind ports below 1024, nothing reaches the machine's network, and whatever was started ends
with the test. /run is empty. The test stands at OURS; what is started by AT_PEER stands at the other
end of a cable, PEER, and may bind the same ports. Both have an IPv6 address too where the machine can.
"""

import contextlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys

SKIPPED = 77  # SKIP_RETURN_CODE of CMakeLists.txt
UNSHARE = ["unshare", "--user", "--map-root-user", "--net", "--mount", "--pid", "--fork", "--kill-child"]
OURS, PEER = "10.0.0.2", "10.0.0.1"
OURS_IPV6, PEER_IPV6 = "fd00::2", "fd00::1"
AT_PEER = ["nsenter", "--net=/run/netns/peer"]
INSIDE = f"""
set -e
mount -t tmpfs none /run
# LeakSanitizer looks at its threads in /proc; containers may forbid to mount it.
mount -t proc none /proc 2>/dev/null || export ASAN_OPTIONS=detect_leaks=0
ip link set lo up
ip netns add peer
ip link add ours type veth peer name theirs netns peer
ip address add {OURS}/24 dev ours
ip -6 address add {OURS_IPV6}/64 dev ours nodad 2>/dev/null || true
ip link set ours up
{' '.join(AT_PEER)} ip link set lo up
{' '.join(AT_PEER)} ip address add {PEER}/24 dev theirs
{' '.join(AT_PEER)} ip -6 address add {PEER_IPV6}/64 dev theirs nodad 2>/dev/null || true
{' '.join(AT_PEER)} ip link set theirs up
exec "$@"
"""


def missing(programs):
    """Why no such test can run here; empty where it can."""
    for program in programs:
        if shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin") is None:
            return f"{program} is not installed (tests/packages.txt)"
    tried = subprocess.run([*UNSHARE, "sh", "-c", INSIDE, "sh", "true"], capture_output=True, text=True,
                           check=False, stdin=subprocess.DEVNULL)
    return "" if tried.returncode == 0 else f"this machine forbids namespaces: {tried.stderr.strip()}"


def skip_if_missing(*programs):
    reason = missing(programs)
    if reason:
        print(f"skipped: {reason}")
        sys.exit(SKIPPED)


def has_ipv6():
    """Whether IPv6 is there; for use inside."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as tried:
        tried.bind((OURS_IPV6, 0))
        return True
    return False


def run(script, job, timeout=1000):
    """Runs `script` inside with a job (JSON, as its only argument's content); what it prints as its
    last line is its result (JSON)."""
    folder = pathlib.Path(job["folder"])
    description = folder / "job.json"
    description.write_text(json.dumps(job))
    environment = dict(os.environ, PYTHONDONTWRITEBYTECODE="1",
                       PATH="/usr/sbin:/usr/bin:/sbin:/bin:" + os.environ.get("PATH", ""))
    done = subprocess.run([*UNSHARE, "sh", "-c", INSIDE, "sh", sys.executable, "-B", str(script), str(description)],
                          capture_output=True, text=True, timeout=timeout, check=False,
                          stdin=subprocess.DEVNULL, env=environment)
    if done.returncode != 0:
        raise RuntimeError(f"{script}: {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-6000:]}")
    return json.loads(done.stdout.splitlines()[-1])
