#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Packages that are not the distribution's. The second source is apt: what its lists of the distribution's own archives
have is the distribution's, all of it; what of other vendors is installed on this machine is in none of them."""
import glob
import json
import os
import re
import shutil
import subprocess

from imagelib import Skip, entry, has, main, run, same, simple, stanza
from match import STATUS, database, found, record, release, scan

OWN = re.compile(r"^(deb|security|ftp|archive|ports)\.?[a-z.]*(debian|ubuntu)\.(org|com)_")


def archive():
    """Stanzas of the distribution's archives, as apt has them."""
    lists = [name for name in glob.glob("/var/lib/apt/lists/*_Packages*") if OWN.match(os.path.basename(name))]
    if not lists or not os.path.exists("/usr/lib/apt/apt-helper"):
        raise Skip("apt has no lists of Debian's or Ubuntu's archives here")
    text = b"".join(subprocess.run(["/usr/lib/apt/apt-helper", "cat-file", name], stdout=subprocess.PIPE, check=True).stdout
                    for name in lists)
    wanted = (b"Package:", b"Version:", b"Architecture:", b"Maintainer:", b"Source:", b"Origin:", b"Vendor:")
    for paragraph in text.split(b"\n\n"):
        lines = [line for line in paragraph.split(b"\n") if line.startswith(wanted)]
        if lines:
            yield b"\n".join(lines + [b"Status: install ok installed"]) + b"\n\n"


def others(result):
    return sorted((c["name"], c["version"], c["third_party"]) for c in result.json["components"] if "third_party" in c)


def none_of_the_distributions_own(where):
    stanzas = list(archive())
    system = open("/etc/os-release", "rb").read()
    image = simple(where + "/i", [entry("etc/os-release", system), entry(STATUS, b"".join(stanzas))])
    result = run("sbom", "--format", "plimsoll-json", image)
    same(result.status, 0, result.err)
    same(len(result.json["components"]) > 0.9 * len(set(stanzas)), True, "all of the archive was read")
    same(others(result), [])


def those_of_this_machine(where):
    """Whoever is taken for another vendor's is in no list of the distribution."""
    own = set()
    for one in archive():
        fields = dict(line.split(": ", 1) for line in one.decode(errors="replace").split("\n") if ": " in line)
        own.add((fields["Package"], fields["Version"]))
    status = open("/" + STATUS, "rb").read()
    image = simple(where + "/i", [entry("etc/os-release", open("/etc/os-release", "rb").read()), entry(STATUS, status)])
    result = run("sbom", "--format", "plimsoll-json", image)
    same([o for o in others(result) if (o[0], o[1]) in own], [])
    print("# " + (", ".join(f"{name} of {vendor}" for name, _, vendor in others(result)) or "nothing of others is installed"))


def what_rpm_says(where):
    """Of the databases of the corpus, against rpm's own word for the vendors."""
    roots = sorted(glob.glob(os.path.join(os.environ.get("PL_TEST_CORPUS", "../shared/corpus"), "rpm-*/*/in/rootfs")))
    if not roots or not shutil.which("rpm"):
        raise Skip("no corpus, or no rpm, here")
    seen = 0
    for root in roots:
        bases = [base for base in ("var/lib/rpm", "usr/lib/sysimage/rpm") if os.path.isdir(os.path.join(root, base))]
        asked = subprocess.run(["rpm", "--dbpath", os.path.abspath(os.path.join(root, bases[0])), "-qa", "--qf", "%{NAME}\t%{VENDOR}\n"],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()
        stated = dict(line.split("\t") for line in asked.splitlines())
        result = run("sbom", "--format", "plimsoll-json", "dir:" + root)
        same([name for name, _, _ in others(result) if name in stated and "/home:" not in stated[name]], [], root)
        listed = {c["name"] for c in result.json["components"]}
        same({name for name, vendor in stated.items() if "/home:" in vendor and name in listed} -
             {name for name, _, _ in others(result)}, set(), root)
        seen += len(stated)
    same(seen > 100, True)


def epel_has_its_own_feed(where):
    """EPEL's packages have Fedora's name as the vendor (a bill of materials: supplier) and are not Red Hat's."""
    database(where, record("FEDORA-EPEL-2026-1", "EPEL:9", "htop", [{"introduced": "0"}, {"fixed": "3.3.0-2.el9"}], aliases=["CVE-2026-1"]),
             record("RHSA-2026:2", "Rocky Linux:9", "htop", [{"introduced": "0"}, {"fixed": "9-1"}], aliases=["CVE-2026-2"]),
             record("RHSA-2026:3", "Rocky Linux:9", "bash", [{"introduced": "0"}, {"fixed": "9-1"}], aliases=["CVE-2026-3"]))
    part = lambda name, vendor: {"type": "library", "name": name, "version": "3.3.0-1.el9", "supplier": {"name": vendor},
                                 "purl": f"pkg:rpm/rocky/{name}@3.3.0-1.el9?arch=x86_64&distro=rocky-9.3"}
    parts = [part("htop", "Fedora Project"), part("bash", "Rocky Enterprise Software Foundation"), part("docker-ce", "Docker")]
    with open(where + "/bill.json", "w") as out:
        json.dump({"bomFormat": "CycloneDX", "specVersion": "1.5", "components": parts}, out)
    result = run("scan", "--db", where + "/db", "--format", "json", "sbom:" + where + "/bill.json")
    same(found(result), [("bash", "CVE-2026-3"), ("htop", "CVE-2026-1")])
    same([f["match"]["ecosystem"] for f in result.json["findings"] if f["id"] == "CVE-2026-1"], ["EPEL:9"])
    has(str(result.json["gaps"]), "1 package of Docker (docker-ce)")
    database(where + "/n", record("RHSA-2026:3", "Rocky Linux:9", "bash", [{"introduced": "0"}, {"fixed": "9-1"}], aliases=["CVE-2026-3"]))
    result = run("scan", "--db", where + "/n/db", "--format", "json", "sbom:" + where + "/bill.json")
    has(str(result.json["gaps"]), "1 package of EPEL (htop)", "nothing on EPEL:9")


def by(maintainer, text):
    return text.replace(b"Version:", f"Maintainer: {maintainer}\nVersion:".encode())


def nodesource_is_not_debian(where):
    """Debian's advisory about its nodejs says nothing of NodeSource's, nor of what Docker calls docker.io's successor."""
    database(where, record("DEBIAN-CVE-2026-1", "Debian:12", "nodejs", [{"introduced": "0"}, {"fixed": "99"}], upstream=["CVE-2026-1"]),
             record("DEBIAN-CVE-2026-2", "Debian:12", "curl", [{"introduced": "0"}], upstream=["CVE-2026-2"]),
             record("GHSA-1", "npm", "semver", [{"introduced": "0"}, {"fixed": "99.0.0"}], aliases=["CVE-2026-3"]))
    status = (by("NodeSource Support <support@nodesource.com>", stanza("nodejs", "20.20.2-1nodesource1")) +
              by("Debian Curl Team <team+curl@tracker.debian.org>", stanza("curl", "7.88.1-10")))
    module = "usr/lib/node_modules/npm/node_modules/semver/package.json"
    listing = entry("var/lib/dpkg/info/nodejs.list", f"/{module}\n".encode())
    files = [release("debian", "12"), entry(STATUS, status), listing, entry(module, b'{"name": "semver", "version": "7.0.0"}')]
    result = scan(where, simple(where + "/i", files))
    same(found(result), [("curl", "CVE-2026-2"), ("semver", "CVE-2026-3")], "what is inside is known by its own name")
    has(str(result.json["gaps"]), "1 package of NodeSource (nodejs) is not the distribution's")
    same(others(result), [("nodejs", "20.20.2-1nodesource1", "NodeSource")])
    bill = run("sbom", "--format", "cyclonedx-json", simple(where + "/j", files))
    with open(where + "/bill.json", "wb") as out:
        out.write(bill.out)
    same(found(run("scan", "--db", where + "/db", "--format", "json", "sbom:" + where + "/bill.json")),
         [("curl", "CVE-2026-2"), ("semver", "CVE-2026-3")], "a bill of materials says so as well")
    same(found(scan(where, simple(where + "/d", [release("debian", "12"), entry(STATUS, by("A <a@debian.org>", stanza("nodejs", "18")))]))),
         [("nodejs", "CVE-2026-1")])


if __name__ == "__main__":
    main([none_of_the_distributions_own, those_of_this_machine, what_rpm_says, epel_has_its_own_feed, nodesource_is_not_debian])
