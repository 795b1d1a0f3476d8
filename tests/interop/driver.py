"""Runs inside the namespace: charon at the far end of the cable, gdoi-replay at the near one. Takes a
job and prints what came of each of its cases.
"""

import json
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time

import cases
import certificates
import namespace
from charon import Charon

# What a slow machine may take, each in seconds: charon to begin a phase 1 and see it through, our KS
# to end, or to say what there is to say.
PATIENCE, END_TIME, SAY_TIME = 60, 60, 60
# How long charon tries what cannot come about.
IN_VAIN = 2

CONNECTION = """
  {name} {{
    version = 1
    aggressive = {aggressive}
    local_addrs = {local}
    {peer}
    proposals = {proposals}
    fragmentation = {fragmentation}
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


def ends(each):
    """Addresses, ours and charon's."""
    return (namespace.OURS_IPV6, namespace.PEER_IPV6) if each.get("ipv6") else (namespace.OURS, namespace.PEER)


def at(address, port):
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def connection(name, each, initiates):
    """charon's side of a case (swanctl.conf(5)); `encap` makes it say that there is a NAT."""
    nat = each.get("nat")
    ours, theirs = ends(each)
    if each["auth"] == "psk":
        # An identity for each: charon takes up an SA that it has with the same peer.
        own = ["auth = psk", f"id = gm-{name}@sample.example" if initiates else f"id = {theirs}"]
        other = ["auth = psk", "id = %any"]
    else:
        own = ["auth = pubkey", f"certs = {cases.certificate_of(each, 'theirs')}.pem", f"id = {theirs}"]
        other = ["auth = pubkey", "cacerts = ca.pem", f"id = {ours}"]
    return CONNECTION.format(
        name=name, aggressive="yes" if each["mode"] == "aggressive" else "no", local=theirs,
        fragmentation="yes" if each.get("large") else "no",
        peer=PEER.format(ours=ours, port=4500 if nat == "from-4500" else 848,
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
        self._command = [tool, "keyserver", *map(str, words)]
        for address in [namespace.OURS] + [namespace.OURS_IPV6] * namespace.has_ipv6():
            self._command += ["--listen", at(address, 848), "--listen", at(address, 4500)]
        self.code, self.out, self.err = None, "", ""

    def __enter__(self):
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                         stdin=subprocess.DEVNULL)
        self._readers = [threading.Thread(target=self._read, args=(name,)) for name in ("out", "err")]
        for reader in self._readers:
            reader.start()
        self.wait_for("Ctrl-C")
        return self

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGINT)
        self.code = self._process.wait(END_TIME)
        for reader in self._readers:
            reader.join()

    def _read(self, name):
        for line in {"out": self._process.stdout, "err": self._process.stderr}[name]:
            setattr(self, name, getattr(self, name) + line)

    def wait_for(self, words):
        """Until it has said so, has ended or has had time enough."""
        deadline = time.monotonic() + SAY_TIME
        while words not in self.out and self._process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)


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
        ours, theirs = ends(each)
        identity = ["--psk", cases.PSK]
        if each["auth"] != "psk":
            own = cases.certificate_of(each, "ours")
            identity = ["--set", f"id={ours}", "--cert", self.folder / f"{own}.pem",
                        "--private-key", self.folder / f"{own}.key", "--ca", self.folder / "ca.pem"]
        to, start = (4500, 4500) if each.get("nat") == "from-4500" else (500, 848)
        done = self.tool_run("run", capture, "--registration", number, "--ks", at(theirs, to),
                             "--source", at(ours, start), *identity,
                             "--set", f"cipher={cases.our_name(each)}", "--expect", "refused",
                             "--timeout", "0.3" if cases.fault_of(each) else "1", "--retries", "3", "--record", record, "--key-log", log,
                             "--json", "-")
        text = charon.log()[seen:]
        # Else it deletes each SA some seconds after there is another with the same identities, and that
        # DELETE would stand in the record of a later case.
        charon.terminate("answers")
        return {"name": name, "case": each, "code": done.returncode, "out": done.stdout, "err": done.stderr,
                "established": " established between " in text, "peer_log": text,
                "record": str(record), "key_log": str(log)}

    def serve(self, charon, several, prefix, patience=PATIENCE):
        """charon as initiator to our KS, one case after the other against one KS: all of one way to
        authenticate, with one certificate. `patience`: seconds for each."""
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
                if cases.fault_of(each):
                    ks.wait_for(cases.KS_SAYS[cases.fault_of(each)])
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
                done = subprocess.run([*namespace.AT_PEER, "ike-scan", "--dport=848", "--sport=500", "--retry=2",
                                       "--nodns", f"--trans={transform}", namespace.OURS], capture_output=True,
                                      text=True, timeout=60, check=False, stdin=subprocess.DEVNULL)
                found.append(done.stdout + done.stderr)
        return {"code": ks.code, "out": ks.out, "scans": found}


def main():
    job = json.loads(pathlib.Path(sys.argv[1]).read_text())
    driver = Driver(job)
    began = time.monotonic()
    certificates.make(driver.folder, (namespace.OURS, namespace.OURS_IPV6), (namespace.PEER, namespace.PEER_IPV6))
    several = [each for each in job["cases"] if namespace.has_ipv6() or not each.get("ipv6")]
    result = {"scan": driver.scan(job["scan"]), "cases": several}
    # One after the other: ending, charon sends DELETEs for all that it has.
    with Charon(driver.folder / "answering-charon") as charon:
        result["initiate"] = [driver.initiate(charon, each) for each in several]
        result["initiate_faults"] = [driver.initiate(charon, each) for each in job["faults"]]
    with Charon(driver.folder / "beginning-charon") as charon:
        groups = {}
        for each in several:
            groups.setdefault(cases.certificate_of(each, "ours"), []).append(each)
        result["serve"] = [driver.serve(charon, group, f"from-charon-{name}") for name, group in groups.items()]
        result["serve_faults"] = [driver.serve(charon, [each], f"from-charon-{cases.name_of(each)}", IN_VAIN)
                                  for each in job["faults"]]
    result["seconds"] = time.monotonic() - began
    print(json.dumps(result))


if __name__ == "__main__":
    main()
