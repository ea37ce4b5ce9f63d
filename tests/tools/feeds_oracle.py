#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Compares what the feeds read in real documents with a second reading of them, in Python.

usage: feeds_oracle.py FEED_DUMP FEEDS_DIRECTORY
Prints TAP. The second reading follows the publishers' documentation and shares nothing with ours.
"""
import collections
import csv
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

import yaml

DUMP, FEEDS = sys.argv[1:3]
NATIVE = os.path.join(FEEDS, "native")


def unpack(top, *names):
    for name in names:
        into = os.path.join(top, os.path.basename(name).split(".")[0])
        os.makedirs(into)
        subprocess.run(["tar", "-xf", os.path.join(NATIVE, name), "-C", into], check=True)


def dump(path):
    done = subprocess.run([DUMP, path], stdout=subprocess.PIPE, check=True)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return [line["advisory"] for line in lines if "advisory" in line], lines[-1]["document"]


def events_of(affected):
    return [tuple(event.items())[0] for item in affected["ranges"] for event in item["events"]]


def tuples_of(advisories):
    """(id, names, ecosystem, package, state, events) of every package."""
    found = collections.Counter()
    for advisory in advisories:
        names = tuple(sorted(advisory.get("upstream", []) + advisory.get("aliases", [])))
        for affected in advisory["affected"]:
            found[(advisory["id"], names, affected["package"]["ecosystem"],
                   affected["package"]["name"], affected["state"],
                   tuple(events_of(affected)))] += 1
    return found


def fixed_in(version):
    return (("introduced", "0"), ("fixed", version)) if version else (("introduced", "0"),)


def same(wanted, got, path):
    missing, more = wanted - got, got - wanted
    assert not missing and not more, (path, list(missing.items())[:3], list(more.items())[:3])
    return sum(got.values())


# Debian

def debian_releases():
    """Codename to release, of distro-info-data."""
    with open("/usr/share/distro-info/debian.csv", encoding="utf-8") as file:
        return {row["series"]: row["version"] or row["series"] for row in csv.DictReader(file)}


WORDS = {"<not-affected>": "not_affected", "<unfixed>": "affected", "<end-of-life>": "end_of_life",
         "<no-dsa>": "affected", "<ignored>": "will_not_fix", "<postponed>": "deferred",
         "<undetermined>": "under_investigation"}


def second_list(text):
    releases = debian_releases()
    wanted = collections.Counter()
    heads = re.split(r"(?m)^(?=\[)", text)
    dates = {}
    for head in heads[1:]:
        first, *rest = head.splitlines()
        match = re.match(r"\[([^]]*)\] (\S+)(.*)", first)
        ident = match.group(2)
        names = []
        packages = []
        for line in rest:
            line = line.strip()
            if line.startswith("{"):
                names += line.strip("{} ").split()
            entry = re.match(r"(?:\[(\w+)\] *)?- +(\S+) +(\S+)", line)
            if entry:
                packages.append(entry.groups())
        for codename, package, version in packages:
            state = WORDS.get(version, "affected")
            events = fixed_in("" if version in WORDS else version)
            if state in ("not_affected", "under_investigation"):
                events = ()
            wanted[(ident, tuple(sorted(set(names))), "Debian:" + releases[codename or "sid"],
                    package, state, events)] += 1
        if packages:
            date = re.sub(r"(\d)(st|nd|rd|th),", r"\1", match.group(1))
            form = "%d %b %Y" if date[0].isdigit() else "%B %d %Y"
            stamp = subprocess.run(["date", "-u", "-d", date, "+%Y-%m-%dT%H:%M:%SZ"],
                                   encoding="utf-8", stdout=subprocess.PIPE,
                                   check=True).stdout.strip() if len(dates) % 50 == 0 else None
            dates[ident] = (stamp, form)
    return wanted, dates


def check_debian_list(top):
    count = 0
    for path in sorted(glob.glob(os.path.join(NATIVE, "debian", "*-list"))):
        with open(path, encoding="utf-8") as file:
            wanted, dates = second_list(file.read())
        advisories, document = dump(path)
        assert document["feed"] == "debian-list" and document["counts"]["malformed"] == 0, document
        count += same(wanted, tuples_of(advisories), path)
        checked = 0
        for advisory in advisories:
            stamp = dates[advisory["id"]][0]
            if stamp:
                assert advisory["published"] == stamp, (advisory["id"], stamp)
                checked += 1
        assert checked >= len(dates) // 60
    return "%d packages of advisories" % count


def check_debian_list_and_osv(top):
    """The same advisories as OSV's export has them."""
    subprocess.run(["unzip", "-qo", os.path.join(FEEDS, "osv", "Debian", "all.zip"), "DSA-*.json",
                    "DTSA-*.json", "DLA-*.json", "-d", top + "/osv"], check=True)
    ours = {}
    for path in glob.glob(os.path.join(NATIVE, "debian", "*-list")):
        ours.update((advisory["id"], advisory) for advisory in dump(path)[0])
    compared = 0
    for path in glob.glob(top + "/osv/*.json"):
        with open(path, encoding="utf-8") as file:
            theirs = json.load(file)
        # OSV's export writes "DLA-0001-1" where the list of today has "DLA-1-1".
        ident = re.sub(r"-0+(\d)", r"-\1", theirs["id"])
        mine = ours.get(theirs["id"]) or ours.get(ident)
        if mine is None:
            continue
        wanted = {(a["package"]["ecosystem"], a["package"]["name"], e["fixed"])
                  for a in theirs["affected"] for r in a["ranges"] for e in r["events"]
                  if "fixed" in e}
        got = {(a["package"]["ecosystem"], a["package"]["name"], version)
               for a in mine["affected"] for kind, version in events_of(a) if kind == "fixed"}
        assert wanted <= got, (theirs["id"], wanted, got)
        assert sorted(theirs.get("related", [])) == sorted(mine.get("upstream", [])), theirs["id"]
        compared += 1
    assert compared >= 2, compared
    return "%d records" % compared


def second_tracker(document):
    releases = debian_releases()
    wanted = collections.Counter()
    for package, records in document.items():
        for name, record in records.items():
            for codename, said in (record.get("releases") or {}).items() \
                    if isinstance(record.get("releases"), dict) else ():
                is_cve = name.startswith("CVE-")
                state, events = "affected", fixed_in(said.get("fixed_version"))
                if said["status"] == "resolved" and said["fixed_version"] == "0":
                    state, events = "not_affected", ()
                elif said["status"] == "undetermined":
                    state, events = "under_investigation", ()
                elif said["status"] == "open":
                    events = fixed_in("")
                    state = {"ignored": "will_not_fix", "postponed": "deferred"}.get(
                        said.get("nodsa_reason"), "affected")
                    if said["urgency"].startswith("end-of-life"):
                        state = "end_of_life"
                wanted[("DEBIAN-" + name if is_cve else name, (name,) if is_cve else (),
                        "Debian:" + releases[codename], package, state, events)] += 1
    return wanted


def check_debian_tracker(top):
    # Every status that the tracker's documentation names, in a document of our own.
    made = {"alpha": {"CVE-2024-0001": {"description": "d", "scope": "local", "releases": {
        codename: said for codename, said in (
            ("buster", {"status": "open", "urgency": "end-of-life"}),
            ("bullseye", {"status": "open", "urgency": "low", "nodsa": "n", "nodsa_reason": "ignored"}),
            ("bookworm", {"status": "open", "urgency": "low", "nodsa": "n",
                          "nodsa_reason": "postponed"}),
            ("trixie", {"status": "open", "urgency": "medium*", "nodsa": "n", "nodsa_reason": ""}),
            ("forky", {"status": "undetermined", "urgency": "not yet assigned"}),
            ("sid", {"status": "resolved", "urgency": "unimportant", "fixed_version": "1:2-3"}))}},
        "TEMP-0290435-0B57B5": {"releases": {"sid": {"status": "resolved", "urgency": "low",
                                                     "fixed_version": "0"}}}}}
    own = os.path.join(top, "own.json")
    with open(own, "w", encoding="utf-8") as file:
        json.dump(made, file)
    count = 0
    for path in [own] + glob.glob(top + "/*/**/debian/tracker/api/advisory.json", recursive=True) + \
            glob.glob(top + "/*/**/debian/input/debian.json", recursive=True):
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
        advisories, told = dump(path)
        assert told["feed"] == "debian-tracker", told
        assert all(advisory["is_part"] for advisory in advisories)
        count += same(second_tracker(document), tuples_of(advisories), path)
        for advisory in advisories:
            for affected in advisory["affected"]:
                name = advisory["id"].replace("DEBIAN-", "")
                records = document[affected["package"]["name"]][name]["releases"].values()
                assert affected["urgency"] in {said["urgency"] for said in records}
    return "%d packages" % count


# Alpine

def second_names(text):
    """CVE names and others in an id, without remarks."""
    text = re.sub(r"\(.*", "", text).replace("CVE_", "CVE-").replace("CVE ", "CVE-")
    cves = re.findall(r"CVE-(?:19|20)\d\d-\d+", text)
    others = [word for word in text.split() if not word.startswith("CVE") and
              re.fullmatch(r"[A-Za-z][A-Za-z0-9:-]*", word) and "-" in word and
              (re.search(r"\d", word) or word.startswith("GHSA-"))]
    return list(dict.fromkeys(cves)), list(dict.fromkeys(others))


def second_secdb(document):
    wanted = collections.Counter()
    ecosystem = "Alpine:" + document["distroversion"]
    for item in document["packages"] or []:
        for version, ids in (item["pkg"]["secfixes"] or {}).items():
            for ident in ids or []:
                cves, others = second_names(ident)
                for name in cves or others:
                    names = {name, *(others if cves else [])}
                    state = "not_affected" if version == "0" else "affected"
                    wanted[("ALPINE-" + name, tuple(sorted(names)), ecosystem, item["pkg"]["name"],
                            state, () if version == "0" else fixed_in(version))] += 1
    return wanted


class Words(yaml.SafeLoader):
    """Every scalar is the text that was written."""


Words.yaml_implicit_resolvers = {}


def check_secdb(top):
    count = 0
    paths = glob.glob(top + "/alpine-secdb-2020/**/*.yaml", recursive=True) + \
        glob.glob(top + "/*/**/secdb/**/*.yaml", recursive=True) + \
        glob.glob(top + "/*/**/secdb/**/*.json", recursive=True) + \
        glob.glob(top + "/*/**/alpine/testdata/fetch/**/*.json", recursive=True)
    assert len(paths) > 20, paths
    for path in paths:
        with open(path, encoding="utf-8") as file:
            document = yaml.load(file, Loader=Words)
        advisories, told = dump(path)
        assert told["feed"] == "alpine-secdb", (path, told)
        count += same(second_secdb(document), tuples_of(advisories), path)
    return "%d packages in %d documents" % (count, len(paths))


def check_secdb_publishers(top):
    """The documents that share Alpine's shape, told by where the repository lies."""
    for url, repository, ecosystem in (
            ("https://packages.wolfi.dev", "os", "Wolfi"),
            ("https://packages.cgr.dev", "chainguard", "Chainguard"),
            ("https://packages.mini.dev", "os", "MinimOS")):
        path = os.path.join(top, "security.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"apkurl": "{{urlprefix}}/{{reponame}}/{{arch}}/{{pkg.name}}-{{pkg.ver}}.apk",
                       "archs": ["x86_64"], "reponame": repository, "urlprefix": url,
                       "packages": [{"pkg": {"name": "a", "secfixes": {
                           "1.0-r0": ["CVE-2024-1", "GHSA-aaaa-bbbb-cccc"], "0": ["CVE-2024-2"]}}}]},
                      file)
        advisories, told = dump(path)
        assert told["counts"]["malformed"] == 0 and len(advisories) == 3, told
        assert {advisory["affected"][0]["package"]["ecosystem"] for advisory in advisories} == \
            {ecosystem}
    return "3 publishers"


# Arch

def check_arch(top):
    states = {"Not affected": "not_affected", "Unknown": "under_investigation"}
    count = 0
    for path in glob.glob(top + "/*/**/arch/advisory.json", recursive=True) + \
            glob.glob(top + "/*/**/arch-advisories/all.json", recursive=True):
        with open(path, encoding="utf-8") as file:
            groups = json.load(file)
        wanted = collections.Counter()
        for group in groups:
            state = states.get(group["status"], "affected")
            for package in group["packages"]:
                wanted[(group["name"], tuple(sorted(group["issues"])), "Arch Linux", package, state,
                        fixed_in(group["fixed"]) if state == "affected" else ())] += 1
        advisories, told = dump(path)
        assert told["feed"] == "arch", told
        count += same(wanted, tuples_of(advisories), path)
    assert count > 3
    return "%d packages" % count


def check_bids(top):
    """No two feeds bid the same for a document, and none for what does not parse."""
    paths = [path for path in glob.glob(top + "/**/*", recursive=True) if os.path.isfile(path)]
    done = subprocess.run(["xargs", "-0", DUMP, "--bids"], input="\0".join(paths), encoding="utf-8",
                          stdout=subprocess.PIPE, check=True)
    several = 0
    for line in done.stdout.splitlines():
        document = json.loads(line)["document"]
        bids = sorted(document["bids"].values())
        assert len(bids) < 2 or bids[-1] != bids[-2], document
        assert all(0 < bid <= 100 for bid in bids), document
        several += len(bids) > 1
    return "%d documents, %d with several bids" % (len(paths), several)


def main():
    checks = [check_debian_list, check_debian_list_and_osv, check_debian_tracker, check_secdb,
              check_secdb_publishers, check_arch, check_bids]
    if not os.path.isdir(NATIVE):
        print("1..0 # SKIP no feeds at %s" % FEEDS)
        return
    print("1..%d" % len(checks))
    with tempfile.TemporaryDirectory() as top:
        unpack(top, "alpine/alpine-secdb-2020.tar.zst", "samples/vuls-data-update-fixtures.tar.zst",
               "samples/vunnel-fixtures.tar.zst", "samples/claircore-testdata.tar.zst",
               "samples/redhat-csaf-vex.tar.zst", "samples/osvdev-nvd-cve5.tar.zst")
        for number, check in enumerate(checks, 1):
            try:
                print("ok %d - %s: %s" % (number, check.__name__[6:], check(top)))
            except AssertionError as problem:
                print("not ok %d - %s" % (number, check.__name__[6:]))
                print("# " + str(problem)[:2000])


main()
