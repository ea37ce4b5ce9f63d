#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Support that has to be paid for, and products of which a system has some: Ubuntu Pro, SUSE's modules and LTSS, Red Hat's
longer support. Ecosystems are spelled as OSV's exports and SUSE's own documents spell them."""
import json
import os

from imagelib import Skip, entry, has, main, run, same, simple, stanza
from match import STATUS, database, found, record, release, scan


def fixed(version):
    return [{"introduced": "0"}, {"fixed": version}]


def fixes(result):
    return {f["id"]: (f["fix"]["state"], f["fix"]["versions"]) for f in result.json["findings"]}


def both(identity, name, *spans):
    """One record about several ecosystems: (ecosystem, events) each."""
    whole = record(identity, *spans[0][:1], name, spans[0][1], upstream=["CVE-" + identity.split("CVE-")[1]])
    for ecosystem, events in spans[1:]:
        whole["affected"] += record(identity, ecosystem, name, events)["affected"]
    return whole


def ubuntu_pro(where):
    free, paid = "Ubuntu:22.04:LTS", "Ubuntu:Pro:22.04:LTS"
    database(where, both("UBUNTU-CVE-2026-1", "universe", (paid, fixed("1.0-1ubuntu1+esm1"))),
             both("UBUNTU-CVE-2026-2", "main", (free, fixed("1.0-1ubuntu2")), (paid, fixed("1.0-1ubuntu2+esm1"))),
             both("UBUNTU-CVE-2026-3", "universe", (free, [{"introduced": "0"}]), (paid, fixed("1.0-1ubuntu1+esm2"))),
             both("UBUNTU-CVE-2026-4", "universe", (paid, [{"introduced": "0"}])))
    system = release("ubuntu", "22.04")
    image = simple(where + "/i", [system, entry(STATUS, stanza("universe", "1.0-1ubuntu1") + stanza("main", "1.0-1ubuntu2"))])
    result = scan(where, image)
    same(fixes(result), {"CVE-2026-1": ("needs_subscription", ["1.0-1ubuntu1+esm1"]),
                         "CVE-2026-3": ("needs_subscription", ["1.0-1ubuntu1+esm2"]), "CVE-2026-4": ("not_fixed", [])},
         "main has its fix, and what Pro says besides is nothing to who has that")
    text = run("scan", "--db", where + "/db", image).out.decode()
    has(text, "(subscription)", "0 fixable by an upgrade")
    image = simple(where + "/j", [system, entry(STATUS, stanza("universe", "1.0-1ubuntu1+esm1"))])
    same(fixes(scan(where, image)), {"CVE-2026-3": ("fixed", ["1.0-1ubuntu1+esm2"]), "CVE-2026-4": ("not_fixed", [])},
         "a package of Pro is judged by Pro, which fixes what was never fixed for all")


def real_records_of_ubuntu_pro(where):
    """UBUNTU-CVE-2005-1515 names netqmail of 14.04 with a version of Pro alone; 2014-9913 unzip, long fixed there."""
    feed = os.path.join(os.environ.get("PL_TEST_FEEDS", "../shared/feeds"), "osv/Ubuntu/all.zip")
    if not os.path.exists(feed):
        raise Skip("no samples of OSV's export here")
    status = stanza("qmail", "1.06-5", "netqmail") + stanza("unzip", "6.0-9ubuntu1.6")
    image = simple(where + "/i", [release("ubuntu", "14.04"), entry(STATUS, status)])
    same(run("db", "update", "--db", where + "/db", "--from", feed, "--for", image).status, 0)
    result = scan(where, image)
    same(fixes(result)["CVE-2005-1515"], ("needs_subscription", ["1.06-6.2~deb10u1build0.14.04.1+esm1"]))
    same("CVE-2014-9913" in fixes(result), False)


def suse_modules_and_ltss(where):
    """A bill of materials stands for SUSE's rpm database; SUSE's export to OSV names source packages."""
    module = "SUSE:Linux Enterprise Module for Basesystem 15 SP3"
    database(where, both("SUSE-CVE-2026-1", "curl", (module, fixed("7.66.0-150200.4.5"))),
             both("SUSE-CVE-2026-2", "curl", ("SUSE:Linux Enterprise Server 15 SP3-LTSS", fixed("7.66.0-150200.4.9"))),
             both("SUSE-CVE-2026-3", "curl", ("SUSE:Linux Enterprise Module for Basesystem 15 SP5", fixed("9"))),
             both("SUSE-CVE-2026-4", "libcurl4", (module, fixed("9"))))
    bill = {"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [
        {"type": "library", "name": "libcurl4", "version": "7.66.0-150200.4.1",
         "purl": "pkg:rpm/suse/libcurl4@7.66.0-150200.4.1?arch=x86_64&distro=sles-15.3&upstream=curl-7.66.0-150200.4.1.src.rpm"}]}
    with open(where + "/bill.json", "w") as out:
        json.dump(bill, out)
    result = run("scan", "--db", where + "/db", "--format", "json", "sbom:" + where + "/bill.json")
    same(result.status, 0, result.err)
    same(fixes(result), {"CVE-2026-1": ("fixed", ["7.66.0-150200.4.5"]), "CVE-2026-2": ("needs_subscription", ["7.66.0-150200.4.9"])})


def suse_products(where):
    """What is said to be installed in /etc/products.d is asked besides; longer support that the system has needs no other subscription."""
    def product(name, version):
        return entry(f"etc/products.d/{name}.prod", f'<?xml version="1.0" encoding="UTF-8"?>\n<product schemeversion="0">\n  <vendor>SUSE</vendor>\n'
                     f"  <name>{name}</name>\n  <version>{version}</version>\n  <arch>x86_64</arch>\n</product>\n".encode())
    ltss, ha = "SUSE:Linux Enterprise Server 15 SP3-LTSS", "SUSE:Linux Enterprise High Availability Extension 15 SP3"
    database(where, both("SUSE-CVE-2026-1", "curl", (ltss, fixed("7.66.0-150200.4.9"))),
             both("SUSE-CVE-2026-2", "curl", (ha, fixed("7.66.0-150200.4.8"))))
    system = [entry("etc/os-release", b'NAME="SLES"\nID="sles"\nVERSION_ID="15.3"\nPRETTY_NAME="SUSE Linux Enterprise Server 15 SP3"\n'),
              entry("opt/app/package.json", b"{}"), product("SLES", "15.3")]
    image = lambda name, *files: simple(where + "/" + name, [*system, *files])
    asked = lambda image: run("scan", "--db", where + "/db", "--format", "json", image).json["subject"]["ecosystems"]
    base = asked(image("base"))
    same((ltss in base, ha in base, len(base)), (False, False, 12))
    more = asked(image("more", product("SLES-LTSS", "15.3"), product("sle-ha", "15.3"), product("sle-module-basesystem", "15.3")))
    same(more, base + [ha, ltss], "in the order of the products' names; modules that are asked anyway once")


def red_hats_longer_support(where):
    manifest = "root/buildinfo/content_manifests/a.json"
    sets = {"metadata": {"icm_version": 1}, "content_sets": ["rhel-9-for-x86_64-baseos-eus-rpms__9_DOT_2",
                                                             "rhel-9-for-x86_64-appstream-eus-rpms__9_DOT_2"]}
    system = entry("etc/os-release", b'ID="rhel"\nVERSION_ID="9.2"\nCPE_NAME="cpe:/o:redhat:enterprise_linux:9::baseos"\n')
    asked = lambda *files: run("scan", "--db", where + "/db", "--format", "json",
                               simple(where + "/i" + str(len(files)), [system, *files])).json["subject"]["ecosystems"]
    database(where, record("X", "Debian:12", "p", fixed("1")))
    same(asked(), ["Red Hat:enterprise_linux:9::baseos", "Red Hat:enterprise_linux:9::appstream",
                   "Red Hat:enterprise_linux:9::crb", "Red Hat:enterprise_linux:9"])
    same(asked(entry(manifest, json.dumps(sets).encode())),
         ["Red Hat:rhel_eus:9.2::baseos", "Red Hat:rhel_eus:9.2::appstream", "Red Hat:enterprise_linux:9"])
    sets["content_sets"] = ["rhel-9-for-x86_64-baseos-rpms", "rhel-9-for-x86_64-appstream-rpms"]
    same(asked(entry(manifest, json.dumps(sets).encode()), entry("x", b"")),
         ["Red Hat:enterprise_linux:9::baseos", "Red Hat:enterprise_linux:9::appstream",
          "Red Hat:enterprise_linux:9::crb", "Red Hat:enterprise_linux:9"])


def products_by_repository(where):
    """What a layered product's repository is called tells nothing; Red Hat's own list does, when the database has it."""
    manifest = "root/buildinfo/content_manifests/a.json"
    sets = {"metadata": {"icm_version": 1}, "content_sets": ["satellite-6.15-for-rhel-8-x86_64-rpms"]}
    system = entry("etc/os-release", b'ID="rhel"\nVERSION_ID="8.10"\nCPE_NAME="cpe:/o:redhat:enterprise_linux:8::baseos"\n')
    image = simple(where + "/i", [system, entry(manifest, json.dumps(sets).encode())])
    asked = lambda: run("scan", "--db", where + "/db", "--format", "json", image).json["subject"]["ecosystems"]
    database(where, record("X", "Debian:12", "p", fixed("1")))
    before = asked()
    with open(where + "/repository-to-cpe.json", "w") as out:
        json.dump({"data": {"satellite-6.15-for-rhel-8-x86_64-rpms": {"cpes": ["cpe:/a:redhat:satellite:6.15::el8"]}}}, out)
    same(run("db", "update", "--db", where + "/db", "--from", where + "/repository-to-cpe.json").status, 0)
    same(asked(), before + ["Red Hat:satellite:6.15::el8"])


if __name__ == "__main__":
    main([ubuntu_pro, real_records_of_ubuntu_pro, suse_modules_and_ltss, suse_products, red_hats_longer_support,
          products_by_repository])
