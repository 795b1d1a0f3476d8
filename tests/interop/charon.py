"""strongSwan's charon, started and stopped by a test: its own folder, a copy of its program (Debian's
AppArmor profile binds the one in /usr to /etc), its own control socket. Runs in the network of
namespace.py only, at its far end unless told otherwise: it takes port 4500 of all addresses, so that
each end holds one of them.
"""

import pathlib
import shutil
import socket
import struct
import subprocess
import time

import namespace

PROGRAM = pathlib.Path("/usr/lib/ipsec/charon")
PLUGINS = ("random nonce aes sha1 sha2 md5 hmac kdf gmp openssl pem pkcs1 pkcs8 pubkey x509 constraints "
           "revocation kernel-netlink socket-default vici")
START_TIME = 20

DAEMON = """
charon {{
  load = {plugins}
  dos_protection = no
  i_dont_care_about_security_and_use_aggressive_mode_psk = yes
  accept_unencrypted_mainmode_messages = yes
  install_routes = no
  install_virtual_ip = no
  retransmit_timeout = 1.0
  retransmit_tries = 3
  {settings}
  plugins {{
    vici {{
      socket = unix://{folder}/vici
    }}
  }}
  filelog {{
    all {{
      path = {folder}/log
      default = {level}
      cfg = {more}
      ike = {more}
      flush_line = yes
    }}
  }}
}}
swanctl {{
  load = random pem pkcs1 pkcs8 pubkey x509 openssl
}}
"""


COMMAND, RESPONSE, KEY_VALUE = 0, 1, 3  # of vici: src/libcharon/plugins/vici/README.md of strongSwan


class Charon:
    """`with Charon(folder) as charon:`; what it said stands in `charon.log()`. `at`: words before its
    command that say where it runs; `settings`: lines for the section charon of strongswan.conf(5)."""

    def __init__(self, folder, at=namespace.AT_PEER, settings="threads = 8", plugins=PLUGINS, quiet=False):
        self.folder = pathlib.Path(folder)
        self._at = at
        self.folder.mkdir(parents=True)
        for name in ("x509", "x509ca", "private"):
            (self.folder / name).mkdir()
        shutil.copy(PROGRAM, self.folder / "charon")
        self._config = self.folder / "strongswan.conf"
        self._config.write_text(DAEMON.format(plugins=plugins, settings=settings, folder=self.folder,
                                              level=-1 if quiet else 1, more=-1 if quiet else 2))
        self._environment = {"STRONGSWAN_CONF": str(self._config), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
                             "SWANCTL_DIR": str(self.folder), "LC_ALL": "C.UTF-8"}
        self._process = None

    def __enter__(self):
        # One pid file for all of them, under the /run of this mount namespace.
        pathlib.Path("/run/charon.pid").unlink(missing_ok=True)
        self._process = subprocess.Popen([*self._at, self.folder / "charon"], env=self._environment, cwd=self.folder,
                                         stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                         stderr=(self.folder / "stderr").open("wb"))
        deadline = time.monotonic() + START_TIME
        while not (self.folder / "vici").exists() or self.swanctl("--stats", code=None).returncode != 0:
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.__exit__()
                raise RuntimeError(f"charon does not start: {self.log()}{(self.folder / 'stderr').read_text()}")
            time.sleep(0.02)
        return self

    def __exit__(self, *_):
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def cpu_seconds(self):
        """Processor time that it has used. Its clock by its number, as clock_getcpuclockid(3) makes it:
        where /proc is not of this process namespace, it has others by the same number."""
        return time.clock_gettime(~self._process.pid << 3 | 2)

    def log(self):
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def swanctl(self, *arguments, code=0):
        """Its control program; `code` None: any exit status."""
        done = subprocess.run(["swanctl", *arguments, "--uri", f"unix://{self.folder}/vici"],
                              env=self._environment, capture_output=True, text=True, timeout=60, check=False,
                              stdin=subprocess.DEVNULL)
        if code is not None and done.returncode != code:
            raise RuntimeError(f"swanctl {arguments}: {done.returncode}: {done.stdout}{done.stderr}")
        return done

    def give(self, folder, name, authority):
        """With the next load() it has this key alone, NAME.pem and NAME.key of a folder, and its authority:
        of several keys for one identity it takes any."""
        for kind in ("x509", "x509ca", "private"):
            for old in (self.folder / kind).iterdir():
                old.unlink()
        shutil.copy(folder / f"{name}.pem", self.folder / "x509")
        shutil.copy(folder / f"{name}.key", self.folder / "private")
        shutil.copy(folder / f"{authority}.pem", self.folder / "x509ca")

    def load(self, text):
        """Replaces connections and secrets (swanctl.conf(5))."""
        path = self.folder / "swanctl.conf"
        path.write_text(text)
        self.swanctl("--load-all", "--noprompt", "--clear", "--file", str(path))

    def initiate(self, connection, timeout=5):
        """Phase 1 alone. Whether it came about, and what charon said."""
        done = self.swanctl("--initiate", "--ike", connection, "--timeout", str(timeout), "--loglevel", "1",
                            code=None)
        return done.returncode == 0, done.stdout + done.stderr

    def command_line(self):
        """An open line to its control socket, for ask()."""
        line = socket.socket(socket.AF_UNIX)
        line.connect(str(self.folder / "vici"))
        return line

    @staticmethod
    def ask(line, command, **values):
        """A command without a program that gives it; the octets of its answer."""
        packet = struct.pack("BB", COMMAND, len(command)) + command.encode()
        for name, value in values.items():
            packet += struct.pack("BB", KEY_VALUE, len(name)) + name.encode()
            packet += struct.pack(">H", len(value)) + value.encode()
        line.sendall(struct.pack(">I", len(packet)) + packet)
        size, = struct.unpack(">I", line.recv(4, socket.MSG_WAITALL))
        answer = line.recv(size, socket.MSG_WAITALL)
        if answer[0] != RESPONSE:
            raise RuntimeError(f"vici {command}: {answer!r}")
        return answer[1:]

    def terminate(self, connection):
        self.swanctl("--terminate", "--ike", connection, "--force", "--timeout", "5", code=None)

    def established(self):
        """Raw text of the phase-1 SAs that it holds."""
        return self.swanctl("--list-sas", "--raw").stdout
