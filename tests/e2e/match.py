#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""From advisories to findings, on systems and records made for the purpose. Which versions are affected follows from
the evaluation rules of the OSV schema ("Evaluation") and each distribution's own order of versions, worked out by
hand; the versions themselves are compared in tests/e2e/host.py with dpkg's own word."""
import json
import os
import subprocess

from imagelib import entry, has, main, run, same, simple, stanza

STATUS = "var/lib/dpkg/status"


def record(identity, ecosystem, name, events=None, kind="ECOSYSTEM", **fields):
    part = {"package": {"ecosystem": ecosystem, "name": name}}
    for key in ("versions", "ecosystem_specific", "severity_of_package"):
        if key in fields:
            part["severity" if key == "severity_of_package" else key] = fields.pop(key)
    if events is not None:
        part["ranges"] = [{"type": kind, "events": events}]
    return dict({"schema_version": "1.6.0", "id": identity, "modified": "2026-01-02T03:04:05Z", "affected": [part]}, **fields)


def database(where, *records):
    os.makedirs(where + "/osv", exist_ok=True)
    for number, item in enumerate(records):
        with open(f"{where}/osv/{number}.json", "w") as out:
            json.dump(item, out)
    result = run("db", "update", "--db", where + "/db", "--from", where + "/osv")
    same(result.status, 0, result.err)
    return where + "/db"


def release(identity, version):
    return entry("etc/os-release", f'ID={identity}\nVERSION_ID="{version}"\n'.encode())


def scan(where, image, *options):
    return run("scan", "--db", where + "/db", "--format", "json", *options, image)


def found(result):
    return sorted((f["component"].split("@")[0].split("/")[-1], f["id"]) for f in result.json["findings"])


def source_packages_and_releases(where):
    before = [{"introduced": "0"}, {"fixed": "3.0.11-1"}]
    database(where, record("DEBIAN-CVE-2026-1", "Debian:12", "openssl", before, upstream=["CVE-2026-1"]),
             record("DEBIAN-CVE-2026-2", "Debian:11", "openssl", before, upstream=["CVE-2026-2"]),
             record("DEBIAN-CVE-2026-3", "Debian:12", "libssl3", before, upstream=["CVE-2026-3"]),
             record("DEBIAN-CVE-2026-4", "Debian:12", "openssl", [{"introduced": "0"}, {"fixed": "3.0.9-1"}]),
             record("DEBIAN-CVE-2026-5", "Debian:12", "openssl", [{"introduced": "0"}], upstream=["CVE-2026-5"]),
             record("DEBIAN-CVE-2026-6", "Debian:12", "openssl", before, withdrawn="2026-01-01T00:00:00Z"))
    status = stanza("libssl3", "3.0.10-1+b2", "openssl (3.0.10-1)") + stanza("openssl", "3.0.11-1") + stanza("zlib1g", "1:1.2")
    result = scan(where, simple(where + "/i", [release("debian", "12"), entry(STATUS, status)]))
    same(result.status, 0, result.err)
    same(found(result), [("libssl3", "CVE-2026-1"), ("libssl3", "CVE-2026-5"), ("openssl", "CVE-2026-5")])
    first = next(f for f in result.json["findings"] if f["id"] == "CVE-2026-1")
    same(first["fix"], {"state": "fixed", "versions": ["3.0.11-1"]})
    same(first["match"], {"ecosystem": "Debian:12", "via": "source-package", "range": "<3.0.11-1"})
    same(first["aliases"], ["DEBIAN-CVE-2026-1"])
    open_one = next(f for f in result.json["findings"] if f["id"] == "CVE-2026-5")
    same(open_one["fix"]["state"], "not_fixed")


def kernels_that_do_not_run(where):
    """linux-libc-dev and an image's kernel are told apart and hold nothing against it; perf of the same source counts."""
    database(where, record("DEBIAN-CVE-2026-8", "Debian:12", "linux", [{"introduced": "0"}], upstream=["CVE-2026-8"],
                           database_specific={"severity": "CRITICAL"}),
             record("DEBIAN-CVE-2026-9", "Debian:12", "p", [{"introduced": "0"}], upstream=["CVE-2026-9"]))
    status = stanza("linux-libc-dev", "6.1.76-1", "linux") + stanza("linux-image-6.1.0-18-amd64", "6.1.76-1", "linux-signed-amd64 (6.1.76+1)")
    image = simple(where + "/i", [release("debian", "12"), entry(STATUS, status + stanza("p", "1-1"))])
    result = scan(where, image, "--fail-on", "critical")
    same(result.status, 0, result.err)
    same([(f["id"], f.get("apart")) for f in result.json["findings"]], [("CVE-2026-9", None), ("CVE-2026-8", "not_running")])
    text = run("scan", "--db", where + "/db", image).out.decode()
    has(text, "1 package with 1 known vulnerability")
    has(text, "Not counted: 1 of the Linux kernel, which does not run from here (linux-libc-dev).")
    image = simple(where + "/j", [release("debian", "12"), entry(STATUS, stanza("linux-perf", "6.1.76-1", "linux"))])
    same([(f["id"], f.get("apart")) for f in scan(where, image).json["findings"]], [("CVE-2026-8", None)])


def shapes_of_ranges(where):
    eco = "Debian:12"
    cases = {
        "in-between": [{"introduced": "1.0-1"}, {"fixed": "1.5-1"}],
        "second-part": [{"introduced": "0"}, {"fixed": "0.5-1"}, {"introduced": "1.1-1"}, {"fixed": "1.3-1"}],
        "last": [{"introduced": "0"}, {"last_affected": "1.2-1"}],
        "unsorted": [{"fixed": "1.3-1"}, {"introduced": "0"}],
        "limit": [{"introduced": "0"}, {"limit": "1.3-1"}],
        "epoch": [{"introduced": "0"}, {"fixed": "1:0.1-1"}],
        "tilde": [{"introduced": "1.2-1~rc1"}, {"fixed": "1.2-1+b1"}],
        "not-between": [{"introduced": "0"}, {"fixed": "1.0-1"}, {"introduced": "1.2-1+deb12u1"}],
        "not-last": [{"introduced": "0"}, {"last_affected": "1.2-0.9"}],
        "not-limit": [{"introduced": "0"}, {"limit": "1.2-1"}],
        "not-fixed-tilde": [{"introduced": "0"}, {"fixed": "1.2-1~rc1"}],
    }
    records = [record(f"X-{name}", eco, "thing", events) for name, events in cases.items()]
    records += [record("X-enumerated", eco, "thing", versions=["1.1-1", "1.2-1"]),
                record("X-not-enumerated", eco, "thing", versions=["1.1-1"]),
                record("X-not-git", eco, "thing", [{"introduced": "0"}], kind="GIT")]
    database(where, *records)
    result = scan(where, simple(where + "/i", [release("debian", "12"), entry(STATUS, stanza("thing", "1.2-1"))]))
    wanted = sorted("X-" + name for name in list(cases) + ["enumerated"] if not name.startswith("not-"))
    same([f["id"] for f in sorted(result.json["findings"], key=lambda f: f["id"])], wanted)


def one_row_for_one_name(where):
    before = [{"introduced": "0"}, {"fixed": "2.0-1"}]
    database(where, record("DEBIAN-CVE-2026-7", "Debian:12", "p", before, upstream=["CVE-2026-7"]),
             record("DSA-1-1", "Debian:12", "p", [{"introduced": "0"}, {"fixed": "1.9-1"}], upstream=["CVE-2026-7"], summary="p bad"))
    result = scan(where, simple(where + "/i", [release("debian", "12"), entry(STATUS, stanza("p", "1.0-1"))]))
    same(found(result), [("p", "CVE-2026-7")])
    finding = result.json["findings"][0]
    same(finding["aliases"], ["DEBIAN-CVE-2026-7", "DSA-1-1"])
    same((sorted(finding["fix"]["versions"]), finding["title"]), (["1.9-1", "2.0-1"], "p bad"))


def errata_bear_the_names_of_what_they_fix(where):
    """ALSA records have their CVEs in "related" alone, each a row; bug-fix errata (ALBA) are about no vulnerability."""
    before = [{"introduced": "0"}, {"fixed": "2.0-1"}]
    database(where, record("ALSA-2026:1", "Debian:12", "p", before, related=["CVE-2026-20", "CVE-2026-21"],
                           summary="Important: p security update"),
             record("ALBA-2026:2", "Debian:12", "p", before, summary="p bug fix update"),
             record("DSA-2-1", "Debian:12", "p", before, upstream=["CVE-2026-22"], related=["CVE-2026-23"]))
    result = scan(where, simple(where + "/i", [release("debian", "12"), entry(STATUS, stanza("p", "1.0-1"))]))
    same({f["id"]: f["aliases"] for f in result.json["findings"]},
         {"CVE-2026-20": ["ALSA-2026:1"], "CVE-2026-21": ["ALSA-2026:1"], "CVE-2026-22": ["DSA-2-1"]})
    same(result.json["findings"][0]["severity"], "high")
    for name, shown in (("CVE-2026-21", "ALSA-2026:1"), ("CVE-2026-22", "DSA-2-1"), ("CVE-2026-23", None)):
        told = run("db", "show", name, "--db", where + "/db", "--format", "json")
        same(told.status == 0 and told.json["id"], shown or False)
    has(run("db", "search", "cve-2026-21", "--db", where + "/db").out.decode(), "ALSA-2026:1")


def verdicts_of_the_vendor_and_what_is_exploited(where):
    """Debian's tracker beside other records (security-team.debian.org/security_tracker.html has its words), and CISA's
    catalogue, which has a schema of its own."""
    def issue(status="open", **fields):
        return {"description": "words", "scope": "remote", "releases": {"bookworm": dict(
            {"status": status, "repositories": {"bookworm": "1.0-1"}, "urgency": "not yet assigned"}, **fields)}}
    tracker = {"p": {"CVE-2026-1": issue(nodsa="Minor issue", nodsa_reason="ignored"),
                     "CVE-2026-2": issue(nodsa="Minor issue", nodsa_reason="postponed"),
                     "CVE-2026-3": issue("undetermined"), "CVE-2026-4": issue("resolved", fixed_version="0"),
                     "CVE-2026-5": issue("resolved", fixed_version="1.0-2", urgency="high"), "CVE-2026-6": issue()}}
    catalogue = {"title": "CISA Catalog of Known Exploited Vulnerabilities", "catalogVersion": "2026.01.02",
                 "dateReleased": "2026-01-02T15:00:00.0000Z", "count": 1, "vulnerabilities": [
                     {"cveID": "CVE-2026-5", "vendorProject": "V", "product": "P", "vulnerabilityName": "N",
                      "dateAdded": "2026-01-02", "shortDescription": "D", "requiredAction": "A", "dueDate": "2026-01-23",
                      "knownRansomwareCampaignUse": "Known", "notes": "", "cwes": []}]}
    for name, document in (("tracker.json", tracker), ("kev.json", catalogue)):
        with open(f"{where}/{name}", "w") as out:
            json.dump(document, out)
        same(run("db", "update", "--db", where + "/db", "--from", f"{where}/{name}").status, 0)
    database(where, record("MAL-2026-1", "npm", "left-pad", [{"introduced": "0"}]))
    package = json.dumps({"name": "left-pad", "version": "1.0.0"}).encode()
    image = simple(where + "/i", [release("debian", "12"), entry(STATUS, stanza("p", "1.0-1")),
                                  entry("srv/node_modules/left-pad/package.json", package)])
    result = scan(where, image)
    findings = {f["id"]: f for f in result.json["findings"]}
    same({name: (f["status"], f["fix"]["state"]) for name, f in findings.items()},
         {"CVE-2026-1": ("affected", "wont_fix"), "CVE-2026-2": ("affected", "deferred"),
          "CVE-2026-3": ("under_investigation", "unknown"), "CVE-2026-5": ("affected", "fixed"),
          "CVE-2026-6": ("affected", "not_fixed"), "MAL-2026-1": ("affected", "not_fixed")})
    same(findings["CVE-2026-5"]["kev"], {"catalogue": "CISA", "added": "2026-01-02", "due": "2026-01-23", "ransomware": True})
    same([name for name, f in findings.items() if "kev" in f], ["CVE-2026-5"])
    same((findings["MAL-2026-1"]["kind"], findings["MAL-2026-1"]["severity"]), ("malicious", "malicious"))
    has(run("scan", "--db", where + "/db", image).out, b"Known to be exploited: CVE-2026-5 (CISA, 2026-01-02, by ransomware).")
    same(scan(where, image, "--fail-on", "malicious").status, 1)


def software_without_a_package(where):
    """This machine's bash, where nothing owns it, and records as the NVD's API 2.0 has them. Which version it is, it says
    itself; that bounds exclude or include, and that target software narrows a name down, is CPE's own (NISTIR 7695)."""
    version = subprocess.run(["bash", "--version"], stdout=subprocess.PIPE, check=True).stdout.decode().split()[3].split("(")[0]
    def cve(number, bounds, rest="*:*:*:*:*:*:*", name="gnu:bash"):
        match = dict({"vulnerable": True, "criteria": f"cpe:2.3:a:{name}:*:{rest}", "matchCriteriaId": "A"}, **bounds)
        return {"cve": {"id": f"CVE-2026-{number}", "published": "2026-01-01T00:00:00.000", "vulnStatus": "Analyzed",
                        "lastModified": "2026-01-02T00:00:00.000", "descriptions": [{"lang": "en", "value": "words"}],
                        "configurations": [{"nodes": [{"operator": "OR", "negate": False, "cpeMatch": [match]}]}],
                        "metrics": {}, "references": []}}
    answer = {"resultsPerPage": 6, "startIndex": 0, "totalResults": 6, "format": "NVD_CVE", "version": "2.0",
              "timestamp": "2026-01-02T00:00:00.000", "vulnerabilities": [
                  cve(1, {"versionEndIncluding": version}), cve(2, {"versionEndExcluding": version}),
                  cve(3, {"versionStartExcluding": version}), cve(4, {"versionStartIncluding": version}),
                  cve(5, {}, rest="*:*:*:*:wordpress:*:*"), cve(6, {}, name="gnu:bashful")]}
    with open(where + "/nvd.json", "w") as out:
        json.dump(answer, out)
    same(run("db", "update", "--db", where + "/db", "--from", where + "/nvd.json").status, 0)
    with open("/bin/bash", "rb") as program:
        image = simple(where + "/i", [release("debian", "12"), entry("opt/bin/bash", program.read(), mode=0o755)])
    result = scan(where, image)
    same(found(result), [("bash", "CVE-2026-1"), ("bash", "CVE-2026-4")])
    same({f["match"]["via"] for f in result.json["findings"]}, {"cpe"})


def severities_and_the_gate(where):
    everything = [{"introduced": "0"}]
    vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"  # 9.8, the example of every CVSS 3.1 calculator
    database(where, record("A", "Debian:12", "p", everything, severity=[{"type": "CVSS_V3", "score": vector}]),
             record("B", "Debian:12", "p", everything, ecosystem_specific={"urgency": "unimportant"},
                    severity=[{"type": "CVSS_V3", "score": vector}]),
             record("C", "Debian:12", "p", everything, ecosystem_specific={"urgency": "medium"}),
             record("D", "Debian:12", "q", everything))
    image = simple(where + "/i", [release("debian", "12"), entry(STATUS, stanza("p", "1"))])
    result = scan(where, image)
    same({f["id"]: f["severity"] for f in result.json["findings"]}, {"A": "critical", "B": "negligible", "C": "medium"})
    same([f["id"] for f in result.json["findings"]], ["A", "C", "B"], "worst first")
    same(next(f["cvss"] for f in result.json["findings"] if f["id"] == "A"), 9.8)
    for level, status in (("critical", 1), ("high", 1), ("negligible", 1)):
        same(scan(where, image, "--fail-on", level).status, status, level)
    failed = scan(where, image, "--fail-on", "high")
    same(failed.json["verdict"]["pass"], False)
    mild = simple(where + "/m", [release("debian", "12"), entry(STATUS, stanza("q", "1"))])
    same(scan(where, mild, "--fail-on", "high").status, 0)
    same(scan(where, mild, "--fail-on", "unknown").status, 1)


def other_families(where):
    apk = b"P:busybox\nV:1.36.1-r2\nA:x86_64\nL:GPL-2.0-only\no:busybox\n\nP:ssl_client\nV:1.36.1-r2\nA:x86_64\no:busybox\n\n"
    database(where, record("ALPINE-CVE-2026-8", "Alpine:v3.18", "busybox", [{"introduced": "0"}, {"fixed": "1.36.1-r3"}],
                           upstream=["CVE-2026-8"]),
             record("ALPINE-CVE-2026-9", "Alpine:v3.17", "busybox", [{"introduced": "0"}]),
             record("UBUNTU-CVE-2026-10", "Ubuntu:22.04:LTS", "p", [{"introduced": "0"}, {"fixed": "1.0-1ubuntu0.2"}],
                    upstream=["CVE-2026-10"], severity=[{"type": "Ubuntu", "score": "high"}]),
             record("UBUNTU-CVE-2026-11", "Ubuntu:23.10", "p", [{"introduced": "0"}]))
    image = simple(where + "/a", [release("alpine", "3.18.4"), entry("lib/apk/db/installed", apk)])
    same(found(scan(where, image)), [("busybox", "CVE-2026-8"), ("ssl_client", "CVE-2026-8")])
    image = simple(where + "/u", [release("ubuntu", "22.04"), entry(STATUS, stanza("p", "1.0-1ubuntu0.1"))])
    result = scan(where, image)
    same(found(result), [("p", "CVE-2026-10")])
    same(result.json["findings"][0]["severity"], "high")


def epochs_of_package_urls(where):
    """rpm -E '%{lua: print(rpm.vercmp("1:2-1", "3-1"))}' prints 1: an epoch outweighs what follows."""
    database(where, record("ALSA-2026:1", "AlmaLinux:9", "p", [{"introduced": "0"}, {"fixed": "1:2-2"}]))
    for version, affected in (("3-1?epoch=1", False), ("2-1?epoch=1", True), ("3-1", True), ("2-1?epoch=2", False)):
        purl = "pkg:rpm/almalinux/p@" + version + ("&" if "?" in version else "?") + "distro=almalinux-9"
        told = run("db", "affected", "--db", where + "/db", "--format", "json", purl).json
        same([hit["affects"] for hit in told], [True] if affected else [], purl)


def systems_that_go_programs_are_for(where):
    """Go's database lists a module's packages that are at fault, with `goos` where that is not so on every system; the
    qualifier of package URLs is that of CycloneDX's tool for Go."""
    def go(identity, *imports):
        return record(identity, "Go", "stdlib", [{"introduced": "0"}], kind="SEMVER", ecosystem_specific={"imports": imports})

    windows, both = {"path": "path/filepath", "goos": ["windows"]}, {"path": "os", "goos": ["darwin", "windows"]}
    database(where, go("GO-2026-1", windows), go("GO-2026-2", windows, both), go("GO-2026-3", windows, {"path": "os"}),
             go("GO-2026-4", {"path": "os", "goos": ["linux"]}))
    purls = ["pkg:golang/stdlib@1.16.9" + more for more in ("", "?goos=darwin", "?goos=linux", "?goos=windows")]
    with open(where + "/bom.json", "w") as out:
        json.dump({"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [
            {"type": "library", "name": "stdlib", "version": "1.16.9", "purl": purl, "bom-ref": purl} for purl in purls]}, out)
    findings = scan(where, where + "/bom.json").json["findings"]
    same([sorted(f["id"][-1] for f in findings if f["component"] == purl) for purl in purls],
         [["3", "4"], ["2", "3"], ["3", "4"], ["1", "2", "3"]])
    told = run("db", "affected", "--db", where + "/db", purls[0]).out.decode()
    has(" ".join(told.split()), "only as built for windows,darwin")


def what_cannot_be_judged_is_said(where):
    database(where, record("X", "Debian:12", "p", [{"introduced": "0"}]))
    image = simple(where + "/v", [release("debian", "12"), entry(STATUS, stanza("p", "not a version!"))])
    result = scan(where, image)
    has(str(result.json["gaps"]), "not a version!")
    same(scan(where, image, "--strict").status, 4)
    unknown = scan(where, simple(where + "/o", [release("plan9", "4"), entry(STATUS, stanza("p", "1"))]))
    same((unknown.status, unknown.json["findings"]), (0, []))
    has(str(unknown.json["gaps"]), "operating system", "1 packages were not judged")
    older = scan(where, simple(where + "/r", [release("debian", "9"), entry(STATUS, stanza("p", "1"))]), "--strict")
    same((older.status, older.json["findings"]), (4, []))
    has(str(older.json["gaps"]), "nothing on Debian:9")
    covered = scan(where, simple(where + "/c", [release("debian", "12"), entry(STATUS, stanza("q", "1"))]), "--strict")
    same((covered.status, covered.json["gaps"]), (0, []), "a package without advisories in a release that has some")
    nothing = scan(where, simple(where + "/n", [entry("x", b"x")]))
    same((nothing.status, nothing.json["components"]), (0, []))


def ends_of_life(where):
    """A release that is past its end is said to be, by the day that the database has, else by our own table."""
    database(where, record("DEBIAN-CVE-2026-1", "Debian:10", "p", [{"introduced": "0"}]))
    image = simple(where + "/d", [release("debian", "10"), entry(STATUS, stanza("p", "1"))])
    same(scan(where, image).json["subject"]["os"]["end_of_life"], "2024-06-30")
    api = {"schema_version": "1.2.0", "generated_at": "2026-01-01T00:00:00Z", "result": [
        {"name": "debian", "label": "Debian", "releases": [{"name": "10", "label": "10 (Buster)", "eolFrom": "2022-09-10",
                                                            "eoesFrom": "2025-12-24"}]}]}
    with open(where + "/full.json", "w") as out:
        json.dump(api, out)
    same(run("db", "update", "--db", where + "/db", "--from", where + "/full.json").status, 0)
    same(scan(where, image).json["subject"]["os"]["end_of_life"], "2025-12-24")
    told = run("scan", "--db", where + "/db", image)
    has(told.out.decode(), "no free security support since 2025-12-24")
    status = run("db", "status", "--db", where + "/db")
    has(status.out.decode(), "endoflife")
    assert b"not matched" not in status.out, status.out


if __name__ == "__main__":
    main([source_packages_and_releases, kernels_that_do_not_run, shapes_of_ranges, one_row_for_one_name,
          errata_bear_the_names_of_what_they_fix, verdicts_of_the_vendor_and_what_is_exploited, software_without_a_package, severities_and_the_gate, other_families,
          epochs_of_package_urls, systems_that_go_programs_are_for, what_cannot_be_judged_is_said, ends_of_life])
