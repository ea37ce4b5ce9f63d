#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Images and containers of real engines: a private dockerd and Podman's service (enginelib.py). What is said of an
image is held to what is said of the archive that the engine's own client saved of it."""
import atexit
import hashlib
import json
import os
import socket
import ssl
import subprocess
import threading
import time

import enginelib
from enginelib import Forwarder
from imagelib import OS_RELEASE, PLIMSOLL, Result, Skip, entry, has, main, make_tar, same, stanza
from match import database, record

STATUS = "var/lib/dpkg/status"
DOCKERFILE = """FROM local/base:1
ENV SECRET=hunter2
COPY status /var/lib/dpkg/status
RUN ["/bin/touch","/made"]
CMD ["/bin/sleep","1000"]
"""
ALPHA = [("alpha", "1.1")]
engines = {}


def engine(kind):
    """One of each kind for all tests. One that does not run here is not tried again."""
    if kind not in engines:
        try:
            engines[kind] = kind()
            atexit.register(engines[kind].stop)
        except Skip as why:
            engines[kind] = why
    if isinstance(engines[kind], Skip):
        raise engines[kind]
    return engines[kind]


def docker():
    """With the image local/app:2, of three layers."""
    found = engine(enginelib.Docker)
    if not found.client("images", "-q", "local/app:2"):
        base = [entry("usr/lib/os-release", OS_RELEASE), entry(STATUS, stanza("alpha", "1.0")),
                *enginelib.programs("sh", "sleep", "touch", "rm")]
        found.import_tar("local/base:1", base, 'CMD ["/bin/sleep","1000"]')
        found.image_id = found.build("local/app:2", DOCKERFILE, [entry("status", stanza("alpha", "1.1"))])
        found.archive = found.save("local/app:2", found.base + "/app.tar")
    return found


def podman():
    """With the same image, loaded from Docker's archive."""
    found = engine(enginelib.Podman)
    if not hasattr(found, "archive"):
        found.load(docker().archive)
        found.archive = found.save("local/app:2", found.base + "/app.tar")
    return found


def run(at, *arguments, **env):
    process = subprocess.run([PLIMSOLL, *arguments], env=dict(at.scan_env, **env), stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, check=False)
    return Result(process)


def sbom(at, *arguments, **env):
    return run(at, "sbom", *arguments, **env)


def told(result):
    """What has to be the same of an image, however it came."""
    if result.status != 0:
        raise AssertionError(result.err)
    subject = result.json["subject"]
    return (result.json["components"], result.gaps, subject["digest"], subject["platform"], subject["os"],
            [layer["diff_id"] for layer in subject["layers"]])


def agrees(at, spelling, **env):
    saved = sbom(at, "docker-archive:" + at.archive)
    reached = sbom(at, spelling, **env)
    same(told(reached), told(saved), spelling)
    same(reached.packages, ALPHA, spelling)
    return saved, reached


def refused(at, spelling, *words, **env):
    result = sbom(at, spelling, **env)
    same(result.status, 3, result.err)
    has(result.err, *words)


def docker_and_its_archive_agree(_):
    agrees(docker(), "docker:local/app:2")
    agrees(docker(), "docker:local/app:2", DOCKER_HOST=Forwarder(docker().socket).host)


def podman_and_its_archive_agree(_):
    at = podman()
    agrees(at, "podman:local/app:2")
    agrees(at, "podman:localhost/local/app:2")
    agrees(at, "docker:local/app:2")


def findings_agree(where):
    at = docker()
    db = database(where, record("DEBIAN-CVE-2026-1", "Debian:12", "alpha", [{"introduced": "0"}, {"fixed": "2.0"}]))
    saved, reached = (run(at, "scan", "--db", db, "--format", "json", spelling)
                      for spelling in ("docker-archive:" + at.archive, "docker:local/app:2"))
    same([finding["id"] for finding in reached.json["findings"]], ["DEBIAN-CVE-2026-1"], reached.err)
    same((reached.status, reached.json["findings"]), (saved.status, saved.json["findings"]))


def names_ids_and_digests(_):
    at = docker()
    for spelling in ("docker:local/app:2", "docker:" + at.image_id, "docker:" + at.image_id[7:],
                     "docker:" + at.image_id[7:19], "docker:docker.io/local/app:2", "local/app:2"):
        same(sbom(at, spelling).packages, ALPHA, spelling)
    same(sbom(at, "docker:" + at.image_id[7:19]).json["subject"]["name"], "docker.io/local/app:2")
    digest = podman().json("/images/local/app:2/json")["RepoDigests"][0]
    same(sbom(podman(), "podman:" + digest).packages, ALPHA, digest)


def made_by_the_step_that_made_it(_):
    """By the config, which the archive has; what the engine's history leaves open is not made up."""
    at = docker()
    saved, reached = agrees(at, "docker:local/app:2")
    for left, right in zip(reached.json["subject"]["layers"], saved.json["subject"]["layers"]):
        if left.get("created_by"):
            same(left["created_by"], right["created_by"])


def the_same_again_from_the_cache(where):
    """The archive is fetched once; then nothing but questions, and the same report."""
    at = docker()
    cached = {"PLIMSOLL_CACHE": where + "/cache"}
    first = sbom(at, "docker:local/app:2", DOCKER_HOST=Forwarder(at.socket).host, **cached)
    second = sbom(at, "docker:local/app:2", **cached)
    same(second.out, first.out)
    watched = Forwarder(at.socket)
    same(sbom(at, "docker:local/app:2", DOCKER_HOST=watched.host, **cached).out, first.out)
    same((b"/json" in watched.asked, b"/get " in watched.asked), (True, False))


def unknown_images(_):
    at = docker()
    refused(at, "docker:local/app:3", "no image local/app:3", "local/app:2", "registry:local/app:3")
    refused(at, "docker:local/ap:2", "local/app:2")
    refused(at, "docker:" + "0" * 64, "no image")
    refused(podman(), "podman:local/app:3", "no image local/app:3", "local/app:2")
    for name in ("../containers/json", "a b", "a//b", "x" * 5000):
        result = sbom(at, "docker:" + name)
        same(result.status in (2, 3), True, result.err)


def other_platforms(_):
    refused_by = sbom(docker(), "--platform", "linux/arm64", "docker:local/app:2")
    same(refused_by.status, 3)
    has(refused_by.err, "linux/amd64", "linux/arm64")
    same(sbom(docker(), "--platform", "linux/amd64", "docker:local/app:2").packages, ALPHA)


def nobody_answers(where):
    class Nowhere:
        scan_env = dict(os.environ, HOME=where, XDG_RUNTIME_DIR=where, DOCKER_HOST=f"unix://{where}/d.sock",
                        CONTAINER_HOST=f"unix://{where}/c.sock", PLIMSOLL_CACHE=where + "/cache")
    refused(Nowhere, "docker:nginx", f"unix://{where}/d.sock: is not there", "DOCKER_HOST")
    refused(Nowhere, "podman:nginx", f"unix://{where}/c.sock: is not there", "CONTAINER_HOST")
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(where + "/d.sock")
    refused(Nowhere, "docker:nginx", "nobody listens")
    result = sbom(Nowhere, "docker:nginx", DOCKER_HOST="ssh://me:hunter2@example.com")
    same((result.status, "hunter2" in result.err), (2, False), result.err)


def sockets_that_may_not_be_opened(where):
    if os.geteuid() != 0:
        raise Skip("only root can be somebody else")
    os.chmod(where, 0o755)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(where + "/root.sock")
        os.chmod(where + "/root.sock", 0o600)
        listener.listen(8)
        try:
            result = subprocess.run([PLIMSOLL, "sbom", "docker:nginx"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                    stderr=subprocess.PIPE, timeout=60, user=65534, group=65534, extra_groups=[],
                                    check=False, env={"HOME": where, "DOCKER_HOST": f"unix://{where}/root.sock"})
        except PermissionError as why:
            raise Skip("the program itself may not be run by somebody else") from why
    same(result.returncode, 3, result.stderr)
    has(result.stderr.decode(), "root.sock: this user may not open it")


def contexts_of_the_docker_client(where):
    at = docker()
    name = hashlib.sha256(b"near").hexdigest()
    os.makedirs(f"{where}/contexts/meta/{name}")
    with open(f"{where}/contexts/meta/{name}/meta.json", "w", encoding="utf-8") as out:
        json.dump({"Name": "near", "Metadata": {}, "Endpoints": {"docker": {"Host": at.host}}}, out)
    same(sbom(at, "docker:local/app:2", DOCKER_HOST="", DOCKER_CONFIG=where, DOCKER_CONTEXT="near").packages, ALPHA)
    with open(where + "/config.json", "w", encoding="utf-8") as out:
        json.dump({"currentContext": "near"}, out)
    same(sbom(at, "docker:local/app:2", DOCKER_HOST="", DOCKER_CONFIG=where).packages, ALPHA)
    refused(at, "docker:local/app:2", "nowhere", DOCKER_HOST="", DOCKER_CONFIG=where, DOCKER_CONTEXT="nowhere")


def openssl(where, *arguments):
    subprocess.run(["openssl", *arguments], cwd=where, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)


def make_certificates(where):
    """An authority with one certificate for the server and one for the client."""
    openssl(where, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=authority", "-keyout", "ca.key", "-out", "ca.pem")
    for name, extension in (("server", "subjectAltName=IP:127.0.0.1"), ("client", "extendedKeyUsage=clientAuth")):
        with open(f"{where}/{name}.ext", "w", encoding="utf-8") as out:
            out.write(extension + "\n")
        openssl(where, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=" + name,
                "-keyout", name + ".key", "-out", name + ".csr")
        openssl(where, "x509", "-req", "-in", name + ".csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                "-days", "2", "-extfile", name + ".ext", "-out", name + ".pem")


def tcp_with_and_without_certificates(where):
    at = docker()
    plain = Forwarder(at.socket)
    same(sbom(at, "docker:local/app:2", DOCKER_HOST=f"tcp://127.0.0.1:{plain.port}").packages, ALPHA)
    make_certificates(where)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(where + "/server.pem", where + "/server.key")
    context.load_verify_locations(where + "/ca.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    secure = Forwarder(at.socket, context)
    host = f"tcp://127.0.0.1:{secure.port}"
    os.makedirs(where + "/certs")
    for source, target in (("ca.pem", "ca.pem"), ("client.pem", "cert.pem"), ("client.key", "key.pem")):
        os.rename(f"{where}/{source}", f"{where}/certs/{target}")
    good = sbom(at, "docker:local/app:2", DOCKER_HOST=host, DOCKER_TLS_VERIFY="1", DOCKER_CERT_PATH=where + "/certs")
    same(good.packages if good.json else good.err, ALPHA)
    for path in (where, where + "/none"):  # without the authority, and without the client's certificate
        refused(at, "docker:local/app:2", "no Docker engine answers", DOCKER_HOST=host, DOCKER_TLS_VERIFY="1",
                DOCKER_CERT_PATH=path)


def over_ssh(where):
    at = docker()
    sshd = enginelib.need("sshd")
    ssh = enginelib.need("ssh")
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{where}/{name}"], check=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    os.makedirs("/run/sshd", exist_ok=True)
    with open(where + "/sshd.conf", "w", encoding="utf-8") as out:
        out.write(f"Port {port}\nListenAddress 127.0.0.1\nHostKey {where}/host\nPidFile none\nStrictModes no\n"
                  f"AuthorizedKeysFile {where}/user.pub\nUsePAM no\n")
    # ssh itself does not look at HOME, so the real one is given its configuration by name.
    os.makedirs(where + "/bin")
    with open(where + "/bin/ssh", "w", encoding="utf-8") as out:
        out.write(f'#!/bin/sh\nexec {ssh} -F {where}/config "$@"\n')
    os.chmod(where + "/bin/ssh", 0o755)
    with open(where + "/host.pub", encoding="utf-8") as key, open(where + "/known", "w", encoding="utf-8") as out:
        out.write(f"[127.0.0.1]:{port} " + " ".join(key.read().split()[:2]) + "\n")
    with open(where + "/config", "w", encoding="utf-8") as out:
        out.write(f"IdentityFile {where}/user\nIdentitiesOnly yes\nUserKnownHostsFile {where}/known\n")
    path = f"{where}/bin:" + os.environ["PATH"]
    server = subprocess.Popen([os.path.realpath(sshd), "-D", "-e", "-f", where + "/sshd.conf"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        host = f"ssh://root@127.0.0.1:{port}{at.socket}"
        for _ in range(50):
            with socket.socket() as probe:
                if server.poll() is not None or probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        if server.poll() is not None:
            raise Skip("sshd does not run here")
        result = sbom(at, "docker:local/app:2", DOCKER_HOST=host, PATH=path)
        same(result.packages if result.json else result.err, ALPHA)
        os.remove(where + "/known")
        refused(at, "docker:local/app:2", "ssh: Host key verification failed", DOCKER_HOST=host, PATH=path)
    finally:
        server.terminate()
        server.wait()


def a_container_as_it_is_now(_):
    """Its package database has a package more than its image's, whether it runs or not."""
    at = docker()
    more = "\n" + stanza("beta", "2.0").decode()
    name = at.run("local/app:2", "/bin/sh", "-c", f"echo '{more}' >> /{STATUS}; /bin/sleep 1000", options=("--name", "live"))
    time.sleep(0.5)
    both = [("alpha", "1.1"), ("beta", "2.0")]
    for spelling in ("container:live", "container:" + name[:12]):
        result = sbom(at, spelling)
        same(result.packages, both, spelling)
        same(b"hunter2" in result.out, False, "the value of a variable")
    far = Forwarder(at.socket)
    same(sbom(at, "container:live", DOCKER_HOST=f"tcp://127.0.0.1:{far.port}").packages, both, "from afar")
    at.client("kill", "live")
    same(sbom(at, "container:live").packages, both, "stopped")
    refused(at, "container:lve", "no container lve", "live")


class Liar:
    """Answers like an engine, but not the truth."""

    def __init__(self, where, answers):
        self.answers = answers
        self.path = where + "/liar.sock"
        if os.path.exists(self.path):
            os.remove(self.path)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen(8)
        threading.Thread(target=self.accept, daemon=True).start()
        self.scan_env = dict(os.environ, HOME=where, XDG_RUNTIME_DIR=where, DOCKER_HOST="unix://" + self.path,
                             CONTAINER_HOST=f"unix://{where}/none", PLIMSOLL_CACHE=where + "/cache")

    def accept(self):
        while True:
            peer, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(peer,), daemon=True).start()

    def serve(self, peer):
        with peer:
            request = b""
            while b"\r\n\r\n" not in request:
                piece = peer.recv(4096)
                if not piece:
                    return
                request += piece
            path = request.split()[1].decode()
            body = next((body for end, body in self.answers.items() if path.split("?")[0].endswith(end)), None)
            status = "404 Not Found" if body is None else "200 OK"
            body = b'{"message":"no \x1b[31m\\u001b[31mimage"}' if body is None else body
            try:
                peer.sendall(f"HTTP/1.1 {status}\r\nApi-Version: 1.41\r\nConnection: close\r\n"
                             f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
            except OSError:
                pass


def engines_that_lie(where):
    digest = "sha256:" + hashlib.sha256(b"nothing").hexdigest()
    image = json.dumps({"Id": digest, "Os": "linux", "Architecture": "amd64", "RootFS": {"Layers": [digest]}}).encode()
    archive = make_tar([entry("0/layer.tar", make_tar([entry(STATUS, stanza("evil", "1"))])), entry("c.json", json.dumps(
        {"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": [digest]}}).encode()),
        entry("manifest.json", json.dumps([{"Config": "c.json", "RepoTags": None, "Layers": ["0/layer.tar"]}]).encode())])
    for number, (answers, what) in enumerate((
            ({}, "an engine that knows nothing"),
            ({"/_ping": b"OK"}, "an engine without images"),
            ({"/_ping": b"OK", "/json": b""}, "an empty answer"),
            ({"/_ping": b"OK", "/json": b"[" * 100000}, "deep nesting"),
            ({"/_ping": b"OK", "/json": image[:-5]}, "a cut answer"),
            ({"/_ping": b"OK", "/json": b" " * (17 << 20)}, "an answer that is too long"),
            ({"/_ping": b"OK", "/json": image.replace(b"sha256:", b"sha999:")}, "an unknown digest"),
            ({"/_ping": b"OK", "/json": image, "/get": b""}, "an empty archive"),
            ({"/_ping": b"OK", "/json": image, "/get": os.urandom(100000)}, "noise for an archive"),
            ({"/_ping": b"OK", "/json": image, "/get": archive[:2000]}, "a cut archive"),
            ({"/_ping": b"OK", "/json": image, "/get": archive}, "a layer that is not what it is called"))):
        os.makedirs(f"{where}/{number}")
        result = sbom(Liar(f"{where}/{number}", answers), "docker:nginx")
        honest = result.status == 3 or (result.json and not result.packages and result.gaps)
        same((bool(honest), "\x1b" in result.err, "evil" in str(result.json)), (True, False, False),
             f"{what}: {result.status} {result.err}")


def engines_that_never_answer(where):
    """Connected to, and then nothing: said after seconds, not after the minutes that an archive may take."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(where + "/mute.sock")
        listener.listen(8)

        class Mute:
            scan_env = dict(os.environ, HOME=where, DOCKER_HOST=f"unix://{where}/mute.sock", PLIMSOLL_CACHE=where + "/cache")
        begun = time.monotonic()
        refused(Mute, "docker:nginx", "mute.sock")
        same(time.monotonic() - begun < 30, True, "seconds")


if __name__ == "__main__":
    main([docker_and_its_archive_agree, podman_and_its_archive_agree, findings_agree, names_ids_and_digests,
          made_by_the_step_that_made_it, the_same_again_from_the_cache, unknown_images, other_platforms, nobody_answers,
          sockets_that_may_not_be_opened, contexts_of_the_docker_client, tcp_with_and_without_certificates, over_ssh,
          a_container_as_it_is_now, engines_that_lie, engines_that_never_answer])
