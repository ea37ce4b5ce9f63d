#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the matching to labels: what somebody judged to be a vulnerability of a package in an image, or not to be one.

usage: labels.py PLIMSOLL FEEDS LABELS [--list] [--write FILE] [--accepted FILE]
       labels.py PLIMSOLL --self-test

LABELS is a directory in the form of github.com/anchore/vulnerability-match-labels, or a table that --write made of one
(tests/data/labels/README.md). The images are not needed: the judged packages of each become a bill of materials, which
is scanned. FEEDS is a collection of advisories; labels of which it has no record that names the package, in its
ecosystem and release, cannot be judged, and are counted by reason. Without FEEDS all is skipped.

--list prints where the program and a label differ; --accepted names a table of the differences that are known, each
with its reason, and fails unless they are exactly those.
"""
import argparse
import collections
import concurrent.futures
import glob
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.parse
import zipfile

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "labels")
SKIP = 77
# What of FEEDS is about packages; samples are other projects' test material, but for Red Hat's whole documents.
SOURCES = ["osv", "native/debian", "native/alpine", "native/rubysec", "native/friendsofphp", "native/elixir",
           "native/cpan", "native/nodejs", "native/retirejs", "native/azurelinux",
           "native/samples/redhat-csaf-vex.tar.zst"]
# Distributions as package URLs name them: type, namespace, OSV's ecosystem, how its release is written there.
SYSTEMS = {
    "almalinux": ("rpm", "almalinux", "AlmaLinux", "%s"), "alpine": ("apk", "alpine", "Alpine", "v%s"),
    "amzn": ("rpm", "amazon", "Amazon Linux", "%s"), "azurelinux": ("rpm", "azurelinux", "Azure Linux", "%s"),
    "centos": ("rpm", "centos", "Red Hat", "%s"), "debian": ("deb", "debian", "Debian", "%s"),
    "mariner": ("rpm", "mariner", "Azure Linux", "%s"), "ol": ("rpm", "oraclelinux", "Oracle Linux", "%s"),
    "rhel": ("rpm", "redhat", "Red Hat", "%s"), "rocky": ("rpm", "rocky", "Rocky Linux", "%s"),
    "sles": ("rpm", "suse", "SUSE", "%s"), "ubuntu": ("deb", "ubuntu", "Ubuntu", "%s"),
}
LANGUAGES = {"PyPI": "pypi", "Go": "golang", "npm": "npm", "Maven": "maven", "RubyGems": "gem", "crates.io": "cargo",
             "NuGet": "nuget", "Packagist": "composer", "Hex": "hex", "CPAN": "cpan"}
# Versions that no language writes.
OF_A_SYSTEM = re.compile(r"-r\d+$|[._+]el\d|\.amzn\d|\.(cm|azl)\d|deb\d+u|ubuntu|^\d:")

Label = collections.namedtuple("Label", "image purl ids is_true note")


def table(path):
    with open(path, encoding="utf-8") as lines:
        return [line.rstrip("\n").split("\t") for line in lines if not line.startswith("#")]


def run(arguments, **more):
    return subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", **more)


class Database:
    def __init__(self, program, feeds, directory):
        self.program, self.feeds, self.directory = program, feeds, os.path.join(directory, "db")
        self.records_of = collections.defaultdict(list)
        arguments = [program, "db", "update", "--db", self.directory]
        for source in SOURCES:
            if os.path.exists(os.path.join(feeds, source)):
                arguments += ["--from", os.path.join(feeds, source)]
        done = run(arguments)
        assert done.returncode == 0, done.stderr

    def ask(self, identity):
        done = run([self.program, "db", "show", identity, "--db", self.directory, "--format", "json"])
        told = json.loads(done.stdout) if done.returncode == 0 else []
        return told if isinstance(told, list) else [told]

    def export(self):
        for path in glob.glob(os.path.join(glob.escape(self.feeds), "osv", "**"), recursive=True):
            if path.endswith(".json"):
                with open(path, "rb") as record:
                    yield json.load(record)
            elif path.endswith(".zip"):
                with zipfile.ZipFile(path) as archive:
                    yield from (json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json"))

    def learn(self, identities):
        """Asks for what is known of each, and reads the export besides, so that a name which the database has lost is
        seen. What is withdrawn says nothing."""
        identities = sorted(set(identities))
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for identity, records in zip(identities, pool.map(self.ask, identities)):
                self.records_of[identity] += [record for record in records if not record.get("withdrawn")]
        for record in self.export():
            if not record.get("withdrawn"):
                for identity in [record["id"]] + record.get("aliases", []) + record.get("related", []):
                    self.records_of[identity].append(record)

    def packages(self, label):
        """All (ecosystem, name) that a record names which bears one of the label's ids."""
        return {(one["package"]["ecosystem"], one["package"]["name"])
                for identity in (label["vulnerability_id"], label.get("effective_cve")) if identity
                for record in self.records_of[identity] for one in record.get("affected", []) if "package" in one}

    def scan(self, path):
        done = run([self.program, "scan", "sbom:" + path, "--db", self.directory, "--format", "json", "--scope", "all"])
        assert done.returncode in (0, 1), done.stderr
        return json.loads(done.stdout)


# From labels to package URLs.

def read_directory(path):
    labels = []
    for name in sorted(glob.glob(os.path.join(glob.escape(path), "**", "*.json"), recursive=True)):
        with open(name, encoding="utf-8") as one:
            text = one.read()
        if text.strip():
            labels.append(json.loads(text))
    return labels


def quoted(text):
    return urllib.parse.quote(text, safe="")


def system_purls(system, origins, name, version, packages):
    """The package URL of a distribution's package, if a record names it or its source."""
    identity, _, release = system.rpartition("-")
    if identity not in SYSTEMS:
        return set()
    kind, namespace, ecosystem, form = SYSTEMS[identity]
    release = form % (".".join(release.split(".")[:2]) if identity in ("alpine", "ubuntu") else release.split(".")[0])
    source = origins.get((system, name)) or origins.get((kind, name))
    known = {one for place, one in packages
             if place.split(":")[0] == ecosystem and release in re.split(r"[:_]", place)}
    if not known & {source, name}:
        return set()
    epoch, _, rest = version.rpartition(":") if kind == "rpm" else ("", "", version)
    purl = "pkg:%s/%s/%s@%s?distro=%s" % (kind, namespace, quoted(name), quoted(rest), system)
    if epoch:
        purl += "&epoch=" + epoch
    if source and source != name:
        # The version of the source: without what a rebuild of the binaries alone adds, and util-linux has no epoch.
        own = re.sub(r"\+b\d+$", "", version.partition(":")[2] if name == "bsdutils" else version)
        purl += "&upstream=%s%%40%s" % (quoted(source), quoted(own))
    return {purl}


def same(ecosystem, one, other):
    if ecosystem == "PyPI":
        one, other = (re.sub("[-_.]+", "-", name).lower() for name in (one, other))
    return one == other


def language_purls(language, origins, name, version, packages):
    purls = set()
    for ecosystem, known in packages:
        ecosystem = ecosystem.split(":")[0]
        kind = LANGUAGES.get(ecosystem)
        if not kind or language not in ("-", ecosystem):
            continue
        if kind == "maven":
            group, _, artifact = known.partition(":")
            if name == known or name == artifact and origins.get(("maven", name), group) == group:
                purls.add("pkg:maven/%s/%s@%s" % (group, artifact, quoted(version)))
        elif kind == "golang":
            if name == known:
                purls.add("pkg:golang/%s@%s" % (known, quoted(re.sub("^go", "", version))))
        elif same(ecosystem, name, known):
            purls.add("pkg:%s/%s@%s" % (kind, known.replace("@", "%40"), quoted(version)))
    return purls


def resolve(labels, database, tables):
    """The labels that can be judged, and the count of others by reason."""
    images = {digest: row for digest, *row in table(os.path.join(tables, "images.tsv"))}
    origins = {(place, name): origin for place, name, origin in table(os.path.join(tables, "sources.tsv"))}
    database.learn([label[key] for label in labels for key in ("vulnerability_id", "effective_cve") if label.get(key)])
    judged, dropped = collections.defaultdict(list), collections.Counter()
    for label in labels:
        digest = label["image"]["exact"].split("@sha256:")[1][:12]
        packages = database.packages(label)
        if digest not in images:
            dropped["its image is not in images.tsv"] += 1
        elif label["label"] not in ("TP", "FP"):
            dropped["judged unclear by who labelled"] += 1
        elif "package" not in label:
            dropped["names no package"] += 1
        elif not packages:
            dropped["no record in the feeds bears its id"] += 1
        else:
            system, language, image = images[digest]
            name, version = label["package"]["name"], label["package"]["version"]
            kind = SYSTEMS.get(system.rpartition("-")[0], [""])[0]
            if OF_A_SYSTEM.search(version) or "-" in version and (system.startswith("sles") or (kind, name) in origins):
                purls = system_purls(system, origins, name, version, packages)
            else:
                purls = language_purls(language, origins, name, version, packages)
            if len(purls) == 1:
                judged[image, purls.pop(), label.get("effective_cve") or label["vulnerability_id"]].append(label)
            else:
                dropped["records of its id name several packages that it may be" if purls else
                        "records of its id do not name the package, in its system's release"] += 1
    settled = []
    for (image, purl, _), alike in sorted(judged.items()):
        if len({label["label"] for label in alike}) > 1:
            dropped["contradicts another label"] += len(alike)
            continue
        dropped["says what another says, by another id or again"] += len(alike) - 1
        ids = {label[key] for label in alike for key in ("vulnerability_id", "effective_cve") if label.get(key)}
        notes = [label["note"].strip().replace("\n", " ") for label in alike if label.get("note")]
        settled.append(Label(image, purl, tuple(sorted(ids)), alike[0]["label"] == "TP", " ".join(notes[:1])))
    return settled, dropped


def read_table(path):
    return [Label(image, purl, tuple(ids.split()), label == "TP", "") for image, purl, ids, label in table(path)]


def write_table(path, labels):
    with open(path, "w", encoding="utf-8") as out:
        out.write("# image\tpackage\tvulnerability\tlabel\n")
        for label in labels:
            out.write("\t".join([label.image, label.purl, " ".join(label.ids), "TP" if label.is_true else "FP"]) + "\n")


# The judgement.

def base(purl):
    """Name and version of a package URL, without what only locates the package."""
    return urllib.parse.unquote(purl.partition("?")[0]).lower()


def reported(database, image, purls, directory):
    """(package, id) of all findings for a bill of materials of these packages."""
    path = os.path.join(directory, re.sub(r"\W", "-", image) + ".json")
    with open(path, "w", encoding="utf-8") as out:
        json.dump({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": [
            {"type": "library", "bom-ref": str(i), "purl": purl, "name": base(purl).rpartition("/")[2].partition("@")[0],
             "version": base(purl).rpartition("@")[2]} for i, purl in enumerate(purls)]}, out)
    told = database.scan(path)
    listed = {base(component["purl"]) for component in told["components"]}
    for purl in purls:
        assert base(purl) in listed, (image, purl)
    return {(base(finding["component"]), name) for finding in told["findings"]
            for name in [finding["id"]] + finding.get("aliases", [])}


def judge(database, labels, directory):
    """Each label with whether its vulnerability is reported for its package."""
    by_image = collections.defaultdict(list)
    for label in labels:
        by_image[label.image].append(label)
    for image, group in sorted(by_image.items()):
        found = reported(database, image, sorted({label.purl for label in group}), directory)
        for label in group:
            yield label, any((base(label.purl), name) in found for name in label.ids)


def row_of(purl):
    """The distribution's id for its packages, else the type of the package URL."""
    return re.sub(r"^pkg:([^/]+)/.*", r"\1", re.sub(r"^.*[?&]distro=([^-&]+)-.*", r"\1", purl))


def print_counts(counts, dropped):
    print("%-12s %6s %6s %6s %9s %13s" % ("", "judged", "found", "missed", "reported", "not reported"))
    for row, count in sorted(counts.items()) + [("all", sum(counts.values(), collections.Counter()))]:
        print("%-12s %6d %6d %6d %9d %13d" % (row, sum(count.values()), count[True, True], count[True, False],
                                             count[False, True], count[False, False]))
    for reason, number in sorted(dropped.items(), key=lambda item: -item[1]):
        print("%6d not judged: %s" % (number, reason))


def hold_to(differences, path):
    """Prints what is not as the table has it; returns the status to exit with."""
    accepted = {tuple(row[:4]): row[4] for row in table(path)}
    assert all(accepted.values()), "a difference has no reason"
    for difference in sorted(differences - set(accepted)):
        print("not accepted: " + "\t".join(difference))
    for difference in sorted(set(accepted) - differences):
        print("accepted, but differs no more: " + "\t".join(difference))
    print("%d differences, as accepted" % len(accepted) if differences == set(accepted) else "FAILED")
    return 0 if differences == set(accepted) else 1


def measure(options, tables, directory):
    database = Database(options.plimsoll, options.feeds, directory)
    labels, dropped = (resolve(read_directory(options.labels), database, tables) if os.path.isdir(options.labels) else
                       (read_table(options.labels), {}))
    if options.write:
        write_table(options.write, labels)
    counts, differences = collections.defaultdict(collections.Counter), set()
    for label, is_reported in judge(database, labels, directory):
        counts[row_of(label.purl)][label.is_true, is_reported] += 1
        if label.is_true != is_reported:
            row = "missed" if label.is_true else "reported", label.image, label.purl, " ".join(label.ids)
            differences.add(row)
            if options.list:
                print("\t".join(row + (label.note,)))
    print_counts(counts, dropped)
    return hold_to(differences, options.accepted) if options.accepted else 0


def test_itself(options, directory):
    """On labels and records of a few lines, made by hand: which can be judged, and what differs, is known."""
    small = os.path.join(DATA, "small")
    options.feeds, options.labels = os.path.join(small, "feeds"), os.path.join(small, "labels")
    options.accepted, options.write = os.path.join(small, "differences.tsv"), os.path.join(directory, "matches.tsv")
    status = measure(options, small, directory)
    assert table(options.write) == table(os.path.join(small, "matches.tsv")), table(options.write)
    return status


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("plimsoll")
    parser.add_argument("feeds", nargs="?")
    parser.add_argument("labels", nargs="?")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--write")
    parser.add_argument("--accepted")
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        if options.self_test:
            return test_itself(options, directory)
        if not options.labels:
            parser.error("FEEDS and LABELS are needed")
        if not os.path.isdir(options.feeds):
            print("no feeds in " + options.feeds)
            return SKIP
        return measure(options, DATA, directory)


sys.exit(main())
