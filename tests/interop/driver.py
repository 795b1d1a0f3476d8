"""Runs inside the namespace: charon at the far end of the cable, gdoi-replay at the near one. Takes a
job and prints what came of each of its cases.
"""

import json
import pathlib
import re
import signal
import subprocess
import sys
import time

import cases
import certificates
import namespace
from charon import Charon

CHARON, OURS = namespace.PEER, namespace.OURS
END_TIME = 10

CONNECTION = """
  {name} {{
    version = 1
    aggressive = {aggressive}
    local_addrs = {local}
    {peer}
    proposals = {proposals}
    fragmentation = no
    dpd_delay = 0
    encap = {encap}
    local {{
      {own}
    }}
    remote {{
      {other}
    }}
  }}
"""

PEER = """
    remote_addrs = {ours}
    remote_port = {port}
    local_port = {own_port}
"""

CONFIGURATION = """
connections {{{connection}}}
secrets {{
  ike-any {{
    secret = "{psk}"
  }}
}}
"""


def connection(name, each, initiates):
    """charon's side of a case (swanctl.conf(5)); `encap` makes it say that there is a NAT."""
    nat = each.get("nat")
    if each["auth"] == "psk":
        # An identity for each: charon takes up an SA that it has with the same peer.
        own = ["auth = psk", f"id = gm-{name}@sample.example" if initiates else f"id = {CHARON}"]
        other = ["auth = psk", "id = %any"]
    else:
        own = ["auth = pubkey", f"certs = {cases.certificate_of(each, 'theirs')}.pem", f"id = {CHARON}"]
        other = ["auth = pubkey", "cacerts = ca.pem", f"id = {OURS}"]
    return CONNECTION.format(
        name=name, aggressive="yes" if each["mode"] == "aggressive" else "no", local=CHARON,
        peer=PEER.format(ours=OURS, port=4500 if nat == "from-4500" else 848,
                         own_port=4500 if nat == "from-4500" else 500) if initiates else "",
        encap="yes" if nat == "floats" else "no",
        proposals=each.get("offer", each["suite"]), own="\n      ".join(own), other="\n      ".join(other))


POLICY = """
{identity}
proposals: [{proposals}]
{modes}
groups:
  - name: sample
    number: 1
    teks: [{{esp: aes128-cbc, authentication: hmac-sha2-256, lifetime: 3600}}]
"""


class KeyServer:
    """The tool's, until the `with` ends; then `code`, `out` and `err` say how it was."""

    def __init__(self, tool, *words):
        self._command = [tool, "keyserver", "--listen", f"{OURS}:848", "--listen", f"{OURS}:4500", *map(str, words)]
        self.code, self.out, self.err = None, "", ""

    def __enter__(self):
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                         stdin=subprocess.DEVNULL)
        while "Ctrl-C" not in self.out:
            line = self._process.stdout.readline()
            if not line:
                raise RuntimeError(f"the KS ended: {self.out}{self._process.stderr.read()}")
            self.out += line
        return self

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGINT)
        out, self.err = self._process.communicate(timeout=END_TIME)
        self.out += out
        self.code = self._process.returncode


class Driver:
    def __init__(self, job):
        self.tool = job["tool"]
        self.captures = job["captures"]
        self.folder = pathlib.Path(job["folder"])

    def tool_run(self, *words):
        return subprocess.run([self.tool, *map(str, words)], capture_output=True, text=True, timeout=120,
                              check=False, stdin=subprocess.DEVNULL)

    def equip(self, charon, connection_text, each):
        if each["auth"] != "psk":
            charon.give(self.folder, cases.certificate_of(each, "theirs"), "ca")
        charon.load(CONFIGURATION.format(connection=connection_text, psk=each.get("psk", cases.PSK)))

    def initiate(self, charon, each):
        """Our initiator to charon."""
        name = "to-charon-" + cases.name_of(each)
        self.equip(charon, connection("answers", each, False), each)
        seen = len(charon.log())
        record, log = self.folder / f"{name}.pcapng", self.folder / f"{name}.keys"
        capture, number = self.captures[each["mode"]]
        identity = ["--psk", cases.PSK]
        if each["auth"] != "psk":
            own = cases.certificate_of(each, "ours")
            identity = ["--set", f"id={OURS}", "--cert", self.folder / f"{own}.pem",
                        "--private-key", self.folder / f"{own}.key", "--ca", self.folder / "ca.pem"]
        to, start = (4500, 4500) if each.get("nat") == "from-4500" else (500, 848)
        done = self.tool_run("run", capture, "--registration", number, "--ks", f"{CHARON}:{to}",
                             "--source", f"{OURS}:{start}", *identity,
                             "--set", f"cipher={cases.our_name(each)}", "--expect", "refused",
                             "--timeout", "0.3", "--retries", "3", "--record", record, "--key-log", log,
                             "--json", "-")
        text = charon.log()[seen:]
        return {"name": name, "case": each, "code": done.returncode, "out": done.stdout, "err": done.stderr,
                "established": " established between " in text, "peer_log": text,
                "record": str(record), "key_log": str(log)}

    def serve(self, charon, several, prefix, patience=5):
        """charon as initiator to our KS, one case after the other against one KS: all of one way to
        authenticate. `patience`: seconds for each."""
        auth = several[0]["auth"]
        names = sorted({cases.our_name(each) for each in several})
        own = cases.certificate_of(several[0], "ours")
        identity = f"psks: [{{peer: any, psk: {cases.PSK}}}]" if auth == "psk" else \
            f"certificate: {own}.pem\nprivate-key: {own}.key\nca: ca.pem"
        written = self.folder / f"{prefix}.yaml"
        modes = "aggressive-mode: yes" if any(each["mode"] == "aggressive" for each in several) else ""
        written.write_text(POLICY.format(identity=identity, proposals=", ".join(names), modes=modes))
        record, log = self.folder / f"{prefix}.pcapng", self.folder / f"{prefix}.keys"
        found = []
        with KeyServer(self.tool, "--policy", written, "--record", record, "--key-log", log) as ks:
            for each in several:
                name = re.sub(r"\W", "-", cases.name_of(each))
                self.equip(charon, connection(name, each, True), each)
                seen = len(charon.log())
                success, text = charon.initiate(name, patience)
                charon.terminate(name)
                found.append({"name": f"{prefix}-{name}", "case": each, "established": success,
                              "out": text, "peer_log": charon.log()[seen:]})
        return {"code": ks.code, "out": ks.out, "err": ks.err, "record": str(record), "key_log": str(log),
                "cases": found}

    def scan(self, several):
        """ike-scan to our KS without a policy."""
        found = []
        with KeyServer(self.tool) as ks:
            for transform in several:
                done = subprocess.run([*namespace.AT_PEER, "ike-scan", "--dport=848", "--sport=500", "--retry=2", "--nodns",
                                       f"--trans={transform}", OURS], capture_output=True, text=True, timeout=60,
                                      check=False, stdin=subprocess.DEVNULL)
                found.append(done.stdout + done.stderr)
        return {"code": ks.code, "out": ks.out, "scans": found}


def main():
    job = json.loads(pathlib.Path(sys.argv[1]).read_text())
    driver = Driver(job)
    began = time.monotonic()
    certificates.make(driver.folder, OURS, CHARON)
    result = {"scan": driver.scan(job["scan"])}
    # One after the other: ending, charon sends DELETEs for all that it has.
    with Charon(driver.folder / "answering-charon") as charon:
        result["initiate"] = [driver.initiate(charon, each) for each in job["cases"]]
        result["initiate_faults"] = [driver.initiate(charon, each) for each in job["faults"]]
    with Charon(driver.folder / "beginning-charon") as charon:
        result["serve"] = [
            driver.serve(charon, [each for each in job["cases"] if each["auth"] == auth], f"from-charon-{auth}")
            for auth in cases.AUTHENTICATIONS if any(each["auth"] == auth for each in job["cases"])]
        result["serve_faults"] = [driver.serve(charon, [each], f"from-charon-{cases.name_of(each)}", 1)
                                  for each in job["faults"]]
    result["seconds"] = time.monotonic() - began
    print(json.dumps(result))


if __name__ == "__main__":
    main()
