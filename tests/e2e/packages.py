#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Roots that package managers filled themselves, without a network: what plimsoll lists there is what each manager
lists, what a package of the system owns is named with it, and what packages need is what the manager's own database
says. A manager that is not on this machine is skipped. What registries have is in real_root.py."""
import base64
import collections
import hashlib
import json
import os
import shutil
import tarfile
import zipfile

from imagelib import Skip, main, same
from packagelib import components, need, of_type, pairs, tool, write

CONTROL = """Package: {name}
Version: {version}
Architecture: all
Maintainer: Some One <one@example.org>
Depends: {depends}
Provides: {provides}
Description: made for a test
"""


def make_deb(where, name, version, files=(), depends="", provides="", compression="xz"):
    tree = f"{where}/{name}.tree"
    control = CONTROL.format(name=name, version=version, depends=depends, provides=provides)
    write(f"{tree}/DEBIAN/control", "".join(line + "\n" for line in control.splitlines() if not line.endswith(": ")))
    for path, text in dict(files).items():
        write(f"{tree}/{path}", text)
    archive = f"{where}/{name}_{compression}.deb"
    tool("dpkg-deb", "--root-owner-group", "-Z" + compression, "--uniform-compression", "-b", tree, archive)
    shutil.rmtree(tree)
    return archive


def debian_package_files(where):
    need("dpkg-deb")
    root = where + "/root"
    os.mkdir(root)
    wanted = []
    for compression in ["none", "gzip", "xz", "zstd"]:
        name = "made-" + compression
        archive = make_deb(root, name, "1:2.0-3", {"usr/share/x": "x"}, "libc6 (>= 2.2), a | b", "virtual", compression)
        fields = tool("dpkg-deb", "-W", "--showformat", "${Package}\t${Version}\t${Architecture}", archive).split("\t")
        wanted.append((*fields, "declared", ["libc6", "a", "b"]))
    same(sorted((c["name"], c["version"], c["arch"], c["scope"], c["depends"]) for c in components(root)),
         sorted(wanted), "packages as files")


def rpm_package_files(where):
    need("rpmbuild", "rpm")
    root = where + "/root"
    write(where + "/x.spec", "Name: made\nVersion: 1.0\nRelease: 2\nEpoch: 3\nSummary: x\nLicense: MIT\nVendor: Example\n"
          "BuildArch: noarch\nRequires: bash, /bin/sh, other >= 1\n%description\nx\n%files\n")
    tool("rpmbuild", "-ba", "--define", f"_topdir {where}/top", where + "/x.spec")
    shutil.copytree(where + "/top", root, ignore=lambda _, names: [n for n in names if n == "BUILD"])
    wanted = []
    for path in ["RPMS/noarch/made-1.0-2.noarch.rpm", "SRPMS/made-1.0-2.src.rpm"]:
        form = "%{NAME}\t%{EPOCH}:%{VERSION}-%{RELEASE}\t%{ARCH}\t%{LICENSE}"
        name, version, arch, licence = tool("rpm", "-qp", "--qf", form, f"{root}/{path}").split("\t")
        wanted.append((name, version, "src" if path.startswith("S") else arch, [licence], "declared"))
    same(sorted((c["name"], c["version"], c["arch"], c["licenses"], c["scope"]) for c in of_type(components(root), "rpm")),
         sorted(wanted), "packages as files")


def relation_names(field):
    """[[alternative, ...], ...] of a relationship field."""
    groups = []
    for group in field.replace("\n", " ").split(","):
        names = [one.split("(")[0].split("[")[0].strip().split(":")[0] for one in group.split("|")]
        if any(names):
            groups.append([name for name in names if name])
    return groups


def needs_of_the_machines_own_packages(where):
    need("dpkg-query")
    if not os.path.exists("/var/lib/dpkg/status"):
        raise Skip("no database of dpkg here")
    root = where + "/root"
    os.makedirs(root + "/var/lib/dpkg")
    shutil.copy("/var/lib/dpkg/status", root + "/var/lib/dpkg/status")
    form = "${db:Status-Status}\t${Package}\t${Architecture}\t${Pre-Depends},${Depends}\t${Provides}\n"
    present = [line.split("\t")[1:] for line in tool("dpkg-query", "-W", "-f", form).splitlines()
               if line.startswith("installed\t")]
    names = {name for name, *_ in present}
    providers = collections.defaultdict(set)
    for name, _, _, provides in present:
        for (virtual,) in relation_names(provides):
            providers[virtual].add(name)
    listed = {(c["name"], c["arch"]): set(c.get("depends", [])) for c in components(root)}
    edges = 0
    for name, arch, depends, _ in present:
        got = listed[name, arch]
        allowed = set()
        for group in relation_names(depends):
            met = [{one} if one in names else providers[one] for one in group]
            choices = set().union(*met) or set(group)
            allowed |= choices
            if not choices & got and name not in choices:
                raise AssertionError(f"{name} needs {group}: {got}")
        same(got - allowed, set(), name)
        edges += len(got)
    print(f"# {len(present)} packages, {edges} needs")


def make_pacman_package(where, name, version, files, lines):
    archive = f"{where}/{name}-{version}-any.pkg.tar.gz"
    tree = f"{where}/{name}.tree"
    write(tree + "/.PKGINFO", f"pkgname = {name}\npkgver = {version}\npkgdesc = made\narch = any\nsize = 1\n" + lines)
    for path in files:
        write(f"{tree}/{path}", "x")
    with tarfile.open(archive, "w:gz") as tar:
        for entry in [".PKGINFO", *sorted({path.split("/")[0] for path in files})]:
            tar.add(f"{tree}/{entry}", arcname=entry)
    shutil.rmtree(tree)
    return archive


def pacman_as_it_installs(where):
    need("pacman")
    if os.geteuid() != 0:
        raise Skip("pacman installs as root only")
    root = where + "/root"
    os.makedirs(root + "/var/lib/pacman")
    metadata = "usr/lib/python3.12/site-packages/owned-2.0.dist-info/METADATA"
    archives = [
        make_pacman_package(where, "liba-b", "1:1.0-2", ["usr/lib/liba.so"], "license = MIT\npackager = Some One\n"),
        make_pacman_package(where, "app", "2.0-1", ["usr/bin/app", metadata],
                            "pkgbase = apps\nlicense = GPL-2.0-or-later\ndepend = liba-b>=1\ndepend = libc.so=6-64\n"),
    ]
    write(where + "/pacman.conf", "[options]\nArchitecture = auto\nSigLevel = Never\n")
    base = ["pacman", "--root", root, "--dbpath", root + "/var/lib/pacman", "--config", where + "/pacman.conf",
            "--cachedir", where, "--noconfirm"]
    tool(*base, "-Udd", *archives)
    write(f"{root}/{metadata}", "Metadata-Version: 2.1\nName: owned\nVersion: 2.0\n")
    listed = components(root)
    same(pairs(of_type(listed, "alpm")), sorted(tuple(line.split()) for line in tool(*base, "-Q").splitlines()))
    app = next(c for c in listed if c["name"] == "app")
    same((app["licenses"], app["depends"], app["source"]["name"], app["contains"], app["arch"]),
         (["GPL-2.0-or-later"], ["liba-b"], "apps", ["pkg:pypi/owned@2.0"], "any"))
    same(of_type(listed, "pypi"), [])


def make_wheel(where, name, version):
    path = f"{where}/{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    members = {
        f"{name}.py": "x = 1\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    with zipfile.ZipFile(path, "w") as archive:
        for member, text in members.items():
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
            record += f"{member},sha256={digest},{len(text)}\n"
            archive.writestr(member, text)
        archive.writestr(f"{info}/RECORD", record + f"{info}/RECORD,,\n")
    return path


def pip_and_what_dpkg_owns(where):
    need("dpkg-deb", "dpkg", "/usr/bin/pip3")
    root = where + "/root"
    place = "usr/lib/python3/dist-packages"
    owned = f"{place}/sixlike-1.16.0.dist-info/METADATA"
    archive = make_deb(where, "python3-sixlike", "1.16.0-4",
                       {owned: "Metadata-Version: 2.1\nName: sixlike\nVersion: 1.16.0\n"}, compression="gzip")
    os.makedirs(root + "/var/lib/dpkg/info")
    os.makedirs(root + "/var/lib/dpkg/updates")
    for name in ["status", "available"]:
        write(f"{root}/var/lib/dpkg/{name}", "")
    tool("dpkg", "--force-not-root", "--force-script-chrootless", "--log", where + "/log", "--root", root, "-i", archive)
    local = root + "/usr/local/lib/python3/dist-packages"
    for name, version in [("plainwheel", "2.0.post1"), ("Mixed_Case", "0.1")]:
        tool("/usr/bin/pip3", "install", "--no-index", "--no-deps", "--target", local, "--root-user-action", "ignore",
             make_wheel(where, name, version))
    told = [(p["name"].lower().replace("_", "-"), p["version"]) for path in [f"{root}/{place}", local]
            for p in json.loads(tool("/usr/bin/pip3", "list", "--format", "json", "--path", path))]
    listed = components(root)
    found = [(c["name"].lower().replace("_", "-"), c["version"]) for c in of_type(listed, "pypi")]
    contained = [tuple(purl[len("pkg:pypi/"):].split("@")) for c in of_type(listed, "deb") for purl in c.get("contains", [])]
    same(sorted(found + contained), sorted(told), "what pip lists")
    same(contained, [("sixlike", "1.16.0")], "what dpkg owns")
    same(pairs(of_type(listed, "deb")),
         sorted(tuple(line.split()) for line in tool("dpkg-query", "--admindir", root + "/var/lib/dpkg", "-W").splitlines()))


def gem_as_it_installs(where):
    need("gem")
    root = where + "/root"
    for name, version in [("leaf", "1.2.3"), ("with-native_name", "0.1.0.pre")]:
        write(f"{where}/{name}/{name}.gemspec",
              f"Gem::Specification.new do |s|\n  s.name = '{name}'\n  s.version = '{version}'\n  s.summary = 'x'\n"
              "  s.authors = ['x']\n  s.license = 'MIT'\n  s.files = []\nend\n")
        tool("gem", "build", "--force", f"{name}.gemspec", cwd=f"{where}/{name}")
        tool("gem", "install", "--local", "--no-document", "--ignore-dependencies", "--install-dir",
             root + "/var/lib/gems/3.1.0", f"{where}/{name}/{name}-{version}.gem")
    env = dict(os.environ, GEM_HOME=root + "/var/lib/gems/3.1.0", GEM_PATH=root + "/var/lib/gems/3.1.0")
    told = [line.split(" (") for line in tool("gem", "list", "--local", "--no-details", env=env).splitlines() if "(" in line]
    told = [(name, version.rstrip(")")) for name, version in told if "default" not in version]
    same(pairs(of_type(components(root), "gem")), sorted(told), "what gem lists")


def composer_as_it_installs(where):
    """What a repository would have told is in the manifest, and the archives lie beside it."""
    need("composer", "php")
    root = where + "/root"
    repositories = [{"packagist.org": False}]
    for name, version, needs in [("made/leaf", "1.2.3", {}), ("made/stem", "v0.1.0-beta2", {"made/leaf": "^1"}), ("made/dev", "3.0", {})]:
        package = {"name": name, "version": version, "license": "MIT", "require": needs}
        archive = f"{where}/{name.replace('/', '-')}.tar"
        write(f"{where}/{name}/composer.json", json.dumps(package))
        tool("tar", "-cf", archive, "-C", where, name)
        repositories.append({"type": "package", "package": dict(package, dist={"type": "tar", "url": archive})})
    write(root + "/app/composer.json", json.dumps({
        "name": "made/app", "repositories": repositories, "require": {"made/stem": "0.1.0-beta2"}, "require-dev": {"made/dev": "*"},
        "minimum-stability": "beta"}))
    env = dict(os.environ, COMPOSER_HOME=where + "/home", COMPOSER_ALLOW_SUPERUSER="1", COMPOSER_DISABLE_NETWORK="1")
    tool("composer", "install", "--no-interaction", "--quiet", cwd=root + "/app", env=env)
    told = json.loads(tool("composer", "show", "--format", "json", cwd=root + "/app", env=env))["installed"]
    listed = of_type(components(root), "composer")
    same(pairs(listed), sorted((package["name"], package["version"]) for package in told), "what composer shows")
    locked = json.loads(tool("composer", "show", "--locked", "--no-dev", "--format", "json", cwd=root + "/app", env=env))["locked"]
    same(sorted(c["name"] for c in listed if not c.get("dev")), sorted(p["name"] for p in locked), "not for development")


if __name__ == "__main__":
    main([debian_package_files, rpm_package_files, needs_of_the_machines_own_packages, pacman_as_it_installs,
          pip_and_what_dpkg_owns, gem_as_it_installs, composer_as_it_installs])
