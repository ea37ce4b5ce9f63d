#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Advisories of one's own, and findings that somebody says do not count: what each rule means is worked out by hand
from docs/suppressions.md and, of VEX, from the specification of OpenVEX."""
import json
import os
import subprocess

from imagelib import entry, has, main, run, same, simple, stanza
from match import STATUS, database, found, record, release, scan
from sbomlib import need_schemas, validate_json, validate_xml

EVERYTHING = [{"introduced": "0"}]


def write(path, content):
    with open(path, "w") as out:
        out.write(content if isinstance(content, str) else json.dumps(content))
    return path


def package(name, version):
    return entry(f"srv/{name}/node_modules/{name}/package.json", json.dumps({"name": name, "version": version}).encode())


def image(where):
    """Debian 12 with libssl3 of openssl, and two packages of npm."""
    status = stanza("libssl3", "3.0.10-1", "openssl") + stanza("zlib1g", "1:1.2.13-1")
    return simple(where + "/i", [release("debian", "12"), entry(STATUS, status), package("left", "1.5.0"), package("right", "2.0.0")])


def usual_database(where):
    return database(
        where, record("DEBIAN-CVE-2026-1", "Debian:12", "openssl", [{"introduced": "0"}, {"fixed": "3.0.11-1"}], upstream=["CVE-2026-1"],
                      ecosystem_specific={"urgency": "high"}),
        record("DEBIAN-CVE-2026-2", "Debian:12", "zlib1g", EVERYTHING, upstream=["CVE-2026-2"]),
        record("GHSA-aaaa-bbbb-cccc", "npm", "left", EVERYTHING, aliases=["CVE-2026-3"]),
        record("GHSA-dddd-eeee-ffff", "npm", "right", EVERYTHING))


ALL = [("left", "CVE-2026-3"), ("libssl3", "CVE-2026-1"), ("right", "GHSA-dddd-eeee-ffff"), ("zlib1g", "CVE-2026-2")]


def suppressed(result):
    return sorted((f["component"].split("@")[0].split("/")[-1], f["id"]) for f in result.json["suppressed"])


def rules(where, *items, name="rules.json"):
    return write(f"{where}/{name}", {"suppressions": list(items)})


def advisories_of_ones_own(where):
    """Ids of any shape, for names that no public feed has, beside public ones."""
    usual_database(where)
    own = where + "/own"
    os.makedirs(own)
    write(own + "/1.json", record("ACME-2026-0001", "npm", "right", [{"introduced": "0"}, {"fixed": "2.1.0"}], summary="ours",
                                  database_specific={"severity": "CRITICAL"}))
    write(own + "/2.json", record("ACME-2026-0002", "Debian:12", "zlib1g", versions=["1:1.2.13-1"]))
    write(own + "/3.json", record("ACME-2026-0003", "Acme", "gadget", EVERYTHING))
    result = run("db", "update", "--db", where + "/db", "--from", own)
    same(result.status, 0, result.err)
    result = scan(where, image(where))
    same(found(result), sorted(ALL + [("right", "ACME-2026-0001"), ("zlib1g", "ACME-2026-0002")]))
    ours = next(f for f in result.json["findings"] if f["id"] == "ACME-2026-0001")
    same((ours["severity"], ours["fix"]["versions"], ours["sources"][0]["feed"]), ("critical", ["2.1.0"], "osv/own"))
    status = run("db", "status", "--db", where + "/db", "--format", "json").json
    same(status["no_scheme"], ["Acme"], "an ecosystem whose versions nobody compares is stored, and said")
    listed = run("db", "affected", "--db", where + "/db", "--ecosystem", "Acme", "--format", "json", "pkg:generic/gadget").json
    same([hit["id"] for hit in listed], ["ACME-2026-0003"])


def a_rule_means_what_it_says(where):
    usual_database(where)
    target = image(where)
    cases = [
        ({"id": "CVE-2026-1"}, [("libssl3", "CVE-2026-1")]),
        ({"id": "debian-cve-2026-1"}, [("libssl3", "CVE-2026-1")]),
        ({"id": "GHSA-AAAA-bbbb-cccc"}, [("left", "CVE-2026-3")]),
        ({"id": ["CVE-2026-1", "CVE-2026-3"]}, [("left", "CVE-2026-3"), ("libssl3", "CVE-2026-1")]),
        ({"id": "CVE-2026-1", "packages": ["pkg:deb/debian/openssl"]}, [("libssl3", "CVE-2026-1")]),
        ({"id": "CVE-2026-1", "packages": ["pkg:deb/debian/libssl3@3.0.10-1?arch=amd64&distro=debian-12"]}, [("libssl3", "CVE-2026-1")]),
        ({"id": "CVE-2026-1", "packages": ["pkg:deb/debian/libssl3?distro=debian-11"]}, []),
        ({"id": "CVE-2026-1", "packages": ["pkg:deb/debian/libssl3?arch=arm64"]}, []),
        ({"id": "CVE-2026-1", "packages": ["pkg:deb/ubuntu/libssl3"]}, []),
        ({"id": "CVE-2026-1", "packages": ["pkg:deb/debian/libssl3@3.0.9-1"]}, []),
        ({"id": "CVE-2026-1", "packages": "pkg:deb/debian/openssl", "versions": ">= 3.0, << 3.0.11"}, [("libssl3", "CVE-2026-1")]),
        ({"id": "CVE-2026-1", "versions": "<3.0.10-1"}, []),
        ({"id": "CVE-2026-3", "packages": ["pkg:npm/right", "pkg:npm/left"], "versions": "^1.2 || 3"}, [("left", "CVE-2026-3")]),
        ({"id": "CVE-2026-3", "versions": "~1.4"}, []),
        ({"id": "CVE-2026-3", "versions": "vers:npm/>=1.0.0|<1.4.0|1.5.0"}, [("left", "CVE-2026-3")]),
        ({"id": "CVE-2026-3", "versions": "vers:npm/>=1.0.0|<1.5.0"}, []),
        ({"id": "CVE-2026-4"}, []),
        ({"id": "CVE-2026-3", "image": "*/i"}, [("left", "CVE-2026-3")]),
        ({"id": "CVE-2026-3", "image": "registry.example/*"}, []),
    ]
    for rule, wanted in cases:
        path = rules(where, dict(rule, reason="accepted"))
        result = scan(where, target, "--suppress", path)
        same(result.status, 0, result.err)
        same(suppressed(result), wanted, rule)
        same(found(result), [f for f in ALL if f not in wanted], rule)
        same([(r["use"], r["findings"]) for r in result.json["suppressions"]],
             [("used" if wanted else "unused", len(wanted))], rule)


def at(day):
    """An environment in which it is this day."""
    return dict(os.environ, SOURCE_DATE_EPOCH=subprocess.run(["date", "-u", "-d", day, "+%s"], stdout=subprocess.PIPE, check=True,
                                                             text=True).stdout.strip())


def a_rule_ends(where):
    """`until` is the last day; Trivy's expired_at is the first on which an entry counts no more."""
    usual_database(where)
    target = image(where)
    ours = rules(where, {"id": "CVE-2026-3", "reason": "accepted", "by": "jane", "text": "risk taken", "until": "2026-02-28"})
    lines = write(where + "/.trivyignore", "# a comment\n\nCVE-2026-3 exp:2026-03-01 # why not\nAVD-DS-0001\n")
    listed = write(where + "/.trivyignore.yaml", "vulnerabilities:\n- id: CVE-2026-3\n  expired_at: 2026-03-01\n  purls: [pkg:npm/left]\n"
                   "  statement: risk taken\n- id: CVE-2026-1\n  paths: [x]\nmisconfigurations:\n- id: AVD-1\n")
    for path in (ours, lines, listed):
        for day, is_over in (("2026-02-28 23:59:59", False), ("2026-03-01", True)):
            command = ("scan", "--db", where + "/db", "--suppress", path, target)
            result = run(*command, "--format", "json", env=at(day))
            same(result.status, 0, result.err)
            same(suppressed(result), [] if is_over else [("left", "CVE-2026-3")], (path, day))
            same(result.json["suppressions"][0]["use"], "expired" if is_over else "used", (path, day))
            text = run(*command, env=at(day)).out
            has(text, b"Expired suppressions, which count no more (1): CVE-2026-3 (2026-02-28)." if is_over else b"1 suppressed (")
    mark = run("scan", "--db", where + "/db", "--suppress", ours, "--format", "json", target, env=at("2026-02-01")).json["suppressed"][0]
    same(mark["suppressions"], [{"reason": "accepted", "text": "risk taken", "by": "jane", "until": "2026-02-28", "origin": ours}])
    same((mark["status"], mark["aliases"], mark["severity"]), ("affected", ["GHSA-aaaa-bbbb-cccc"], "unknown"))


def what_is_suppressed_counts_nowhere(where):
    usual_database(where)
    target = image(where)
    path = rules(where, {"id": "CVE-2026-1", "reason": "false_positive", "text": "we patched it"},
                 {"id": "CVE-2026-1", "reason": "inline_mitigations_already_exist"}, {"id": "CVE-1999-1", "reason": "accepted"})
    command = ("scan", "--db", where + "/db", target)
    same(run(*command, "--fail-on", "high").status, 1)
    result = run(*command, "--fail-on", "high", "--suppress", path, "--format", "json")
    same((result.status, result.json["verdict"]), (0, {"pass": True, "reasons": []}))
    same([mark["reason"] for mark in result.json["suppressed"][0]["suppressions"]], ["false_positive", "inline_mitigations_already_exist"])
    same(result.json["suppressed"][0]["status"], "not_affected")
    short = run(*command, "--suppress", path).out
    has(short, b"3 packages with 3 known vulnerabilities", b"1 suppressed (1 false_positive); --show-suppressed lists them.")
    same(b"CVE-2026-1" in short or b"we patched it" in short, False)
    long = run(*command, "--suppress", path, "--show-suppressed").out
    has(long, b"1 suppressed (1 false_positive):", b"false_positive: we patched it", b"inline_mitigations_already_exist",
        b"Suppressions that meant nothing here (1): CVE-1999-1")
    several = run("scan", "--db", where + "/db", "--suppress", path, "--format", "json", target, target).json
    same([sum(row["findings"].values()) for row in several["summary"]], [3, 3])


def rules_of_the_database(where):
    """Two files are two slices; one that is read again takes the place of what it had, and so does an empty one."""
    usual_database(where)
    target = image(where)
    one = rules(where, {"id": "CVE-2026-1", "reason": "accepted", "by": "one"}, name="one.json")
    two = write(where + "/two.yaml", "suppressions:\n- id: CVE-2026-3\n  packages: [pkg:npm/left]\n  reason: vulnerable_code_not_present\n"
                "  text: never shipped\n  by: two\n")

    def update(path, *options):
        result = run("db", "update", "--db", where + "/db", "--from", path, *options)
        same(result.status, 0, result.err)
    update(one)
    update(two)
    feeds = {feed["name"]: feed["records"] for feed in run("db", "status", "--db", where + "/db", "--format", "json").json["feeds"]}
    same({name: count for name, count in feeds.items() if name.startswith("supp")}, {"suppressions/one": 1, "suppressions/two": 1})
    result = scan(where, target)
    same(suppressed(result), [("left", "CVE-2026-3"), ("libssl3", "CVE-2026-1")])
    same([(f["suppressions"][0]["by"], f["suppressions"][0]["origin"]) for f in result.json["suppressed"] if f["id"] == "CVE-2026-3"],
         [("two", "suppressions/two")])
    hits = run("db", "affected", "--db", where + "/db", "--format", "json", "pkg:npm/left@1.5.0").json
    same([(hit["id"], hit["affects"], [mark["origin"] for mark in hit["suppressions"]]) for hit in hits],
         [("GHSA-aaaa-bbbb-cccc", True, ["suppressions/two"])])
    has(run("db", "affected", "--db", where + "/db", "pkg:npm/left@1.5.0").out, b"never shipped")
    has(run("db", "show", "--db", where + "/db", "CVE-2026-3").out, b"never shipped")
    update(two, "--ecosystems", "npm")
    same(suppressed(scan(where, target)), [("left", "CVE-2026-3"), ("libssl3", "CVE-2026-1")], "suppressions are of no ecosystem")
    write(two, "suppressions: []\n")
    update(two)
    same(suppressed(scan(where, target)), [("libssl3", "CVE-2026-1")])


def what_is_wrong_with_a_file(where):
    usual_database(where)
    target = image(where)
    cases = [
        ("suppressions:\n- id: CVE-1\n", "reason"), ("suppressions:\n- reason: accepted\n", "id"),
        ("suppressions:\n- {id: CVE-1, reason: because}\n", "because"),
        ("suppressions:\n- {id: CVE-1, reason: accepted, util: 2026-01-01}\n", "util"),
        ("suppressions:\n- {id: CVE-1, reason: accepted, until: soon}\n", "until"),
        ("suppressions:\n- {id: CVE-1, reason: accepted, packages: [left]}\n", "package URL"),
        ("suppressions:\n- {id: [], reason: accepted}\n", "empty"), ("suppressions: 5\n", "list"),
        ("suppressions: []\nmore: 1\n", "more"), ("suppressions:\n- {id: [\n", "line"), ("hello\n", "known feed"),
    ]
    for text, wanted in cases:
        result = run("scan", "--db", where + "/db", "--suppress", write(where + "/bad.yaml", text), target)
        same((result.status, result.out), (3, b""), text)
        has(result.err, wanted, "bad.yaml")
    advisories = write(where + "/osv.json", record("X-1", "npm", "left", EVERYTHING))
    has(run("scan", "--db", where + "/db", "--vex", advisories, target).err, "db update")


def openvex(*statements):
    return {"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.org/vex/1", "author": "Jane Doe", "version": 1,
            "timestamp": "2026-01-02T03:04:05Z", "statements": list(statements)}


def statement(name, product, status="not_affected", **fields):
    return dict({"vulnerability": {"name": name}, "products": [product if isinstance(product, dict) else {"@id": product}],
                 "status": status}, **fields)


def vex_in_a_scan_and_in_the_database(where):
    """The same document says the same in both ways."""
    usual_database(where)
    target = image(where)
    path = write(where + "/vex.json", openvex(
        statement("GHSA-aaaa-bbbb-cccc", "pkg:npm/left@1.5.0", justification="vulnerable_code_not_in_execute_path",
                  impact_statement="never called"),
        statement("CVE-2026-1", "pkg:deb/debian/openssl?distro=debian-12", justification="component_not_present"),
        statement("CVE-2026-2", "pkg:deb/debian/zlib1g?distro=debian-11"),
        statement("GHSA-dddd-eeee-ffff", "pkg:npm/right@2.0.0", status="affected"), statement("CVE-1999-1", "pkg:npm/none")))
    wanted = [("left", "CVE-2026-3"), ("libssl3", "CVE-2026-1")]
    for option in ("--vex", "--suppress"):
        result = scan(where, target, option, path)
        same((result.status, suppressed(result)), (0, wanted), result.err)
        same(found(result), [f for f in ALL if f not in wanted])
    by_file = {f["id"]: f for f in result.json["suppressed"]}
    result = run("db", "update", "--db", where + "/db", "--from", path)
    same(result.status, 0, result.err)
    result = scan(where, target)
    same((suppressed(result), found(result)), (wanted, [f for f in ALL if f not in wanted]))
    for finding in result.json["suppressed"]:
        mark, other = finding["suppressions"][0], by_file[finding["id"]]["suppressions"][0]
        same(mark, dict(other, origin="openvex"))
        same(finding["status"], "not_affected")
    same(by_file["CVE-2026-3"]["suppressions"], [{"reason": "vulnerable_code_not_in_execute_path", "text": "never called", "by": "Jane Doe",
                                                  "until": None, "origin": path}])
    has(run("db", "affected", "--all", "--db", where + "/db", "pkg:npm/left@1.5.0").out, b"stated not to be affected")


def vex_about_an_image(where):
    """Statements with subcomponents count for the product that they name, by the digest of the image; those on an
    image alone for all that is in it. Packages of distributions may come without the release."""
    usual_database(where)
    target = image(where)
    digest = scan(where, target).json["subject"]["digest"]
    other = "sha256:" + "0" * 64
    left, ssl = ("left", "CVE-2026-3"), ("libssl3", "CVE-2026-1")
    parts = [{"@id": "pkg:npm/left"}, {"@id": "pkg:deb/debian/openssl"}]
    cases = [
        ({"@id": "pkg:oci/app@" + digest, "subcomponents": parts}, "CVE-2026-3", [left]),
        ({"@id": f"pkg:oci/app@{digest.replace(':', '%3A')}?repository_url=r.example/app", "subcomponents": parts}, "CVE-2026-1", [ssl]),
        ({"@id": "registry.example/app@" + digest, "subcomponents": parts}, "CVE-2026-1", [ssl]),
        ({"@id": "pkg:oci/app@" + other, "subcomponents": parts}, "CVE-2026-3", []),
        ({"@id": "registry.example/app@" + other, "subcomponents": parts}, "CVE-2026-3", []),
        ({"@id": "pkg:npm/outer@1.0", "subcomponents": parts}, "CVE-2026-3", []),
        ({"@id": "pkg:oci/app@" + digest, "subcomponents": [{"@id": "pkg:npm/right"}]}, "CVE-2026-3", []),
        ({"@id": "pkg:oci/app@" + digest}, "CVE-2026-3", [left]), ({"@id": "pkg:oci/app@" + other}, "CVE-2026-3", []),
        ({"@id": "pkg:deb/debian/openssl"}, "CVE-2026-1", [ssl]), ({"@id": "pkg:deb/debian/openssl@3.0.10-1"}, "CVE-2026-1", [ssl]),
        ({"@id": "pkg:deb/debian/openssl@3.0.9-1"}, "CVE-2026-1", []), ({"@id": "pkg:generic/left"}, "CVE-2026-3", []),
    ]
    for product, name, wanted in cases:
        path = write(where + "/vex.json", openvex(statement(name, product)))
        result = scan(where, target, "--vex", path)
        same((result.status, suppressed(result)), (0, wanted), (product, result.err))
    path = write(where + "/vex.json", openvex(*(statement(name, product) for product, name, _ in cases[:3])))
    same(run("db", "update", "--db", where + "/db", "--from", path).status, 0)
    result = scan(where, target)
    same(suppressed(result), [left, ssl])
    same({mark["by"] for f in result.json["suppressed"] for mark in f["suppressions"]}, {"Jane Doe"})
    bill = write(where + "/bill.json", {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "metadata": {"component": {
        "type": "application", "name": "outer", "version": "1.0", "purl": "pkg:npm/outer@1.0"}}, "components": [
            {"type": "library", "name": "left", "version": "1.5.0", "purl": "pkg:npm/left@1.5.0"}]})
    path = write(where + "/outer.json", openvex(statement("CVE-2026-3", cases[5][0])))
    same(suppressed(scan(where, "sbom:" + bill, "--vex", path)), [left], "the bill says what it is about")


def assessed(result):
    return sorted((f["id"], f["status"], [(a["status"], a["text"], a["by"]) for a in f.get("assessments", [])])
                  for key in ("findings", "suppressed") for f in result.json[key] if "assessments" in f)


def vex_that_something_is_there(where):
    """"affected" comes with what to do (OpenVEX: action_statement MUST be there; CSAF 2.0, 4.5 (3): remediations), and neither that nor
    "under investigation" suppresses anything. A later statement of the same author takes the place of an earlier one."""
    usual_database(where)
    target = image(where)
    digest = scan(where, target).json["subject"]["digest"]
    path = write(where + "/vex.json", openvex(
        statement("CVE-2026-1", "pkg:deb/debian/openssl?distro=debian-12", status="affected", action_statement="update to 3.0.11"),
        statement("CVE-2026-3", {"@id": "pkg:oci/app@" + digest, "subcomponents": [{"@id": "pkg:npm/left"}]}, status="under_investigation",
                  status_notes="asked upstream"),
        statement("CVE-2026-2", {"@id": "pkg:oci/app@sha256:" + "0" * 64}, status="affected", action_statement="elsewhere"),
        statement("GHSA-dddd-eeee-ffff", "pkg:npm/right@3.0.0", status="affected", action_statement="not this version")))
    wanted = [("CVE-2026-1", "affected", [("affected", "update to 3.0.11", "Jane Doe")]),
              ("CVE-2026-3", "under_investigation", [("under_investigation", "asked upstream", "Jane Doe")])]
    result = scan(where, target, "--vex", path)
    same((result.status, found(result), suppressed(result), assessed(result)), (0, ALL, [], wanted), result.err)
    same([rule["use"] for rule in result.json["suppressions"]].count("used"), 2)
    has(run("scan", "--db", where + "/db", "--vex", path, target).out, b"Confirmed by VEX (1):",
        b"CVE-2026-1 (openssl): update to 3.0.11\n", b"Under investigation, says VEX (1):", b"CVE-2026-3 (left): asked upstream\n")
    explained = run("scan", "--db", where + "/db", "--explain", "--vex", path, target).out
    has(b" ".join(explained.split()), b"CVE-2026-1 (openssl): update to 3.0.11, says Jane Doe (" + path.encode() + b")")
    out = [f"{where}/out.{ending}" for ending in ("json", "xml")]
    run("scan", "--db", where + "/db", "--vex", path, "--format", "cyclonedx-json=" + out[0], "--format", "cyclonedx-xml=" + out[1], target)
    need_schemas()
    states = {v["id"]: (v["analysis"]["state"], v["analysis"]["detail"]) for v in validate_json(out[0])["vulnerabilities"] if "analysis" in v}
    validate_xml(out[1], where)
    same({name: state for name, (state, _) in states.items()}, {"CVE-2026-1": "exploitable", "CVE-2026-3": "in_triage"})
    has(states["CVE-2026-1"][1], "update to 3.0.11", "Jane Doe")
    csaf = write(where + "/csaf.json", {
        "document": {"category": "csaf_vex", "csaf_version": "2.0", "title": "t", "publisher": {"name": "ACME", "category": "vendor", "namespace":
                     "https://acme.example"}, "tracking": {"current_release_date": "2026-02-01T00:00:00Z", "id": "A-1"}},
        "product_tree": {"full_product_names": [{"name": "left", "product_id": "L", "product_identification_helper": {"purl": "pkg:npm/left@1.5.0"}}]},
        "vulnerabilities": [{"cve": "CVE-2026-3", "product_status": {"known_affected": ["L"]}, "remediations": [
            {"category": "workaround", "details": "do not call it", "product_ids": ["L"]},
            {"category": "vendor_fix", "details": "Update to 1.6.", "product_ids": ["L"]}]}]})
    same(assessed(scan(where, target, "--vex", csaf)), [("CVE-2026-3", "affected", [("affected", "Update to 1.6.", "ACME")])])
    same(assessed(scan(where, target, "--vex", csaf, "--vex", path))[1], ("CVE-2026-3", "affected", [
        ("affected", "Update to 1.6.", "ACME"), ("under_investigation", "asked upstream", "Jane Doe")]), "who is sure outweighs who is not")
    same(run("db", "update", "--db", where + "/db", "--from", path).status, 0)
    result = scan(where, target)
    same((found(result), assessed(result)), (ALL, wanted[1:]), "in the database what is said of packages is a source, of images a rule")
    same({f["id"]: f["status"] for f in result.json["findings"]}["CVE-2026-1"], "affected")


def vex_about_a_component_of_something(where):
    """CSAF 2.0, 3.2.2.4: a relationship says what something is a component of, or installed on or with; what is said of the two together
    holds there alone."""
    usual_database(where)
    target = image(where)
    digest = scan(where, target).json["subject"]["digest"]
    left, ssl = [("left", "CVE-2026-3")], [("libssl3", "CVE-2026-1")]

    def document(category, part, whole):
        def product(name, **helper):
            return {"name": name, "product_id": name, **({"product_identification_helper": helper} if helper else {})}
        return write(where + "/csaf.json", {
            "document": {"category": "csaf_vex", "csaf_version": "2.0", "title": "t", "publisher": {"category": "vendor", "name": "ACME",
                         "namespace": "https://acme.example"}, "tracking": {"current_release_date": "2026-02-01T00:00:00Z", "id": "A-1"}},
            "product_tree": {"full_product_names": [product("part", purl=part), product("whole", **whole)], "relationships": [{
                "category": category, "product_reference": "part", "relates_to_product_reference": "whole",
                "full_product_name": product("both")}]},
            "vulnerabilities": [{"cve": cve, "product_status": {"known_not_affected": ["both"]},
                                 "flags": [{"label": "component_not_present", "product_ids": ["both"]}]} for cve in ("CVE-2026-1", "CVE-2026-3")]})

    cases = [("installed_on", "pkg:deb/debian/openssl", {"cpe": "cpe:2.3:o:debian:debian_linux:12:*:*:*:*:*:*:*"}, ssl),
             ("installed_with", "pkg:deb/debian/openssl", {"cpe": "cpe:/o:debian:debian_linux"}, ssl),
             ("installed_on", "pkg:deb/debian/openssl", {"cpe": "cpe:2.3:o:debian:debian_linux:11:*:*:*:*:*:*:*"}, []),
             ("installed_on", "pkg:deb/debian/openssl", {"cpe": "cpe:2.3:o:canonical:ubuntu_linux:12:*:*:*:*:*:*:*"}, []),
             ("default_component_of", "pkg:npm/left@1.5.0", {"purl": "pkg:oci/app@" + digest}, left),
             ("optional_component_of", "pkg:npm/left", {"purl": "pkg:oci/app@" + digest}, left),
             ("external_component_of", "pkg:npm/left@1.4.0", {"purl": "pkg:oci/app@" + digest}, []),
             ("default_component_of", "pkg:npm/left", {"purl": "pkg:oci/app@sha256:" + "0" * 64}, []),
             ("default_component_of", "pkg:npm/left", {}, [])]
    for category, part, whole, wanted in cases:
        path = document(category, part, whole)
        result = scan(where, target, "--vex", path)
        same((result.status, suppressed(result)), (0, wanted), (category, part, whole, result.err))
    told = run("db", "update", "--db", where + "/other", "--from", path, "--format", "json")
    has(told.out, b'"component of a product without a package URL or CPE name": 2')
    path = document(*cases[0][:3])
    same(run("db", "update", "--db", where + "/db", "--from", path).status, 0)
    same(suppressed(scan(where, target)), ssl, "the database knows the same")


def the_later_word_of_an_author(where):
    """OpenVEX, "Updating Statements": of one product and vulnerability the newest statement counts, in whatever document."""
    usual_database(where)
    target = image(where)
    left = [("left", "CVE-2026-3")]
    good = statement("CVE-2026-3", "pkg:npm/left@1.5.0", justification="component_not_present")
    bad = statement("CVE-2026-3", "pkg:npm/left@1.5.0", status="affected", action_statement="update")

    def document(name, author="Jane Doe", **fields):
        statements = [dict(one, timestamp=when) for one, when in fields["said"]]
        return write(f"{where}/{name}.json", dict(openvex(*statements), author=author))

    early, late = "2026-01-02T03:04:05Z", "2026-01-02T03:04:05.5Z"
    # Half an hour after three in Z is half past five two hours further east.
    east = "2026-01-02T05:30:00+02:00"
    cases = [([(good, early), (bad, late)], []), ([(bad, late), (good, early)], []), ([(bad, early), (good, late)], left),
             ([(good, late), (bad, early)], left), ([(good, east), (bad, early)], left), ([(bad, east), (good, early)], [])]
    for said, wanted in cases:
        result = scan(where, target, "--vex", document("one", said=said))
        same((result.status, suppressed(result)), (0, wanted), (said, result.err))
        files = [document(f"part{i}", said=[part]) for i, part in enumerate(said)]
        result = scan(where, target, "--vex", files[0], "--vex", files[1])
        same((result.status, suppressed(result)), (0, wanted), (said, result.err))
        same(sorted(rule["use"] for rule in result.json["suppressions"]), ["replaced", "used"], said)
    files = [document("jane", said=[(good, early)]), document("joe", author="Joe", said=[(bad, late)])]
    result = scan(where, target, "--vex", files[0], "--vex", files[1])
    same((suppressed(result), [f["status"] for f in result.json["suppressed"]]), (left, ["not_affected"]), "another author takes nothing back")
    # What is said of the package is not what is said of it in one image.
    digest = result.json["subject"]["digest"]
    inside = dict(good, products=[{"@id": "pkg:oci/app@" + digest, "subcomponents": [{"@id": "pkg:npm/left@1.5.0"}]}])
    same(suppressed(scan(where, target, "--vex", document("both", said=[(inside, early), (bad, late)]))), left)


def findings_in_cyclonedx(where):
    """In both forms, by the published schemas; the analysis in CycloneDX's own words."""
    usual_database(where)
    target = image(where)
    path = rules(where, {"id": "CVE-2026-1", "reason": "accepted", "text": "a risk", "by": "Jane", "until": "2099-12-31"},
                 {"id": "CVE-2026-2", "reason": "fixed"}, {"id": "CVE-2026-3", "reason": "vulnerable_code_not_present"})
    out = [f"{where}/out.{ending}" for ending in ("json", "xml")]
    result = run("scan", "--db", where + "/db", "--suppress", path, "--format", "cyclonedx-json=" + out[0], "--format",
                 "cyclonedx-xml=" + out[1], target)
    same(result.status, 0, result.err)
    need_schemas()
    document = validate_json(out[0])
    validate_xml(out[1], where)
    found_there = {item["id"]: item for item in document["vulnerabilities"]}
    same({name: (item.get("analysis", {}).get("state"), item.get("analysis", {}).get("justification")) for name, item in found_there.items()},
         {"CVE-2026-1": ("exploitable", None), "CVE-2026-2": ("resolved", None), "CVE-2026-3": ("not_affected", "code_not_present"),
          "GHSA-dddd-eeee-ffff": (None, None)})
    has(found_there["CVE-2026-1"]["analysis"]["detail"], "a risk", "Jane", "2099-12-31")
    purls = {component["bom-ref"]: component.get("purl", "") for component in document["components"]}
    has(purls[found_there["CVE-2026-3"]["affects"][0]["ref"]], "pkg:npm/left@1.5.0")
    back = scan(where, target, "--vex", out[0])
    same(suppressed(back), [("left", "CVE-2026-3"), ("zlib1g", "CVE-2026-2")], "what it says is VEX for another scan")


if __name__ == "__main__":
    main([advisories_of_ones_own, a_rule_means_what_it_says, a_rule_ends, what_is_suppressed_counts_nowhere, rules_of_the_database,
          what_is_wrong_with_a_file, vex_in_a_scan_and_in_the_database, vex_about_an_image, vex_that_something_is_there,
          vex_about_a_component_of_something, the_later_word_of_an_author, findings_in_cyclonedx])
