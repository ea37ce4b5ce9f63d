#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Precision and recall on the machine itself: what plimsoll finds in dir:/ with the starter advisories, against an
expectation worked out here from the same records with dpkg's own list of packages and dpkg's own comparison of
versions. Skips on a machine without dpkg or of a release that the starter advisories do not cover."""
import collections
import json
import os
import shutil
import subprocess
import zipfile

from imagelib import Skip, has, main, run, same

STARTER = os.path.join(os.path.dirname(__file__), "../../data/starter")


def installed():
    """(binary, version, arch, source, source version) of what dpkg calls installed."""
    form = "${db:Status-Status}\t${Package}\t${Version}\t${Architecture}\t${source:Package}\t${source:Version}\n"
    out = subprocess.run(["dpkg-query", "-W", "-f", form], stdout=subprocess.PIPE, check=True).stdout.decode()
    return [tuple(line.split("\t")[1:]) for line in out.splitlines() if line.startswith("installed\t")]


def release():
    fields = {}
    with open("/etc/os-release") as file:
        for line in file:
            key, _, value = line.strip().partition("=")
            fields[key] = value.strip('"')
    return fields.get("ID"), fields.get("VERSION_ID")


class Versions:
    """dpkg --compare-versions, each question asked once."""

    def __init__(self):
        self.known = {}

    def less(self, a, b):
        if (a, b) not in self.known:
            self.known[a, b] = subprocess.run(["dpkg", "--compare-versions", a, "lt", b]).returncode == 0
        return self.known[a, b]


def affected(versions, version, ranges):
    """Records of the starter set have ECOSYSTEM ranges with introduced and fixed events."""
    for span in ranges:
        inside = False
        for event in span["events"]:
            if "introduced" in event:
                inside = event["introduced"] == "0" or not versions.less(version, event["introduced"])
            elif inside and not versions.less(version, event["fixed"]):
                inside = False
        if inside:
            return True
    return False


def cve_of(record):
    names = {name for name in [record["id"], *record.get("aliases", []), *record.get("upstream", [])]
             if name.startswith("CVE-")}
    return names.pop() if len(names) == 1 else record["id"]


def findings_are_those_that_dpkg_gives(where):
    if not shutil.which("dpkg-query"):
        raise Skip("no dpkg here")
    system, version_id = release()
    ecosystem = f"Debian:{version_id}"
    if system != "debian":
        raise Skip(f"the starter advisories are Debian's, this is {system}")
    by_source = collections.defaultdict(list)
    with zipfile.ZipFile(f"{STARTER}/Debian/all.zip") as archive:
        for name in archive.namelist():
            record = json.loads(archive.read(name))
            if record.get("withdrawn"):
                continue
            for part in record["affected"]:
                if part["package"]["ecosystem"] == ecosystem:
                    by_source[part["package"]["name"]].append((cve_of(record), part["ranges"]))
    versions = Versions()
    packages = installed()
    wanted = {(name, version, arch, cve) for name, version, arch, source, source_version in packages
              for cve, ranges in by_source[source] if affected(versions, source_version, ranges)}

    same(run("db", "update", "--db", where + "/db", "--from", STARTER).status, 0)
    result = run("scan", "--db", where + "/db", "--format", "json", "dir:/", timeout=300)
    same(result.status, 0, result.err)
    # Package files that lie about are listed too, as declared.
    components = {c["purl"]: c for c in result.json["components"] if (c["type"], c["scope"]) == ("deb", "installed")}
    same(sorted((c["name"], c["version"], c["arch"]) for c in components.values()),
         sorted(p[:3] for p in packages), "installed packages")
    got = {(components[f["component"]]["name"], components[f["component"]]["version"],
            components[f["component"]]["arch"], f["id"])
           for f in result.json["findings"] if f["component"] in components}
    hits = len(wanted & got)
    print(f"# {len(packages)} packages, {len(wanted)} findings wanted, {len(got)} got, "
          f"precision {hits / len(got) if got else 1:.4f}, recall {hits / len(wanted) if wanted else 1:.4f}")
    same((sorted(got - wanted)[:3], sorted(wanted - got)[:3]), ([], []), "findings too many and too few")


def the_table_and_the_policy(where):
    same(run("db", "update", "--db", where + "/db", "--from", STARTER).status, 0)
    table = run("scan", "--db", where + "/db", "dir:/", timeout=300)
    same(table.status, 0)
    has(table.out.decode(), "dir:/", "Advisories:", "8313 records")
    if b"\x1b" in table.out:
        raise AssertionError("colour in a pipe")
    files = run("scan", "--db", where + "/db", "--format", "json=" + where + "/a.json", "--format", "table=" + where + "/t",
                "dir:/", timeout=300)
    same((files.status, files.out), (0, b""))
    same(json.load(open(where + "/a.json"))["schema_version"], "1.0")
    same(open(where + "/t", "rb").read(), table.out)
    same(run("scan", "--db", where + "/none", "dir:/").status, 3)
    has(run("scan", "--db", where + "/none", "dir:/").err, "plimsoll db update")
    same(run("scan", "--db", where + "/db", "--fail-on", "loud", "dir:/").status, 2)


if __name__ == "__main__":
    main([findings_are_those_that_dpkg_gives, the_table_and_the_policy])
