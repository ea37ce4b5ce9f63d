#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the CSAF feeds to a second reading of the same documents.

usage: feed_oracle_csaf.py FEED_DUMP FEEDS_DIR

The statements of every document in the samples (product, package, stream, fixed version, state) are
computed here from section 3.2.3.9 of CSAF 2.0 and the purl specification, and compared.
"""
import collections
import json
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import urllib.parse

STATES = {"Will not fix": "will_not_fix", "Out of support scope": "end_of_life", "Fix deferred": "deferred",
          "Under investigation": "under_investigation"}


def flatten(branches, into):
    for branch in branches:
        if "product" in branch:
            product = branch["product"]
            into[product["product_id"]] = product.get("product_identification_helper", {})
        flatten(branch.get("branches", []), into)


def rpm_purl(purl):
    """(name, version with epoch, arch, stream) of a purl, or None when it is of another type."""
    match = re.fullmatch(r"pkg:rpm/([^@?]+)(?:@([^?]*))?(?:\?(.*))?", purl)
    if not match:
        return None
    qualifiers = dict(urllib.parse.parse_qsl((match[3] or "").replace("+", "%2B")))
    name = urllib.parse.unquote(match[1].split("/")[-1])
    version = urllib.parse.unquote(match[2] or "")
    if version:
        version = qualifiers.get("epoch", "0") + ":" + version
    return name, version, qualifiers.get("arch", ""), ":".join(qualifiers.get("rpmmod", "").split(":")[:2])


def red_hat(products, component, product):
    cpe = re.fullmatch(r"cpe:/([aoh]):redhat:(.*)", products[product].get("cpe", ""))
    if not cpe:
        return None
    purl = products[component].get("purl")
    if purl:
        found = rpm_purl(purl)
        if not found:
            return None
        name, version, arch, module = found
        if version and arch == "src":
            return None
        return "Red Hat:" + cpe[2], name, module, version
    if cpe[1] != "o":
        return None
    built = re.fullmatch(r"([^/]+)-(\d+:[^-]+-[^-]+)\.(\w+)", component)
    if built:
        return None if built[3] == "src" else ("Red Hat:" + cpe[2], built[1], "", built[2])
    module, _, name = component.rpartition("/")
    if module and ":" not in module:
        return None
    return "Red Hat:" + cpe[2], re.sub(r"\.src$", "", name), ":".join(module.split(":")[:2]), ""


def suse(products, component, product):
    match = re.match(r"(open)?SUSE ", product)
    ecosystem = "openSUSE:" + product[9:] if match[1] else "SUSE:" + product[5:]
    component = re.sub(r"\.(src|noarch|x86_64|aarch64|ppc64le|s390x|i586)$", "", component)
    match = re.fullmatch(r"(.+)-([^-]+-[^-]+)", component)
    if match and component in FIXED:
        return ecosystem, match[1], "", match[2]
    return ecosystem, component, "", ""


def openeuler(products, component, product):
    match = re.fullmatch(r"(.+)-([^-]+-[^-]+)\.src\.rpm", component)
    return ("openEuler:" + product[len("openEuler-"):], match[1], "", match[2]) if match else None


PUBLISHERS = {"Red Hat Product Security": red_hat, "SUSE Product Security Team": suse, "openEuler": openeuler}
FIXED = set()


def statements(document):
    package = PUBLISHERS[document["document"]["publisher"]["name"]]
    products = {}
    tree = document.get("product_tree", {})
    flatten(tree.get("branches", []), products)
    related = {r["full_product_name"]["product_id"]: (r["product_reference"], r["relates_to_product_reference"])
               for r in tree.get("relationships", [])}
    result = set()
    for vulnerability in document.get("vulnerabilities", []):
        reasons = {}
        for remediation in vulnerability.get("remediations", []):
            if remediation["category"] in ("no_fix_planned", "none_available"):
                fallback = "will_not_fix" if remediation["category"] == "no_fix_planned" else "affected"
                for product in remediation.get("product_ids", []):
                    reasons[product] = STATES.get(remediation["details"].strip(), fallback)
        status = vulnerability.get("product_status", {})
        FIXED.clear()
        for kind in ("fixed", "first_fixed", "recommended"):
            FIXED.update(related[p][0] for p in status.get(kind, []) if p in related)
        for kind, ids in status.items():
            for product in ids:
                if product not in related:
                    continue
                found = package(products, *related[product])
                if not found:
                    continue
                ecosystem, name, module, version = found
                if kind in ("fixed", "first_fixed", "recommended"):
                    if version:
                        result.add((ecosystem, name, module, version, "affected"))
                elif kind == "known_affected":
                    result.add((ecosystem, name, module, "", reasons.get(product, "affected")))
                elif kind == "under_investigation":
                    result.add((ecosystem, name, module, "", "under_investigation"))
                elif kind == "known_not_affected" and not version:
                    result.add((ecosystem, name, module, "", "not_affected"))
    return result


def said(advisory):
    result = collections.Counter()
    for affected in advisory["affected"]:
        events = affected["ranges"][0]["events"]
        assert len(affected["ranges"]) == 1 and events[0] == {"introduced": "0"}
        fixed = events[1]["fixed"] if len(events) > 1 else ""
        result[(affected["package"]["ecosystem"], affected["package"]["name"], affected.get("module", ""), fixed,
                affected["state"])] += 1
    assert all(count == 1 for count in result.values()), "said twice"
    return set(result)


def unpack(feeds, into):
    for archive in sorted((feeds / "native" / "samples").glob("*.tar.zst")):
        subprocess.run(["tar", "--zstd", "-xf", archive, "-C", into], check=True)
    for archive in sorted(pathlib.Path(into).glob("**/csaf-vex.tar.bz2")):
        with tarfile.open(archive) as tar:
            tar.extractall(archive.parent)


def main():
    dump, feeds = sys.argv[1], pathlib.Path(sys.argv[2])
    if not (feeds / "native" / "samples").is_dir():
        print("no samples")
        return 77
    failures = checked = total = 0
    with tempfile.TemporaryDirectory() as temp:
        unpack(feeds, temp)
        for path in sorted(pathlib.Path(temp).glob("**/*.json")):
            try:
                document = json.loads(path.read_bytes())
                if document["document"]["publisher"]["name"] not in PUBLISHERS:
                    continue
            except (ValueError, KeyError, TypeError):
                continue
            lines = [json.loads(line) for line in
                     subprocess.run([dump, path], check=True, stdout=subprocess.PIPE).stdout.splitlines()]
            got = set().union(*(said(line["advisory"]) for line in lines if "advisory" in line))
            wanted = statements(document)
            counts = lines[-1]["document"].get("counts", {"malformed": 1})
            checked += 1
            total += len(wanted)
            if got != wanted or counts["malformed"]:
                failures += 1
                print(f"{path.name}: {len(got)} statements, {len(wanted)} wanted;"
                      f" too much {sorted(got - wanted)[:3]}, missing {sorted(wanted - got)[:3]}", counts)
    print(f"{checked} documents with {total} statements, {failures} differ")
    return 1 if failures or checked < 60 else 0


sys.exit(main())
