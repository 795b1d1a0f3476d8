"""Runs inside the namespace: charon on 127.0.0.1:500, gdoi-replay on 127.0.0.2. Takes a job and
prints what came of each of its cases.
"""

import json
import pathlib
import re
import signal
import subprocess
import sys
import time

import cases
from charon import Charon

CHARON, OURS = "127.0.0.1", "127.0.0.2"
END_TIME = 10

CONNECTION = """
  {name} {{
    version = 1
    aggressive = {aggressive}
    local_addrs = {local}
    {remote_address}
    {remote_port}
    proposals = {proposals}
    fragmentation = no
    dpd_delay = 0
    local {{
      auth = psk
      {identity}
    }}
    remote {{
      auth = psk
      id = %any
    }}
  }}
"""


def connection(name, each, initiates):
    return CONNECTION.format(
        name=name, aggressive="yes" if each["mode"] == "aggressive" else "no", local=CHARON,
        remote_address=f"remote_addrs = {OURS}" if initiates else "",
        remote_port="remote_port = 848" if initiates else "",
        proposals=each.get("offer", each["suite"]), identity=f"id = gm-{name}@sample.example" if initiates else "")


def configuration(connections, psk):
    return "connections {\n" + "".join(connections) + "}\nsecrets {\n  ike-any {\n    secret = \"%s\"\n  }\n}\n" % psk


class KeyServer:
    """The tool's, until the `with` ends; then `code`, `out` and `err` say how it was."""

    def __init__(self, tool, *words):
        self._command = [tool, "keyserver", "--listen", f"{OURS}:848", *map(str, words)]
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
        self.capture = job["capture"]
        self.folder = pathlib.Path(job["folder"])

    def tool_run(self, *words):
        return subprocess.run([self.tool, *map(str, words)], capture_output=True, text=True, timeout=120,
                              check=False, stdin=subprocess.DEVNULL)

    def initiate(self, charon, each):
        """Our initiator to charon."""
        name = "to-charon-" + cases.name_of(each)
        charon.load(configuration([connection("answers", each, False)], each.get("psk", cases.PSK)))
        seen = len(charon.log())
        record, log = self.folder / f"{name}.pcapng", self.folder / f"{name}.keys"
        done = self.tool_run("run", self.capture, "--ks", f"{CHARON}:500", "--source", f"{OURS}:848",
                             "--psk", cases.PSK, "--set", f"cipher={each['suite']}", "--expect", "refused",
                             "--timeout", "0.3", "--retries", "3", "--record", record, "--key-log", log,
                             "--json", "-")
        text = charon.log()[seen:]
        return {"name": name, "case": each, "code": done.returncode, "out": done.stdout, "err": done.stderr,
                "established": " established between " in text, "peer_log": text,
                "record": str(record), "key_log": str(log)}

    def serve(self, charon, several, policy, prefix, patience):
        """charon as initiator to our KS, one case after the other against one KS; `patience`: seconds
        for each."""
        written = self.folder / "policy.yaml"
        written.write_text(policy)
        record, log = self.folder / f"{prefix}.pcapng", self.folder / f"{prefix}.keys"
        found = []
        with KeyServer(self.tool, "--policy", written, "--record", record, "--key-log", log) as ks:
            for each in several:
                name = re.sub(r"\W", "-", cases.name_of(each))
                charon.load(configuration([connection(name, each, True)], each.get("psk", cases.PSK)))
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
                done = subprocess.run(["ike-scan", "--dport=848", "--sport=500", "--retry=2", "--nodns",
                                       f"--trans={transform}", OURS], capture_output=True, text=True, timeout=60,
                                      check=False, stdin=subprocess.DEVNULL)
                found.append(done.stdout + done.stderr)
        return {"code": ks.code, "out": ks.out, "scans": found}


def main():
    job = json.loads(pathlib.Path(sys.argv[1]).read_text())
    driver = Driver(job)
    began = time.monotonic()
    result = {"scan": driver.scan(job["scan"])}
    with Charon(driver.folder / "charon") as charon:
        result["initiate"] = [driver.initiate(charon, each) for each in job["initiate"]]
        result["faults"] = [driver.initiate(charon, each) for each in job["faults"]]
        result["serve"] = driver.serve(charon, job["serve"], job["policy"], "from-charon", 5)
        result["serve_faults"] = driver.serve(charon, job["faults"], job["policy"], "from-charon-faults", 1)
    result["seconds"] = time.monotonic() - began
    print(json.dumps(result))


if __name__ == "__main__":
    main()
