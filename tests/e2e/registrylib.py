# SPDX-License-Identifier: Apache-2.0
"""Registries for tests: Debian's docker-registry in each of its ways, a token server, and what fills them.

Everything listens on free ports of the loopback interface, lies in a directory of the test's own, and ends with it.
The second opinion on digests and platforms is skopeo's.
"""
import base64
import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess
import time
import urllib.parse

from httpserver import Server
from imagelib import Skip, sha256

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
SCHEMA_1 = "application/vnd.docker.distribution.manifest.v1+prettyjws"
CONFIG = "application/vnd.oci.image.config.v1+json"
FOREIGN = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"
EMPTY = "application/vnd.oci.empty.v1+json"


def need(*programs):
    for program in programs:
        if not shutil.which(program):
            raise Skip(f"no {program} here")


def command(*arguments, **options):
    """Its standard output; what went wrong is in the exception's text."""
    done = subprocess.run([str(a) for a in arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          stdin=subprocess.DEVNULL, check=False, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{arguments[0]}: {done.stderr.decode(errors='replace')[-600:]}")
    return done.stdout


class Authority:
    """A certificate authority, in files; `certificate(name)` gives what a server or client of it shows."""

    def __init__(self, where, name="test authority"):
        os.makedirs(where, exist_ok=True)
        self.where = where
        self.file = f"{where}/ca.crt"
        self.key = f"{where}/ca.key"
        command("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", self.key, "-out", self.file,
                "-days", "2", "-subj", f"/CN={name}")

    def certificate(self, name, names="DNS:localhost,IP:127.0.0.1,IP:::1", days=2):
        return Certificate(self, name, names, days)

    def context(self):
        return ssl.create_default_context(cafile=self.file)


class Certificate:
    def __init__(self, authority, name, names, days):
        base = f"{authority.where}/{name}"
        self.certificate, self.key = base + ".crt", base + ".key"
        with open(base + ".ext", "w", encoding="ascii") as out:
            out.write(f"subjectAltName={names}\nextendedKeyUsage=serverAuth,clientAuth\n")
        command("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-keyout", self.key, "-out", base + ".csr",
                "-subj", f"/CN={name}")
        command("openssl", "x509", "-req", "-in", base + ".csr", "-CA", authority.file, "-CAkey", authority.key,
                "-CAcreateserial", "-days", days, "-extfile", base + ".ext", "-out", self.certificate)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Daemon:
    """What runs beside a test until its end: `process`, whose words go to `log`."""

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Registry(Daemon):
    """Debian's docker-registry. With `tls` (a Certificate) it speaks HTTPS, with `client_ca` it asks for a client's
    certificate, with `users` ({name: password}) it wants Basic, with `tokens` (a TokenServer) a bearer token."""

    def __init__(self, where, tls=None, client_ca=None, users=None, tokens=None, deletes=False):
        need("docker-registry")
        os.makedirs(where, exist_ok=True)
        self.where = where
        self.tls = tls
        self.scheme = "https" if tls else "http"
        self.users = users
        self.tokens = tokens
        # Another program may take the port between the asking and the taking.
        for attempt in range(5):
            self.port = free_port()
            self.host = f"127.0.0.1:{self.port}"
            config = self._configuration(tls, client_ca, users, tokens, deletes)
            with open(f"{where}/config.yml", "w", encoding="utf-8") as out:
                json.dump(config, out)  # JSON is YAML
            self.log = open(f"{where}/log", "wb")
            self.process = subprocess.Popen(["docker-registry", "serve", f"{where}/config.yml"], stdout=self.log,
                                            stderr=self.log, stdin=subprocess.DEVNULL)
            if self._is_up():
                return
            self.stop()
        raise RuntimeError("docker-registry does not start: " + open(f"{where}/log", encoding="utf-8").read()[-600:])

    def _configuration(self, tls, client_ca, users, tokens, deletes):
        config = {"version": "0.1", "log": {"level": "warn", "accesslog": {"disabled": True}},
                  "storage": {"filesystem": {"rootdirectory": f"{self.where}/data"},
                              "delete": {"enabled": deletes}, "maintenance": {"uploadpurging": {"enabled": False}}},
                  "http": {"addr": self.host, "secret": "for tests"},
                  "validation": {"manifests": {"urls": {"allow": [".*"]}}}}
        if tls:
            config["http"]["tls"] = {"certificate": tls.certificate, "key": tls.key}
            if client_ca:
                config["http"]["tls"]["clientcas"] = [client_ca]
        if users:
            need("htpasswd")
            with open(f"{self.where}/htpasswd", "wb") as out:
                for name, password in users.items():
                    out.write(command("htpasswd", "-Bbn", "-C", "5", name, password))
            config["auth"] = {"htpasswd": {"realm": "tests", "path": f"{self.where}/htpasswd"}}
        if tokens:
            config["auth"] = {"token": {"realm": tokens.realm, "service": tokens.service, "issuer": tokens.issuer,
                                        "rootcertbundle": tokens.certificate}}
        return config

    def _is_up(self):
        for _ in range(200):
            if self.process.poll() is not None:
                return False
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return True
            except OSError:
                time.sleep(0.05)
        return False

    def data_of(self, digest):
        """Where the registry keeps a blob, to be spoilt or taken away."""
        name = digest.split(":")[1]
        return f"{self.where}/data/docker/registry/v2/blobs/sha256/{name[:2]}/{name}/data"

    def client(self, host=None):
        """For raw requests, past all authentication."""
        context = ssl._create_unverified_context() if self.tls else None
        user = next(iter(self.users.items())) if self.users else None
        return Client(host or self.host, context, user, self.tokens)

    def push(self, layout, name, reference="latest", descriptor=None):
        return self.client().push(layout, name, reference, descriptor)


class TokenServer(Server):
    """Gives tokens as Docker's token authentication describes (distribution, spec/auth), signed RS256 with x5c.

    Anonymous may pull; `users` may do all; `counts` says how often a scope was asked for, `seen` by whom and how.
    """

    def __init__(self, where, users=None, expires_in=300, private=(), refresh_tokens=None, field="token", tls=None):
        os.makedirs(where, exist_ok=True)
        self.key, self.certificate = f"{where}/token.key", f"{where}/token.crt"
        command("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", self.key, "-out",
                self.certificate, "-days", "2", "-subj", "/CN=token signer")
        der = command("openssl", "x509", "-in", self.certificate, "-outform", "DER")
        self.chain = [base64.b64encode(der).decode()]
        self.users = users or {}
        self.refresh_tokens = refresh_tokens or {}  # token: user
        self.private = set(private)  # repositories that nobody may pull without a name
        self.expires_in = expires_in
        self.field = field
        self.service, self.issuer = "test registry", "test issuer"
        self.counts = {}
        self.seen = []
        self.serial = 0
        super().__init__(tls)
        self.realm = self.url + "/token"

    def access(self, user, scopes):
        for scope in scopes:
            # A name may hold colons: a port.
            kind, _, rest = scope.partition(":")
            name, _, actions = rest.rpartition(":")
            allowed = set(actions.split(","))
            if user is None:
                allowed &= set() if name in self.private or kind == "registry" else {"pull"}
            yield {"type": kind, "name": name, "actions": sorted(allowed)}

    def issue(self, user, scopes, lifetime=None):
        def part(data):
            return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=")
        now = int(time.time())
        with self.lock:
            self.serial += 1
            serial = self.serial
        claims = {"iss": self.issuer, "sub": user or "", "aud": self.service, "exp": now + (lifetime or self.expires_in),
                  "nbf": now - 10, "iat": now, "jti": str(serial), "access": list(self.access(user, scopes))}
        signed = part({"typ": "JWT", "alg": "RS256", "x5c": self.chain}) + b"." + part(claims)
        made = subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.key], input=signed, stdout=subprocess.PIPE,
                              check=True)
        return (signed + b"." + base64.urlsafe_b64encode(made.stdout).rstrip(b"=")).decode()

    def user_of_basic(self, request):
        """(is it in order, who)"""
        header = request.headers.get("authorization", "")
        if not header:
            return True, None
        try:
            user, _, password = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
        except ValueError:
            return False, None
        return self.users.get(user) == password, user

    def answer(self, request):
        if request.method == "POST":
            form = urllib.parse.parse_qs(request.body.decode())
            scopes = [s for text in form.get("scope", []) for s in text.split()]
            if form.get("grant_type") == ["refresh_token"]:
                user = self.refresh_tokens.get(form.get("refresh_token", [""])[0])
                good = user is not None
            else:
                user = form.get("username", [""])[0]
                good = form.get("grant_type") == ["password"] and self.users.get(user) == form.get("password", [""])[0]
            good = good and "client_id" in form and form.get("service") == [self.service]
        else:
            scopes = [s for text in request.query.get("scope", []) for s in text.split()]
            good, user = self.user_of_basic(request)
            good = good and request.query.get("service") == [self.service]
        with self.lock:
            self.seen.append((request.method, user, tuple(scopes)))
            for scope in scopes:
                self.counts[scope] = self.counts.get(scope, 0) + 1
        if not good:
            request.reply(401, [("Content-Type", "application/json")],
                          b'{"errors":[{"code":"UNAUTHORIZED","message":"who are you?"}]}')
            return
        token = self.issue(user, scopes)
        text = json.dumps({self.field: token, "expires_in": self.expires_in,
                           "issued_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())})
        request.reply(200, [("Content-Type", "application/json")], text.encode())


class Client:
    """Raw requests to a registry, which say what the test wants and nothing else."""

    def __init__(self, host, context=None, user=None, tokens=None):
        self.host, self.context, self.user, self.tokens = host, context, user, tokens

    def authorization(self, name):
        if self.tokens:
            user = next(iter(self.tokens.users), "somebody")
            return "Bearer " + self.tokens.issue(user, [f"repository:{name}:pull,push,delete"], 300)
        if self.user:
            return "Basic " + base64.b64encode(":".join(self.user).encode()).decode()
        return None

    def request(self, method, path, body=None, headers=None, name=""):
        """(status, headers in lower case, body)"""
        headers = dict(headers or {})
        authorization = self.authorization(name)
        if authorization:
            headers["Authorization"] = authorization
        connection = (http.client.HTTPSConnection(self.host, context=self.context, timeout=30) if self.context
                      else http.client.HTTPConnection(self.host, timeout=30))
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response.status, {k.lower(): v for k, v in response.getheaders()}, response.read()
        finally:
            connection.close()

    def wanted(self, statuses, method, path, *rest, **options):
        status, headers, body = self.request(method, path, *rest, **options)
        if status not in statuses:
            raise RuntimeError(f"{method} {path}: {status} {body[:300]!r}")
        return headers, body

    def blob(self, name, data):
        headers, _ = self.wanted((202,), "POST", f"/v2/{name}/blobs/uploads/", name=name)
        where = urllib.parse.urlsplit(headers["location"])
        target = f"{where.path}?{where.query}{'&' if where.query else ''}digest={sha256(data)}"
        self.wanted((201,), "PUT", target, data, {"Content-Type": "application/octet-stream"}, name=name)
        return {"digest": sha256(data), "size": len(data)}

    def manifest(self, name, reference, document, media_type=MANIFEST):
        """`document` is a dict or the bytes themselves."""
        data = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.wanted((201,), "PUT", f"/v2/{name}/manifests/{reference or sha256(data)}", data,
                    {"Content-Type": media_type}, name=name)
        return {"mediaType": media_type, "digest": sha256(data), "size": len(data)}

    def push(self, layout, name, reference, descriptor=None):
        """All that a layout's descriptor (else its index.json's only one) leads to, byte for byte."""
        descriptor = descriptor or json.load(open(os.path.join(layout, "index.json"), "rb"))["manifests"][0]
        data = open(os.path.join(layout, "blobs", *descriptor["digest"].split(":")), "rb").read()
        document = json.loads(data)
        for child in document.get("manifests", ()):
            if os.path.exists(os.path.join(layout, "blobs", *child["digest"].split(":"))):
                self.push(layout, name, child["digest"], child)
        for part in [document[key] for key in ("config",) if key in document] + document.get("layers", []):
            path = os.path.join(layout, "blobs", *part["digest"].split(":"))
            if os.path.exists(path):
                self.blob(name, open(path, "rb").read())
        kind = descriptor.get("mediaType") or document.get("mediaType") or (INDEX if "manifests" in document else MANIFEST)
        return self.manifest(name, reference, data, kind)


def skopeo_copy(source, target, *options):
    need("skopeo")
    return command("skopeo", "--insecure-policy", "copy", "-q", *options, source, target)


def skopeo_push(layout, host, name, tag, *options):
    """By the ecosystem's own program, digests kept."""
    skopeo_copy("oci:" + layout, f"docker://{host}/{name}:{tag}", "--dest-tls-verify=false", "--all",
                "--preserve-digests", *options)


def skopeo_inspect(host, name, tag, *options):
    need("skopeo")
    return json.loads(command("skopeo", "inspect", "--tls-verify=false", *options, f"docker://{host}/{name}:{tag}"))
