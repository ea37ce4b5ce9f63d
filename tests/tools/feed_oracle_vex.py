#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the feeds of VEX documents in CSAF and CycloneDX to a second reading of the same documents.

usage: feed_oracle_vex.py FEED_DUMP DIRECTORY...

What each document says of packages of npm, PyPI, Maven, Go and Debian is computed here from section 3.2.3.9 of
CSAF 2.0, from the CycloneDX schema's descriptions and from the containment check of the vers specification.
"""
import glob
import json
import os
import re
import subprocess
import sys
import urllib.parse
import xml.etree.ElementTree

PROBES = [f"{major}.{minor}.0" for major in range(8) for minor in (0, 1, 5, 9)]


def key(version):
    return [int(number) for number in re.findall(r"\d+", version)]


def contains(vers, version):
    """The check of the specification, step by step; None for what is no range."""
    body = vers.partition("/")[2].strip()
    if not re.match(r"vers:[^/]+/", vers) or not body:
        return None
    if body == "*":
        return True
    constraints = []
    for piece in body.split("|"):
        match = re.fullmatch(r"\s*(!=|<=|>=|<|>|=)?\s*(\S+)\s*", piece)
        if not match or not re.match(r"\d", match[2]):
            return None
        constraints.append((key(urllib.parse.unquote(match[2])), match[1] or "="))
    constraints.sort(key=lambda item: item[0])
    at = key(version)
    if any(at == one and op in ("=", "<=", ">=") for one, op in constraints):
        return True
    if any(at == one and op == "!=" for one, op in constraints):
        return False
    if all(op == "!=" for _, op in constraints):
        return True
    left = [(one, op[0]) for one, op in constraints if op not in ("=", "!=")]
    if not left:
        return False
    if left[0][1] == "<" and at < left[0][0] or left[-1][1] == ">" and at > left[-1][0]:
        return True
    return any(a[1] == ">" and b[1] == "<" and a[0] < at < b[0] for a, b in zip(left, left[1:]))


ECOSYSTEMS = {"npm": "npm", "pypi": "PyPI", "maven": "Maven", "golang": "Go"}


def package(purl):
    """(ecosystem, name, version) or None."""
    match = re.fullmatch(r"pkg:([^/]+)/([^@?#]+)(?:@([^?#]*))?(?:\?([^#]*))?(?:#.*)?", purl)
    if not match:
        return None
    name = urllib.parse.unquote(match[2])
    version = urllib.parse.unquote(match[3] or "")
    if match[1] == "deb":
        distro = dict(urllib.parse.parse_qsl(match[4] or "")).get("distro", "")
        family, _, release = distro.partition("-")
        if family != "debian":
            return None
        return "Debian:" + release, name.split("/")[-1], version
    if match[1] not in ECOSYSTEMS:
        return None
    if match[1] == "maven":
        name = name.replace("/", ":")
    if match[1] == "golang":
        version = re.sub("^v", "", version)
    return ECOSYSTEMS[match[1]], name, version


def plain(purl, version=""):
    """A purl in one spelling, with a version where it has none."""
    match = re.fullmatch(r"pkg:([^@?#]+)(?:@([^?#]*))?(?:\?([^#]*))?(?:#.*)?", purl)
    if not match:
        return None
    return (urllib.parse.unquote(match[1]).strip("/"), urllib.parse.unquote(match[2] or "") or version,
            tuple(sorted(pair for pair in urllib.parse.parse_qsl(match[3] or "") if pair[1])))


class Said:
    """Of one subject the last word counts."""

    def __init__(self):
        self.words = {}

    def say(self, vulnerability, purl, version, vers, state, time):
        found = package(purl or "")
        if not found:
            return
        ecosystem, name, own = found
        version = version or own
        if vers:
            members = [contains(vers, probe) for probe in PROBES]
            if None in members:
                return
            where = tuple(probe for probe, inside in zip(PROBES, members) if inside)
        elif version:
            where = "only " + re.sub("^v", "", version) if ecosystem == "Go" else "only " + version
        elif state == "fixed":
            return
        else:
            where = tuple(PROBES)
        subject = (vulnerability, purl, version, vers)
        if subject not in self.words or self.words[subject][0] <= time:
            self.words[subject] = (time, (vulnerability, ecosystem, name,
                                          "not_affected" if state == "fixed" else state, where))

    def rule(self, vulnerability, purl, version, vers, place, state):
        """Of a component within something else; the product tree decides the one, a scan the other."""
        if state == "fixed" and place.startswith("cpe:") and not version and not vers and "@" not in purl:
            return
        if not plain(purl):
            return
        purl = plain(purl, version)
        word = {"fixed": "fixed", "under_investigation": state, "not_affected": ""}.get(state, "affected")
        self.words[(vulnerability, purl, vers, place)] = ("", (vulnerability, "rule", purl, word, (vers, place)))

    def rows(self):
        return sorted((row for _, row in self.words.values()), key=str)


def place_of(product):
    helper = product.get("product_identification_helper", {})
    return helper.get("purl") or helper.get("cpe")


def csaf(document):
    said, products, inside, places = Said(), {}, {}, {}

    def product(item, version="", vers=""):
        helper = item.get("product_identification_helper", {})
        products[item["product_id"]] = (helper.get("purl"), version, vers)
        places[item["product_id"]] = place_of(item)

    def walk(branches):
        for branch in branches:
            if "product" in branch:
                name = branch["name"]
                if branch["category"] == "product_version_range":
                    product(branch["product"], "", name if name.startswith("vers:") else "vers:vls/" + name)
                else:
                    product(branch["product"], name if branch["category"] == "product_version" else "")
            walk(branch.get("branches", []))

    tree = document.get("product_tree", {})
    walk(tree.get("branches", []))
    for item in tree.get("full_product_names", []):
        product(item)
    for item in tree.get("relationships", []):
        whole = item["full_product_name"]
        inside[whole["product_id"]] = (item["product_reference"], item["relates_to_product_reference"],
                                       whole.get("product_identification_helper", {}).get("purl"))
        places[whole["product_id"]] = place_of(whole)

    def component(one):
        """(purl, version, range, what it is in); None where that cannot be told beyond the document."""
        part, place, own = inside[one]
        if part in inside or part not in products or not places.get(place):
            return None
        purl, version, vers = products[part]
        purl = own or purl
        if not purl:
            return None
        if "@" in purl:
            version = vers = ""
        return purl, version, vers, places[place]

    for item in document.get("vulnerabilities", []):
        if not isinstance(item, dict):
            continue
        names = [one["text"] for one in item.get("ids", []) if re.match("CVE-|GHSA-", one["text"])]
        name = item.get("cve") or (names or [""])[0]
        if not name:
            continue
        no_fix = {one for fix in item.get("remediations", [])
                  if fix["category"] in ("no_fix_planned", "none_available") for one in fix.get("product_ids", [])}
        for status, state in (("known_not_affected", "not_affected"), ("fixed", "fixed"), ("first_fixed", "fixed"),
                              ("under_investigation", "under_investigation"), ("first_affected", "affected"),
                              ("last_affected", "affected"), ("known_affected", "affected")):
            for one in item.get("product_status", {}).get(status, []):
                if one in inside and component(one):
                    said.rule(name, *component(one), state)
                if one in inside or one not in products:
                    continue
                purl, version, vers = products[one]
                if package(purl or "") and package(purl)[2]:
                    version = vers = ""
                said.say(name, purl, version, vers,
                         "will_not_fix" if state == "affected" and one in no_fix else state, "")
    return said.rows()


CYCLONEDX = {"exploitable": "affected", "false_positive": "not_affected", "in_triage": "under_investigation",
             "not_affected": "not_affected", "resolved": "fixed", "resolved_with_pedigree": "fixed"}


def cyclonedx(document):
    said, purls = Said(), {}

    def walk(component):
        if "bom-ref" in component and "purl" in component:
            purls[component["bom-ref"]] = component["purl"]
        for part in component.get("components", []):
            walk(part)

    walk(document.get("metadata", {}).get("component", {}))
    for item in document.get("components", []):
        walk(item)
    own = document.get("serialNumber", "").replace("urn:uuid:", "")
    for item in document.get("vulnerabilities", []):
        analysis = item.get("analysis", {})
        state = CYCLONEDX.get(analysis.get("state"))
        if not state or "id" not in item:
            continue
        responses = set(analysis.get("response", []))
        if state == "affected" and responses & {"can_not_fix", "will_not_fix"} and "update" not in responses:
            state = "will_not_fix"
        time = analysis.get("lastUpdated") or item.get("updated") or document.get("metadata", {}).get("timestamp", "")
        for target in item.get("affects", []):
            ref = target["ref"]
            link = re.fullmatch(r"urn:cdx:([^/#]+)/[^#]*#(.*)", ref)
            if link:
                ref = link[2] if link[2].startswith("pkg:") else urllib.parse.unquote(link[2])
                purl = purls.get(ref, ref) if link[1] == own else ref
            else:
                purl = purls.get(ref, ref)
            for version in target.get("versions") or [{}]:
                one = {"unaffected": "not_affected", "unknown": "under_investigation"}.get(version.get("status"), state)
                said.say(item["id"], purl, version.get("version", ""), version.get("range", ""), one, time)
    return said.rows()


def from_xml(path):
    """The same document as it would be in JSON, as far as it is read here."""
    root = xml.etree.ElementTree.parse(path).getroot()
    space = re.match(r"\{.*\}", root.tag)[0]

    def text(node, name):
        return (node.findtext(space + name) or "").strip()

    def component(node):
        return {"bom-ref": node.get("bom-ref", ""), **({"purl": text(node, "purl")} if text(node, "purl") else {}),
                "components": [component(part) for part in node.findall(f"{space}components/{space}component")]}

    def some(pairs):
        return {name: value for name, value in pairs if value}

    result = {"serialNumber": root.get("serialNumber", ""), "vulnerabilities": [],
              "components": [component(node) for node in root.findall(f"{space}components/{space}component")]}
    metadata = root.find(space + "metadata")
    if metadata is not None:
        main = metadata.find(space + "component")
        result["metadata"] = {"timestamp": text(metadata, "timestamp"),
                              "component": component(main) if main is not None else {}}
    for node in root.findall(f"{space}vulnerabilities/{space}vulnerability"):
        analysis = node.find(space + "analysis")
        item = some([("id", text(node, "id")), ("updated", text(node, "updated"))])
        if analysis is not None:
            item["analysis"] = some([("state", text(analysis, "state")), ("lastUpdated", text(analysis, "lastUpdated"))])
            item["analysis"]["response"] = [one.text for one in analysis.findall(f"{space}responses/{space}response")]
        item["affects"] = [
            {"ref": text(target, "ref"), "versions": [
                some((name, text(one, name)) for name in ("version", "range", "status"))
                for one in target.findall(f"{space}versions/{space}version")]}
            for target in node.findall(f"{space}affects/{space}target")]
        result["vulnerabilities"].append(item)
    return result


def is_in(ranges, version):
    at = key(version)
    for events in (one["events"] for one in ranges):
        inside = False
        for event in events:
            (what, bound), = event.items()
            bound = key(bound)
            if what == "introduced":
                inside = at >= bound
            elif what == "above":
                inside = at > bound
            elif what == "fixed":
                inside = inside and at < bound
            elif what == "last_affected":
                inside = inside and at <= bound
        if inside:
            return True
    return False


def ours(dump, path):
    rows, feed = [], None
    done = subprocess.run([dump, path], stdout=subprocess.PIPE, check=True)
    for line in map(json.loads, done.stdout.splitlines()):
        feed = line.get("document", {}).get("feed", feed)
        for one in line.get("advisory", {}).get("affected", []):
            if one["package"]["ecosystem"] == "Suppression":
                rule = json.loads(line["advisory"]["details"])
                if "products" in rule and "packages" in rule:
                    word = rule["reason"]
                    rows.append((rule["id"][0], "rule", plain(rule["packages"][0]),
                                 word if word in ("fixed", "affected", "under_investigation") else "",
                                 (rule.get("versions", ""), rule["products"][0])))
                continue  # a rule for what no advisory is filed under
            if one.get("versions"):
                where = "only " + one["versions"][0]
            elif one["ranges"]:
                where = tuple(probe for probe in PROBES if is_in(one["ranges"], probe))
            else:
                where = tuple(PROBES)
            rows.append((line["advisory"]["id"], one["package"]["ecosystem"], one["package"]["name"], one["state"],
                         where))
    return feed, sorted(rows, key=str)


def second(path):
    """(feed, rows); None for what is no such document."""
    if path.endswith(".xml"):
        with open(path, encoding="utf-8") as file:
            if "http://cyclonedx.org/schema/bom/" not in file.read(8192):
                return None
        return "cyclonedx-vex", cyclonedx(from_xml(path))
    try:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
    except ValueError:
        return None
    if not isinstance(document, dict):
        return None
    if document.get("bomFormat") == "CycloneDX":
        return "cyclonedx-vex", cyclonedx(document)
    head = document.get("document", {})
    if isinstance(head, dict) and head.get("category") == "csaf_vex":
        return "csaf-vex", csaf(document)
    return None


def main():
    dump, documents, rows = sys.argv[1], 0, 0
    for directory in sys.argv[2:]:
        for path in sorted(glob.glob(os.path.join(directory, "**", "*.*"), recursive=True)):
            wanted = second(path) if path.endswith((".json", ".xml")) else None
            if not wanted:
                continue
            feed, got = ours(dump, path)
            if feed not in ("csaf-vex", "cyclonedx-vex"):
                continue  # of a distribution, which has a feed of its own
            assert feed == wanted[0], (path, feed)
            assert got == wanted[1], (path, [row for row in wanted[1] if row not in got][:3],
                                      [row for row in got if row not in wanted[1]][:3])
            documents += 1
            rows += len(got)
    assert documents >= 3, documents
    print(f"{rows} statements of {documents} documents")
    return 0


if __name__ == "__main__":
    sys.exit(main())
