#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Bills of materials through the models of the formats' own projects: cyclonedx-python-lib (CycloneDX) and spdx-tools
(SPDX) read what plimsoll wrote, find nothing wrong with it, write it again in every form they know, and what is
scanned from that are the findings of the image.

The two come from whatever index pip is set up to use, into a virtual environment that is thrown away. Skips where
there is none: nothing but Debian's packages is ever needed to build or to test plimsoll.
"""
import glob
import io
import json
import os
import shutil
import subprocess
import tempfile
import zipfile

from imagelib import Skip, entry, main, run, same, simple, stanza
from match import database, record

MODELS = ["cyclonedx-python-lib[validation]>=11,<12", "spdx-tools>=0.8.3,<0.9"]
CORPUS = os.environ.get("PL_TEST_CORPUS", os.path.join(os.path.dirname(__file__), "../../../shared/corpus"))
FORMATS = {"cyclonedx-json": "cdx.json", "cyclonedx-xml": "cdx.xml", "spdx-json": "spdx.json", "spdx-tag-value": "spdx"}
SECONDS_TO_CONNECT, SECONDS_TO_INSTALL = 5, 200


class Models:
    """The virtual environment, made when it is first asked for, and why there is none."""

    def __init__(self):
        self.where = None
        self.why = None

    def install(self):
        self.where = tempfile.mkdtemp(prefix="models-")
        steps = [["/usr/bin/python3", "-m", "venv", self.where],
                 [self.where + "/bin/pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check", "--no-input", "--retries", "0",
                  "--timeout", str(SECONDS_TO_CONNECT), "--only-binary", ":all:", *MODELS]]
        for step in steps:
            try:
                done = subprocess.run(step, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                                      timeout=SECONDS_TO_INSTALL)
            except (OSError, subprocess.TimeoutExpired) as why:
                self.why = f"the models cannot be installed: {type(why).__name__}"
                return
            if done.returncode != 0:
                said = done.stderr.decode(errors="replace").strip().splitlines() or ["without a word"]
                self.why = "the models cannot be installed: " + said[-1][:200]
                return

    def run(self, jobs):
        if self.where is None:
            self.install()
        if self.why:
            raise Skip(self.why)
        code = os.path.join(os.path.dirname(os.path.abspath(__file__)), "foreign_model.py")
        done = subprocess.run([self.where + "/bin/python", "-I", code], input=json.dumps(jobs).encode(), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=200)
        same((done.returncode, done.stderr.decode()[-500:] if done.returncode else ""), (0, ""))
        same(done.stdout.decode()[:1000], "", "complaints")

    def remove(self):
        if self.where:
            shutil.rmtree(self.where, ignore_errors=True)


models = Models()

DEBIAN = b'ID=debian\nVERSION_ID="12"\nNAME="Debian GNU/Linux"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'
DEBS = [("libssl3", "3.0.10-1+b2", "openssl (3.0.10-1)"), ("openssl", "3.0.11-1~deb12u2", None), ("zlib1g", "1:1.2.13.dfsg-1", "zlib"),
        ("libc6", "2.36-9+deb12u7", "glibc"), ("libc-bin", "2.36-9+deb12u7", "glibc"), ("libstdc++6", "12.2.0-14", "gcc-12"),
        ("bash", "5.2.15-2+b2", "bash (5.2.15-2)"), ("libpam0g", "1.5.2-6+deb12u1", "pam"), ("perl-base", "5.36.0-7+deb12u1", "perl"),
        ("login", "1:4.13+dfsg1-1+b1", "shadow (1:4.13+dfsg1-1)"), ("g++", "4:12.2.0-3", "gcc-defaults (1.203)")]
APK = b"".join(f"P:{name}\nV:{version}\nA:x86_64\nL:{rights}\no:{origin}\nm:Natanael Copa <n@example.org>\n\n".encode()
               for name, version, origin, rights in [
                   ("musl", "1.2.4-r2", "musl", "MIT"), ("musl-utils", "1.2.4-r2", "musl", "MIT AND BSD-2-Clause AND GPL-2.0-or-later"),
                   ("libcrypto3", "3.1.4-r5", "openssl", "Apache-2.0"), ("ssl_client", "1.36.1-r5", "busybox", "GPL-2.0-only"),
                   ("libstdc++", "12.2.1_git20220924-r10", "gcc", "GPL-2.0-or-later LGPL-2.1-or-later")])
NPM = {"leaf": ("2.0.0", "(MIT OR \"my own\")"), "@scope/stem": ("1.0.0-rc.1+build.5", "MIT"), "lodash": ("4.17.20", "MIT"),
       "minimist": ("0.0.8", "SEE LICENSE IN <LICENSE>")}
PYPI = {"requests": "2.19.0", "Jinja2": "2.10", "zope.interface": "4.0.5", "typing_extensions": "4.0.0rc1", "local": "1.0+ubuntu.1"}
MAVEN = {"org.apache.logging.log4j:log4j-core": "2.14.1", "com.fasterxml.jackson.core:jackson-databind": "2.9.10.8",
         "org.yaml:snakeyaml": "1.26-SNAPSHOT"}
GO = {"golang.org/x/net": "v0.0.0-20211112202133-69e39bad7dc2", "github.com/BurntSushi/toml": "v1.2.0",
      "github.com/docker/docker": "v20.10.7+incompatible", "gopkg.in/yaml.v3": "v3.0.0"}


def jar(coordinate, version, *inner):
    group, artifact = coordinate.split(":")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(f"META-INF/maven/{group}/{artifact}/pom.properties",
                         f"groupId={group}\nartifactId={artifact}\nversion={version}\n")
        for name, content in inner:
            archive.writestr("BOOT-INF/lib/" + name, content)
    return out.getvalue()


def languages():
    for name, (version, rights) in NPM.items():
        yield entry(f"srv/node_modules/{name}/package.json",
                    json.dumps({"name": name, "version": version, "license": rights}).encode())
    yield entry("srv/package-lock.json", json.dumps({
        "name": "app", "lockfileVersion": 3, "packages": {
            "": {"name": "app", "dependencies": {"leaf": "^2"}, "devDependencies": {"lodash": "^4"}},
            "node_modules/leaf": {"version": "2.0.0", "dependencies": {"minimist": "^0"}, "integrity": "sha512-" + "A" * 86 + "=="},
            "node_modules/lodash": {"version": "4.17.20", "dev": True},
            "node_modules/minimist": {"version": "0.0.8", "optional": True}}}).encode())
    for name, version in PYPI.items():
        yield entry(f"usr/local/lib/python3.11/site-packages/{name.replace('-', '_')}-{version}.dist-info/METADATA",
                    f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nLicense: Apache 2.0\nAuthor: A <a@example.org>\n".encode())
    (first, one), (second, two), (third, three) = MAVEN.items()
    yield entry("srv/app.jar", jar(first, one, ("two.jar", jar(second, two))))
    yield entry("srv/three.jar", jar(third, three))
    yield entry("src/go.mod", ("module example.org/app\n\ngo 1.20\n\nrequire (\n"
                               + "".join(f"\t{path} {version}\n" for path, version in GO.items()) + ")\n").encode())


def subjects(where):
    """Name and source; the corpus, where it is, has the databases that take a package manager to make."""
    status = b"".join(stanza(*deb) for deb in DEBS)
    yield "debian", simple(where + "/debian", [entry("etc/os-release", DEBIAN), entry("var/lib/dpkg/status", status)],
                           list(languages()))
    yield "alpine", simple(where + "/alpine", [entry("etc/os-release", b"ID=alpine\nVERSION_ID=3.18.4\n"),
                                               entry("lib/apk/db/installed", APK)], list(languages()))
    for path in glob.glob(f"{CORPUS}/rpm-sqlite/sle15-bci-rebuilt/in/rootfs"):
        shutil.copytree(path, where + "/rpm")
        os.makedirs(where + "/rpm/etc", exist_ok=True)
        with open(where + "/rpm/etc/os-release", "wb") as file:
            file.write(b'ID="rocky"\nVERSION_ID="9.3"\n')
        yield "rpm", f"dir:{where}/rpm"
    binary = f"{CORPUS}/gobinary/linux-amd64/in"
    if os.path.isdir(binary):
        yield "gobinary", "dir:" + binary


ECOSYSTEMS = {"npm": "npm", "pypi": "PyPI", "maven": "Maven", "golang": "Go"}
SYSTEMS = {"debian": "Debian:12", "alpine": "Alpine:v3.18", "rpm": "Rocky Linux:9"}


def advisories(components, system):
    """Two on everything: one that a later version mends, and one that nothing mends."""
    packages = set()
    for component in components:
        source = (component["source"] or {}).get("name")
        if component["type"] in ECOSYSTEMS:
            packages.add((ECOSYSTEMS[component["type"]], component["name"]))
        elif system:
            packages |= {(system, name) for name in (source, component["name"]) if name}
    number = 0
    for ecosystem, name in sorted(packages):
        later = "99999.0.0" if ecosystem in ECOSYSTEMS.values() else "99999-r0" if "Alpine" in ecosystem else "99:0-1"
        for fixed in (later, None):
            number += 1
            events = [{"introduced": "0"}] + ([{"fixed": fixed}] if fixed else [])
            yield record(f"X-{number}", ecosystem, name, events, upstream=[f"CVE-2026-{10000 + number}"], summary=f"{name} {number}")


def scan(where, source):
    result = run("scan", "--scope", "all", "--db", where + "/db", "--format", "json", source, timeout=300)
    same(result.status, 0, f"{source}: {result.err}")
    return result.json


def write_all(where, name, source):
    formats = [part for form, suffix in FORMATS.items() for part in ("--format", f"{form}={where}/{name}.{suffix}")]
    result = run("sbom", "--scope", "all", *formats, source, timeout=300)
    same(result.status, 0, result.err)
    return {suffix: f"{where}/{name}.{suffix}" for suffix in FORMATS.values()}


def unordered(value):
    """A graph, which is what SPDX is in RDF and CycloneDX in the library's sets, keeps no order of the places, nor of
    the licences that are joined by AND or by OR."""
    if isinstance(value, str) and (" AND " in value or " OR " in value):
        return sorted(value.split())
    if isinstance(value, list):
        return sorted((unordered(item) for item in value), key=repr)
    return {key: unordered(item) for key, item in value.items()} if isinstance(value, dict) else value


def comparable(component):
    """Where a package database names what is needed, a document refers to the one package that has the name."""
    needs = [need if need.rfind("@") < 1 else need[:need.rfind("@")] for need in component.get("depends", ())]
    return unordered(dict(component, depends=needs))


def same_items(got, wanted, what):
    """The first of those that differ, for reports are long."""
    odd = [pair for pair in zip(got, wanted) if pair[0] != pair[1]]
    same((len(got), odd[:2]), (len(wanted), []), what)


def compare(report, wanted, what, is_older=False):
    """A version of a format that has no place for some of what is known still gives the findings."""
    same_items(report["findings"], wanted["findings"], what + ": findings")
    same(report["subject"]["ecosystems"], wanted["subject"]["ecosystems"], what)
    if not is_older:
        same_items([comparable(c) for c in report["components"]], [comparable(c) for c in wanted["components"]], what)
        same(report["subject"]["os"], wanted["subject"]["os"], what)


def is_read(path):
    return path.endswith(tuple(FORMATS.values()))


def prepared(where, name, source):
    """A subject's advisories, what a scan of it says, and plimsoll's documents of it, which must say the same."""
    os.mkdir(where)
    listed = run("sbom", "--scope", "all", "--format", "json", source, timeout=300).json["components"]
    database(where, *advisories(listed, SYSTEMS.get(name)))
    wanted = scan(where, source)
    judged = [c for c in listed if c["type"] in ECOSYSTEMS or name in SYSTEMS]
    same(len(wanted["findings"]) >= 2 * len(judged) > 0, True, f"{name}: {len(wanted['findings'])} of {len(judged)}")
    paths = write_all(where, name, source)
    for suffix, path in paths.items():
        compare(scan(where, "sbom:" + path), wanted, f"{name}: own {suffix}")
    return wanted, paths


def each(where, jobs_of):
    """Scans each subject, plimsoll's own documents of it, and what comes of those by the jobs for the models."""
    if os.environ.get("PL_TEST_SANITIZED"):
        raise Skip("the release build writes and reads the same documents")
    made = []
    for name, source in subjects(where):
        folder = f"{where}/{name}.d"
        wanted, paths = prepared(folder, name, source)
        made.append((name, folder, wanted, list(jobs_of(paths))))
    models.run([job for *_, jobs in made for job in jobs])
    scanned = 0
    for _, folder, wanted, jobs in made:
        for path in (path for job in jobs if job[0] == "convert" for path in job[2:] if is_read(path)):
            compare(scan(folder, "sbom:" + path), wanted, os.path.basename(path), is_older=".v1." in path)
            scanned += 1
    print(f"# {scanned} documents; components/findings: "
          + ", ".join(f"{name} {len(wanted['components'])}/{len(wanted['findings'])}" for name, _, wanted, _ in made))


def cyclonedx_of_cyclonedx_python_lib(where):
    def jobs(paths):
        yield ["same", paths["cdx.json"], paths["cdx.xml"]]
        for path in (paths["cdx.json"], paths["cdx.xml"]):
            yield ["convert", path, path + ".cdx.json", path + ".cdx.xml"]
            yield ["convert", path + ".cdx.json", path + ".twice.cdx.xml"]
            yield ["convert", path + ".cdx.xml", path + ".twice.cdx.json"]
        yield ["convert", paths["cdx.json"], *(f"{paths['cdx.json']}.v1.{minor}.cdx.{form}" for minor in range(6)
                                               for form in ("json", "xml") if form == "xml" or minor >= 2)]
    each(where, jobs)


def spdx_of_spdx_tools(where):
    def jobs(paths):
        yield ["same", paths["spdx.json"], paths["spdx"]]
        for path in (paths["spdx.json"], paths["spdx"]):
            yield ["convert", path, path + ".spdx.json", path + ".spdx"]
        # The forms that plimsoll does not read come back in one that it reads.
        for form, back in (("spdx.yaml", "spdx.json"), ("spdx.xml", "spdx"), ("spdx.rdf", "spdx.json")):
            yield ["convert", paths["spdx.json"], f"{paths['spdx.json']}.{form}"]
            yield ["convert", f"{paths['spdx.json']}.{form}", f"{paths['spdx.json']}.{form}.{back}"]
    each(where, jobs)


if __name__ == "__main__":
    try:
        main([cyclonedx_of_cyclonedx_python_lib, spdx_of_spdx_tools])
    finally:
        models.remove()
