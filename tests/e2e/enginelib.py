# SPDX-License-Identifier: Apache-2.0
"""Private engines for tests: a dockerd and a podman service, each with storage and socket of its own.

Nothing else on the machine is touched: dockerd keeps its data, state, containerd and process id below one temporary
directory and lives in a network namespace of its own (with "bridge": "none" it would remove the docker0 of another
daemon from the namespace they share). Each engine is stopped by its own process id. Where one cannot run, the
constructor raises Skip with the reason.
"""
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

from imagelib import Skip, directory, entry, make_tar

START_SECONDS = 60
STOP_SECONDS = 30


def find(program):
    """The distribution's own before one that comes first in PATH."""
    for folder in ("/usr/bin", "/usr/sbin"):
        if os.access(f"{folder}/{program}", os.X_OK):
            return f"{folder}/{program}"
    return shutil.which(program)


def need(program):
    path = find(program)
    if not path:
        raise Skip(f"no {program} here")
    return path


class Engine:
    """A process that answers on a socket; stop() ends it, as does leaving a with block."""

    def __init__(self, command, base):
        self.base = base
        self.socket = base + "/e.sock"
        self.host = "unix://" + self.socket
        # With CONTAINER_HOST set, podman itself would become a mere client.
        unwanted = ("DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "CONTAINER_HOST")
        self.env = {name: value for name, value in os.environ.items() if name not in unwanted}
        self.env.update(DOCKER_HOST=self.host, DOCKER_CONFIG=base + "/client", HOME=base)
        # What plimsoll is run with: it finds this engine, and no other by the way.
        self.scan_env = dict(self.env, CONTAINER_HOST=self.host, XDG_RUNTIME_DIR=base + "/none",
                             PLIMSOLL_CACHE=base + "/cache")
        self.log = base + "/log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.env)
        self.wait_until_it_answers(command[0])

    def wait_until_it_answers(self, program):
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            try:
                if self.get("/_ping")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        with open(self.log, encoding="utf-8", errors="replace") as log:
            last = (log.read().strip().splitlines() or ["it says nothing"])[-1]
        self.stop()
        raise Skip(f"{os.path.basename(program)} does not run here: {last[-300:]}")

    def request(self, method, path, body=None, content_type="application/json"):
        """Status and body, asked over the socket by no client but this one."""
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(120)
            peer.connect(self.socket)
            data = b"" if body is None else body
            head = f"{method} {path} HTTP/1.0\r\nHost: engine\r\nContent-Type: {content_type}\r\n"
            peer.sendall((head + f"Content-Length: {len(data)}\r\n\r\n").encode() + data)
            answer = b"".join(iter(lambda: peer.recv(1 << 16), b""))
        head, _, body = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), body

    def get(self, path):
        return self.request("GET", path)

    def json(self, path):
        status, body = self.get(path)
        if status != 200:
            raise AssertionError(f"{path}: {status} {body[:200]!r}")
        return json.loads(body)

    def client(self, *arguments, check=True, **options):
        """Runs this engine's own command-line client."""
        done = subprocess.run([self.program, *map(str, arguments)], env=self.env, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=300, check=False, **options)
        if check and done.returncode != 0:
            raise AssertionError(f"{arguments}: {done.stderr.decode(errors='replace').strip()}")
        return done.stdout.decode().strip()

    def save(self, name, where):
        self.client("save", "-o", where, name)
        return where

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.base, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Forwarder:
    """A port of the loopback, or another socket, that leads to an engine's socket and notes what it is asked; through
    TLS when it is given a context."""

    def __init__(self, path, context=None, socket_path=None):
        self.path, self.context, self.asked = path, context, b""
        if socket_path:
            self.host = "unix://" + socket_path
            self.listener = socket.socket(socket.AF_UNIX)
            self.listener.bind(socket_path)
            self.listener.listen(8)
            os.chmod(socket_path, 0o666)
        else:
            self.listener = socket.create_server(("127.0.0.1", 0))
            self.port = self.listener.getsockname()[1]
            self.host = f"tcp://127.0.0.1:{self.port}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
                threading.Thread(target=self.serve, args=(peer,), daemon=True).start()
            except OSError:
                return

    def serve(self, peer):
        try:
            if self.context:
                peer = self.context.wrap_socket(peer, server_side=True)
            with peer, socket.socket(socket.AF_UNIX) as engine_side:
                engine_side.connect(self.path)
                back = threading.Thread(target=self.pump, args=(engine_side, peer), daemon=True)
                back.start()
                self.pump(peer, engine_side, is_asking=True)
                back.join(10)
        except OSError:
            pass

    def pump(self, source, target, is_asking=False):
        try:
            while data := source.recv(1 << 16):
                if is_asking:
                    self.asked += data
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass


class Docker(Engine):
    def __init__(self, *options):
        dockerd = need("dockerd")
        self.program = need("docker")
        if os.geteuid() != 0:
            raise Skip("dockerd has to be started by root")
        unshare = need("unshare")
        if subprocess.run([unshare, "--net", "true"], stderr=subprocess.DEVNULL, check=False).returncode != 0:
            raise Skip("no network namespace can be made for a private dockerd")
        # Short, since the path of a socket has at most 107 bytes.
        base = tempfile.mkdtemp(prefix="pl-d-")
        with open(base + "/daemon.json", "w", encoding="utf-8") as out:
            json.dump({"data-root": base + "/data", "exec-root": base + "/exec", "pidfile": base + "/pid",
                       "hosts": ["unix://" + base + "/e.sock"], "bridge": "none", "iptables": False,
                       "ip6tables": False}, out)
        super().__init__([unshare, "--net", dockerd, "--config-file", base + "/daemon.json", *options], base)
        # Layers are unpacked in a root of their own, which a daemon that is itself in a changed root cannot make.
        try:
            self.import_tar("probe:1", [entry("file", b"x")])
        except AssertionError as why:
            self.stop()
            raise Skip(f"a private dockerd takes no image here: {why}") from why
        self.client("rmi", "probe:1")

    def load(self, archive):
        self.client("load", "-i", archive)

    def import_tar(self, name, entries, *changes):
        """An image of one layer, as `docker import` makes it."""
        options = [part for change in changes for part in ("-c", change)]
        done = subprocess.run([self.program, "import", *options, "-", name], input=make_tar(entries), env=self.env,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if done.returncode != 0:
            raise AssertionError(f"docker import: {done.stderr.decode(errors='replace')}")
        return done.stdout.decode().strip()

    def build(self, name, dockerfile, files=()):
        """An image of several layers, by the classic builder, which needs no network."""
        context = make_tar([entry("Dockerfile", dockerfile.encode()), *files])
        done = subprocess.run([self.program, "build", "-q", "--network", "none", "-t", name, "-"], input=context,
                              env=dict(self.env, DOCKER_BUILDKIT="0"), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              check=False)
        if done.returncode != 0:
            raise AssertionError(f"docker build: {done.stderr.decode(errors='replace')}")
        return done.stdout.decode().strip()

    def create(self, image, *command, options=()):
        return self.client("create", "--network", "none", *options, image, *command)

    def run(self, image, *command, options=()):
        """A container in the background; Skip where the kernel lets none run."""
        container = self.create(image, *command, options=options)
        done = subprocess.run([self.program, "start", container], env=self.env, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False)
        if done.returncode != 0:
            raise Skip(f"no container runs here: {done.stderr.decode(errors='replace').strip()[-300:]}")
        return container

    def stop(self):
        if self.process.poll() is None:
            running = self.client("ps", "-q", check=False).split()
            if running:
                self.client("kill", *running, check=False)
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
        # A daemon mounts its data upon itself, and one that is killed leaves that.
        subprocess.run(["umount", self.base + "/data"], stderr=subprocess.DEVNULL, check=False)
        super().stop()


class Podman(Engine):
    def __init__(self, driver="vfs", before=()):
        self.program = need("podman")
        base = tempfile.mkdtemp(prefix="pl-p-")
        self.storage = ["--root", base + "/root", "--runroot", base + "/run", "--storage-driver", driver,
                        "--cgroup-manager", "cgroupfs", "--events-backend", "none"]
        self.prepare(base)
        super().__init__([*before, self.program, *self.storage, "system", "service", "--time", "0",
                          "unix://" + base + "/e.sock"], base)

    def prepare(self, base):
        pass

    def client(self, *arguments, **options):
        return super().client(*self.storage, *arguments, **options)

    def load(self, archive):
        self.client("load", "-q", "-i", archive)


class PodmanOverlay(Podman):
    """One that keeps layers as Podman usually does."""

    def __init__(self):
        super().__init__("overlay")

    def stop(self):
        self.process.terminate()
        self.process.wait(STOP_SECONDS)
        # Podman mounts the directory of its layers upon itself, and leaves that to the next one.
        subprocess.run(["umount", self.base + "/root/overlay"], stderr=subprocess.DEVNULL, check=False)
        super().stop()


class PodmanRootless(Podman):
    """One that runs as nobody, who in it is root and the only user."""
    own = ("--reuid", "65534", "--regid", "65534", "--clear-groups")

    def __init__(self):
        if os.geteuid() != 0:
            raise Skip("only root can be somebody else")
        super().__init__("overlay", (need("setpriv"), *self.own))

    def prepare(self, base):
        os.chmod(base, 0o755)
        os.chown(base, 65534, 65534)

    def load(self, archive):
        with open(archive, "rb") as file:
            status, body = self.request("POST", "/images/load", file.read(), "application/x-tar")
        if status != 200:
            raise Skip(f"a rootless podman takes no image here: {body[:300]!r}")


def programs(*names):
    """Entries with these programs of this machine and the libraries they need, to be run in a container."""
    files = {}
    for name in names:
        path = os.path.realpath(need(name))
        files["bin/" + name] = path
        listed = subprocess.run(["ldd", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        for line in listed.stdout.decode().splitlines():
            for word in line.split():
                if word.startswith("/"):
                    files[word.lstrip("/")] = os.path.realpath(word)
    folders = {os.path.dirname(name) for name in files}
    entries = []
    for folder in sorted({"/".join(f.split("/")[:i + 1]) for f in folders for i in range(f.count("/") + 1)}):
        entries.append(directory(folder))
    for name, path in sorted(files.items()):
        with open(path, "rb") as file:
            entries.append(entry(name, file.read(), mode=0o755))
    return entries
