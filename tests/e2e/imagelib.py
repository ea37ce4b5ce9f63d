# SPDX-License-Identifier: Apache-2.0
"""Makes container images for tests, byte by byte, and runs plimsoll on them.

An image is a list of layers, a layer a list of tarfile.TarInfo with content. What comes out is an OCI layout or a
docker-archive; every part can be spoilt on the way. Nothing here reads plimsoll's own code or output but as JSON.
"""
import gzip
import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import tempfile

PLIMSOLL = os.environ.get("PLIMSOLL", "build/release/plimsoll")
GZIP = "application/vnd.oci.image.layer.v1.tar+gzip"
ZSTD = "application/vnd.oci.image.layer.v1.tar+zstd"
PLAIN = "application/vnd.oci.image.layer.v1.tar"

OS_RELEASE = b'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'

SYSTEM_TYPES = ("deb", "apk", "rpm")


def stanza(name, version, source=None, arch="amd64"):
    """One installed package of a dpkg status file."""
    text = f"Package: {name}\nStatus: install ok installed\nMaintainer: Nobody <n@example.org>\nArchitecture: {arch}\n"
    if source:
        text += f"Source: {source}\n"
    return (text + f"Version: {version}\nDescription: a package\n\n").encode()


def entry(name, content=b"", kind=tarfile.REGTYPE, link="", mode=0o644, **fields):
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = link
    info.mode = mode
    info.size = len(content) if kind == tarfile.REGTYPE else 0
    for field, value in fields.items():
        setattr(info, field, value)
    return info, content


def directory(name):
    return entry(name, kind=tarfile.DIRTYPE, mode=0o755)


def make_tar(entries, form=tarfile.PAX_FORMAT):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as tar:
        for info, content in entries:
            tar.addfile(info, io.BytesIO(content) if info.type == tarfile.REGTYPE else None)
    return out.getvalue()


def sha256(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def zstd(data):
    return subprocess.run(["zstd", "-q", "-c"], input=data, stdout=subprocess.PIPE, check=True).stdout


def packed(data):
    return gzip.compress(data, 6, mtime=0)


class Layout:
    """An OCI image layout under construction."""

    def __init__(self, where):
        self.where = where
        os.makedirs(os.path.join(where, "blobs", "sha256"), exist_ok=True)
        self.manifests = []

    def blob_path(self, digest):
        return os.path.join(self.where, "blobs", "sha256", digest.split(":")[1])

    def blob(self, data):
        with open(self.blob_path(sha256(data)), "wb") as out:
            out.write(data)
        return {"digest": sha256(data), "size": len(data)}

    def image(self, layers, platform="linux/amd64", tag=None, diff_ids=None, media=GZIP, pack=packed, history=None):
        """`layers` are uncompressed tars. Gives the manifest's descriptor."""
        system, machine = platform.split("/")[:2]
        config = {"os": system, "architecture": machine,
                  "rootfs": {"type": "layers", "diff_ids": diff_ids or [sha256(tar) for tar in layers]}}
        if history:
            config["history"] = history
        descriptors = [dict(self.blob(pack(tar)), mediaType=media) for tar in layers]
        manifest = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                    "config": dict(self.blob(json.dumps(config).encode()),
                                   mediaType="application/vnd.oci.image.config.v1+json"),
                    "layers": descriptors}
        self.layers = descriptors
        descriptor = dict(self.blob(json.dumps(manifest).encode()), mediaType=manifest["mediaType"])
        if tag:
            descriptor["annotations"] = {"org.opencontainers.image.ref.name": tag}
        return descriptor

    def index(self, *manifests):
        with open(os.path.join(self.where, "index.json"), "w") as out:
            json.dump({"schemaVersion": 2, "manifests": list(manifests)}, out)
        with open(os.path.join(self.where, "oci-layout"), "w") as out:
            json.dump({"imageLayoutVersion": "1.0.0"}, out)
        return self.where


def simple(where, *layers, **options):
    """A layout with one image of these layers, each a list of entries."""
    layout = Layout(where)
    return layout.index(layout.image([make_tar(entries) for entries in layers], **options))


def docker_archive(where, layers, tag="test:1", config_name=None, diff_ids=None):
    """The layout of docker save before version 25."""
    config = json.dumps({"os": "linux", "architecture": "amd64",
                         "rootfs": {"type": "layers", "diff_ids": diff_ids or [sha256(tar) for tar in layers]}}).encode()
    name = config_name or sha256(config).split(":")[1] + ".json"
    parts = [entry(name, config)]
    for number, tar in enumerate(layers):
        parts.append(entry(f"{number:064x}/layer.tar", tar))
    parts.append(entry("manifest.json", json.dumps([{
        "Config": name, "RepoTags": [tag],
        "Layers": [f"{number:064x}/layer.tar" for number in range(len(layers))]}]).encode()))
    parts.append(entry("repositories", b'{"test":{"1":"0"}}'))
    with open(where, "wb") as out:
        out.write(make_tar(parts, tarfile.USTAR_FORMAT))
    return where


class Result:
    def __init__(self, process):
        self.status = process.returncode
        self.err = process.stderr.decode(errors="replace")
        self.out = process.stdout
        try:
            self.json = json.loads(process.stdout)
        except ValueError:
            self.json = None

    @property
    def packages(self):
        """Of the system: what programs and libraries say of themselves is not what most tests are about."""
        return sorted((c["name"], c["version"]) for c in self.json["components"] if c["type"] in SYSTEM_TYPES)

    @property
    def gaps(self):
        return [(g["path"], g["reason"]) for g in self.json["gaps"]]


def uncached(arguments, env=None):
    """Each test sees its image for the first time, but for those that say where the cache is."""
    if arguments[0] in ("scan", "sbom") and "PLIMSOLL_CACHE" not in (env or {}):
        return [arguments[0], "--no-cache", *arguments[1:]]
    return arguments


def run(*arguments, timeout=120, **options):
    arguments = uncached(arguments, options.get("env"))
    return Result(subprocess.run([PLIMSOLL, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                 stdin=subprocess.DEVNULL, timeout=timeout, **options))


def peak_bytes(*arguments):
    """Peak resident memory of the largest process of a run, measured from a process of its own."""
    code = ("import resource, subprocess, sys\n"
            "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, check=True)\n"
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
    out = subprocess.run([sys.executable, "-c", code, PLIMSOLL, *map(str, uncached(arguments))],
                         stdout=subprocess.PIPE, check=True)
    return int(out.stdout) * 1024


def stays_below(limit_bytes, *arguments):
    """A sanitizer's shadow memory says nothing about the program's own."""
    peak = peak_bytes(*arguments)
    if peak > limit_bytes and not os.environ.get("PL_TEST_SANITIZED"):
        raise AssertionError(f"peak memory {peak / 1e6:.0f} MB, at most {limit_bytes / 1e6:.0f} MB are promised")


def sbom(*arguments, **options):
    return run("sbom", *arguments, **options)


class Skip(Exception):
    pass


def main(tests):
    """Runs each function in a directory of its own, in order, and prints a line for each."""
    failed = 0
    chosen = sys.argv[1:]
    # Whoever is told to end takes what was made along.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    for test in tests:
        name = test.__name__
        if chosen and name not in chosen:
            continue
        with tempfile.TemporaryDirectory() as where:
            try:
                test(where)
                print(f"ok {name}", flush=True)
            except Skip as why:
                print(f"skip {name}: {why}", flush=True)
            except Exception as why:  # a test that breaks has failed, whatever broke it
                failed += 1
                text = f"{type(why).__name__}: {why}".replace("\n", " / ")
                print(f"not ok {name}: {text}", flush=True)
    sys.exit(1 if failed else 0)


def same(got, wanted, what=""):
    if got != wanted:
        raise AssertionError(f"{what}: got {got!r}, wanted {wanted!r}")


def has(text, *parts):
    for part in parts:
        if part not in text:
            raise AssertionError(f"{part!r} is not in {text!r}")
