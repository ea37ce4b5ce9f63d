#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Bills of materials: valid under the published schemas, the same on each run, and scanned to the findings of what they
list: by plimsoll's own documents in every format, and by what is left of them in another tool's model."""
import glob
import json
import os
from urllib.parse import unquote

from imagelib import Skip, entry, has, main, run, same, simple, stanza
from match import database, record
from reachlib import environment
from registrylib import MANIFEST, Client, Registry
from sbomlib import (CDX, SCHEMAS, ElementTree, cyclonedx_to_tag_value, need_schemas, spdx_reference, spdx_to_cyclonedx,
                     tag_values, validate_json, validate_xml)
from smallregistry import SmallRegistry

FORMATS = {"cyclonedx-json": "cdx.json", "cyclonedx-xml": "cdx.xml", "spdx-json": "spdx.json", "spdx-tag-value": "spdx",
           "purl": "purls.txt", "plimsoll-json": "json"}
CORPUS = os.path.dirname(SCHEMAS)

DEBIAN = b"""ID=debian
VERSION_ID="12"
NAME="Debian GNU/Linux"
PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
"""
APK = b"""P:musl-utils
V:1.2.4-r2
A:x86_64
L:MIT AND BSD-2-Clause AND GPL-2.0-or-later
o:musl
m:Timo <t@example.org>

P:openssl
V:3.1.4-r5
A:x86_64
L:Apache-2.0
o:openssl

"""


def npm(name, version, **more):
    return entry(f"srv/node_modules/{name}/package.json", json.dumps(dict(name=name, version=version, **more)).encode())


def lock():
    return entry("srv/package-lock.json", json.dumps({
        "name": "app", "lockfileVersion": 3, "packages": {
            "": {"name": "app", "dependencies": {"@a/top": "^1"}},
            "node_modules/@a/top": {"version": "1.2.3", "license": "MIT", "dependencies": {"leaf": "^2"},
                                    "integrity": "sha512-" + "A" * 86 + "=="},
            "node_modules/leaf": {"version": "2.0.0", "dev": True}}}).encode())


def debian_image(where):
    status = (stanza("libssl3", "3.0.10-1+b2", "openssl (3.0.10-1)") + stanza("openssl", "3.0.11-1") + stanza("zlib1g", "1:1.2.13")
              + stanza("tar", "1.34+dfsg-1.2", arch="arm64"))
    rights = b"Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nLicense: Weird-own\n"
    return simple(where + "/debian", [entry("etc/os-release", DEBIAN), entry("var/lib/dpkg/status", status)],
                  [npm("@a/top", "1.2.3", license="MIT"), npm("leaf", "2.0.0", license="(MIT OR \"my own\")"), lock(),
                   entry("usr/share/doc/tar/copyright", rights)])


def alpine_image(where):
    return simple(where + "/alpine", [entry("etc/os-release", b'ID=alpine\nVERSION_ID=3.18.4\n'), entry("lib/apk/db/installed", APK)])


def advisories(where):
    def before(version):
        return [{"introduced": "0"}, {"fixed": version}]
    return database(where, record("DEBIAN-CVE-2026-1", "Debian:12", "openssl", before("3.0.11-1"), upstream=["CVE-2026-1"]),
                    record("DEBIAN-CVE-2026-2", "Debian:12", "zlib", before("1:9")),
                    record("DEBIAN-CVE-2026-3", "Debian:12", "zlib1g", before("1:1.3")),
                    record("DEBIAN-CVE-2026-4", "Debian:12", "tar", before("1.35")),
                    record("ALPINE-CVE-2026-5", "Alpine:v3.18", "musl", before("1.2.4-r3")),
                    record("ALPINE-CVE-2026-6", "Alpine:v3.18", "openssl", before("3.1.4-r5")),
                    record("GHSA-aaaa-bbbb-cccc", "npm", "@a/top", before("1.3.0"), kind="SEMVER"),
                    record("GHSA-dddd-eeee-ffff", "npm", "leaf", before("2.0.1"), kind="SEMVER"),
                    record("RLSA-2026-1", "Rocky Linux:9", "bash", before("0:9")))


def scan(where, source):
    result = run("scan", "--db", where + "/db", "--format", "json", source)
    same(result.status, 0, source + result.err)
    return result.json


def write_all(where, source, name, env=None):
    arguments = [part for form, suffix in FORMATS.items() for part in ("--format", f"{form}={where}/{name}.{suffix}")]
    result = run("sbom", *arguments, source, env=dict(os.environ, **(env or {})))
    same(result.status, 0, result.err)
    return {form: f"{where}/{name}.{suffix}" for form, suffix in FORMATS.items()}


def findings(report):
    return [(f["component"], f["id"], f["severity"], f["fix"], f["match"]) for f in report["findings"]]


def images(where):
    yield "debian", debian_image(where), 5
    yield "alpine", alpine_image(where), 1


def the_same_findings_from_each_format(where):
    advisories(where)
    for name, image, count in images(where):
        wanted = scan(where, image)
        same(len(wanted["findings"]), count, [f["id"] for f in wanted["findings"]])
        for form, path in write_all(where, image, name).items():
            got = scan(where, "sbom:" + path)
            same(findings(got), findings(wanted), form)
            same(got["subject"]["ecosystems"], wanted["subject"]["ecosystems"], form)
            same(got["subject"]["kind"], "sbom")
            if form != "purl":  # which has no place for more
                same(got["components"], wanted["components"], form)
                same(got["subject"]["os"], wanted["subject"]["os"], form)
            same(findings(scan(where, path)), findings(wanted), form + " without a scheme")


def the_same_findings_after_another_model(where):
    advisories(where)
    for name, image, _ in images(where):
        wanted = findings(scan(where, image))
        paths = write_all(where, image, name)
        with open(paths["spdx-json"]) as file:
            other = spdx_to_cyclonedx(json.load(file))
        with open(f"{where}/other.json", "w") as file:
            json.dump(other, file)
        same(findings(scan(where, f"sbom:{where}/other.json")), wanted, "SPDX as CycloneDX")
        with open(f"{where}/other.spdx", "w") as file:
            file.write(cyclonedx_to_tag_value(paths["cyclonedx-xml"]))
        same(findings(scan(where, f"sbom:{where}/other.spdx")), wanted, "CycloneDX as SPDX")
        # A model that drops the system as well has the releases in the package URLs.
        other["components"] = [c for c in other["components"] if c["type"] != "operating-system"]
        with open(f"{where}/bare.json", "w") as file:
            json.dump(other, file)
        same(findings(scan(where, f"sbom:{where}/bare.json")), wanted, "without the system")


def valid_under_the_published_schemas(where):
    need_schemas()
    for name, image, _ in images(where):
        paths = write_all(where, image, name)
        cyclonedx = validate_json(paths["cyclonedx-json"])
        spdx = validate_json(paths["spdx-json"])
        validate_xml(paths["cyclonedx-xml"], where)
        refs = {c["bom-ref"] for c in cyclonedx["components"]} | {cyclonedx["metadata"]["component"]["bom-ref"]}
        same(len(refs), len(cyclonedx["components"]) + 1, "references are unique")
        for item in cyclonedx["dependencies"]:
            same({item["ref"], *item["dependsOn"]} - refs, set(), "every reference is of something")
        ids = {p["SPDXID"] for p in spdx["packages"]} | {"SPDXRef-DOCUMENT"}
        same(len(ids), len(spdx["packages"]) + 1)
        for relation in spdx["relationships"]:
            same({relation["spdxElementId"], relation["relatedSpdxElement"]} - ids, set())
        named = {text for p in spdx["packages"] for text in p["licenseDeclared"].replace("(", " ").replace(")", " ").split()
                 if text.startswith("LicenseRef-")}
        same(named, {e["licenseId"] for e in spdx.get("hasExtractedLicensingInfos", ())}, "licence references")


def the_forms_say_the_same(where):
    """Read with other eyes: an XML parser and the specification's own rules for tags."""
    image = debian_image(where)
    paths = write_all(where, image, "all")
    with open(paths["cyclonedx-json"]) as file:
        cyclonedx = json.load(file)
    with open(paths["spdx-json"]) as file:
        spdx = json.load(file)
    purls = sorted(c["purl"] for c in cyclonedx["components"] if "purl" in c)
    root = ElementTree.parse(paths["cyclonedx-xml"]).getroot()
    same(sorted(c.findtext(CDX + "purl") for c in root.find(CDX + "components") if c.find(CDX + "purl") is not None), purls)
    same(root.get("serialNumber"), cyclonedx["serialNumber"])
    same(sorted(filter(None, (spdx_reference(p, "purl") for p in spdx["packages"]))), purls)
    with open(paths["spdx-tag-value"]) as file:
        tags = list(tag_values(file.read()))
    same(sorted(value.split(" ", 2)[2] for tag, value in tags if tag == "ExternalRef" and " purl " in value), purls)
    same(sum(tag == "Relationship" for tag, _ in tags), len(spdx["relationships"]))
    same(sum(tag == "AnnotationComment" for tag, _ in tags), sum(len(p.get("annotations", ())) for p in spdx["packages"]))
    with open(paths["purl"]) as file:
        same(file.read().splitlines(), purls)


def complete(where):
    """Dependencies, licences, hashes, layer, source package, supplier."""
    image = debian_image(where)
    run("sbom", "--scope", "all", "--format", f"cyclonedx-json={where}/c.json", "--format", f"spdx-json={where}/s.json", image)
    with open(where + "/c.json") as file:
        cyclonedx = json.load(file)
    with open(where + "/s.json") as file:
        spdx = json.load(file)
    by_name = {c["name"]: c for c in cyclonedx["components"]}
    ssl, top, leaf = by_name["libssl3"], by_name["top"], by_name["leaf"]
    same(ssl["purl"], "pkg:deb/debian/libssl3@3.0.10-1%2Bb2?arch=amd64&distro=debian-12&upstream=openssl%403.0.10-1")
    same(ssl["supplier"], {"name": "Nobody", "contact": [{"email": "n@example.org"}]})
    properties = [(p["name"], p["value"]) for p in ssl["properties"]]
    has(properties, ("plimsoll:source:name", "openssl"), ("plimsoll:source:version", "3.0.10-1"), ("plimsoll:scope", "installed"))
    layer = cyclonedx["metadata"]["component"]["properties"]
    has(properties, ("plimsoll:layer", [p["value"] for p in layer if p["name"] == "plimsoll:layer"][0]))
    same(ssl["evidence"]["occurrences"][0]["location"], "var/lib/dpkg/status")
    same(top["group"], "@a")
    same(top["hashes"], [{"alg": "SHA-512", "content": "0" * 128}])
    same(top["licenses"], [{"expression": "MIT"}])
    same([d["dependsOn"] for d in cyclonedx["dependencies"] if d["ref"] == top["bom-ref"]], [[leaf["bom-ref"]]])
    packages = {p["name"]: p for p in spdx["packages"]}
    same(packages["libssl3"]["supplier"], "Organization: Nobody (n@example.org)")
    has(packages["libssl3"]["sourceInfo"], "built package from: openssl 3.0.10-1")
    same(packages["@a/top"]["checksums"], [{"algorithm": "SHA512", "checksumValue": "0" * 128}])
    has([(r["spdxElementId"], r["relationshipType"], r["relatedSpdxElement"]) for r in spdx["relationships"]],
        (packages["@a/top"]["SPDXID"], "DEPENDS_ON", packages["leaf"]["SPDXID"]))
    same(packages["debian"]["primaryPackagePurpose"], "OPERATING_SYSTEM")


def the_same_bytes(where):
    image = debian_image(where)
    first = write_all(where, image, "first")
    for form, path in write_all(where, image, "second", {"TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8"}).items():
        with open(path, "rb") as second, open(first[form], "rb") as file:
            same(second.read() == file.read(), True, form)
    dated = write_all(where, image, "dated", {"SOURCE_DATE_EPOCH": "1700000000"})
    with open(dated["cyclonedx-json"]) as file, open(first["cyclonedx-json"]) as other:
        document, undated = json.load(file), json.load(other)
    same(document["metadata"]["timestamp"], "2023-11-14T22:13:20Z")
    same("timestamp" in undated["metadata"], False)
    same(document["serialNumber"] == undated["serialNumber"], False, "another document")
    with open(first["spdx-json"]) as file:
        same(json.load(file)["creationInfo"]["created"], "1970-01-01T00:00:00Z")


def documents_of_others(where):
    """Syft's and Trivy's own JSON, in the shapes that their documentation shows."""
    advisories(where)
    syft = {"artifacts": [
        {"id": "1", "name": "libssl3", "version": "3.0.10-1+b2", "type": "deb", "licenses": [{"value": "OpenSSL"}],
         "cpes": [{"cpe": "cpe:2.3:a:libssl3:libssl3:3.0.10:*:*:*:*:*:*:*"}], "locations": [{"path": "/var/lib/dpkg/status", "layerID": "sha256:1"}],
         "purl": "pkg:deb/debian/libssl3@3.0.10-1%2Bb2?arch=amd64&upstream=openssl%403.0.10-1&distro=debian-12",
         "metadata": {"source": "openssl", "sourceVersion": "3.0.10-1"}},
        {"id": "2", "name": "@a/top", "version": "1.2.3", "type": "npm", "licenses": ["MIT"], "purl": "pkg:npm/%40a/top@1.2.3"},
        {"id": "3", "name": "leaf", "version": "2.0.0", "type": "npm", "purl": "pkg:npm/leaf@2.0.0"}],
        "artifactRelationships": [{"parent": "3", "child": "2", "type": "dependency-of"}],
        "distro": {"id": "debian", "versionID": "12", "prettyName": "Debian GNU/Linux 12 (bookworm)"},
        "descriptor": {"name": "syft"}, "schema": {"version": "16.0.0"}}
    trivy = {"SchemaVersion": 2, "ArtifactName": "x", "Metadata": {"OS": {"Family": "debian", "Name": "12.5"}}, "Results": [
        {"Target": "x (debian 12.5)", "Class": "os-pkgs", "Type": "debian", "Packages": [
            {"ID": "libssl3@3.0.10-1+b2", "Name": "libssl3", "Version": "3.0.10", "Release": "1+b2", "Arch": "amd64",
             "SrcName": "openssl", "SrcVersion": "3.0.10", "SrcRelease": "1", "Layer": {"DiffID": "sha256:1"},
             "Identifier": {"PURL": "pkg:deb/debian/libssl3@3.0.10-1%2Bb2?arch=amd64&distro=debian-12.5"}}]},
        {"Target": "srv/package-lock.json", "Class": "lang-pkgs", "Type": "npm", "Packages": [
            {"ID": "@a/top@1.2.3", "Name": "@a/top", "Version": "1.2.3", "Relationship": "direct", "DependsOn": ["leaf@2.0.0"]},
            {"ID": "leaf@2.0.0", "Name": "leaf", "Version": "2.0.0", "Relationship": "indirect", "Dev": True}]}]}
    for name, document in (("syft", syft), ("trivy", trivy), ("attested", {"_type": "https://in-toto.io/Statement/v1", "predicate": syft})):
        with open(f"{where}/{name}.json", "w") as file:
            json.dump(document, file)
        report = scan(where, f"sbom:{where}/{name}.json")
        same([f["id"] for f in report["findings"]], ["CVE-2026-1", "GHSA-aaaa-bbbb-cccc", "GHSA-dddd-eeee-ffff"], name)
        components = {c["name"]: c for c in report["components"]}
        same(components["libssl3"]["source"], {"name": "openssl", "version": "3.0.10-1"}, name)
        same(components["@a/top"]["depends"], ["leaf@2.0.0"], name)
        same(components["libssl3"]["locations"][0]["layer"], "sha256:1", name)


def what_is_no_bill_of_materials(where):
    for name, content in (("a.json", b'{"hello": 1}'), ("b.json", b'{"bomFormat": "CycloneDX"'), ("c.xml", b"<html/>"),
                          ("d.txt", b"something"), ("e.xml", b'<!DOCTYPE bom [<!ENTITY a "b">]><bom>&a;</bom>')):
        with open(f"{where}/{name}", "wb") as file:
            file.write(content)
        result = run("sbom", f"sbom:{where}/{name}")
        same(result.status, 3, name + result.err)
        has(result.err, name)
    same(run("sbom", f"sbom:{where}/none.json").status, 3)
    result = run("sbom", "--format", "cyclonedx-json", f"sbom:{where}/a.json", f"sbom:{where}/b.json")
    same(result.status, 2, result.err)
    has(result.err, "one subject")


def differences(where):
    """What an update does: another version, another licence, a package more and one less."""
    release = entry("etc/os-release", DEBIAN)
    before = simple(where + "/1", [release, entry("var/lib/dpkg/status", stanza("tar", "1.34") + stanza("old", "1") + stanza("same", "2")),
                                   npm("leaf", "1.0.0", license="MIT")])
    after = simple(where + "/2", [release, entry("var/lib/dpkg/status", stanza("tar", "1.35") + stanza("new", "3") + stanza("same", "2")),
                                  npm("leaf", "1.0.0", license="Apache-2.0")])
    wanted = [("removed", "old", "1", None), ("added", "new", None, "3"), ("changed", "tar", "1.34", "1.35"),
              ("relicensed", "leaf", "1.0.0", "1.0.0")]
    write_all(where, before, "before")
    for first in (before, f"{where}/before.cdx.json", f"sbom:{where}/before.spdx"):
        result = run("sbom", "diff", "--format", "json", first, after)
        same(result.status, 0, result.err)
        got = [(c["kind"], c["name"], c["from"] and c["from"]["version"], c["to"] and c["to"]["version"]) for c in result.json["changes"]]
        same(sorted(got, key=str), sorted(wanted, key=str), first)
    table = run("sbom", "diff", before, after)
    has(table.out.decode(), "1.34", "1.35", "1 added, 1 removed, 1 changed, 1 relicensed")
    same(run("sbom", "diff", "--format", "json", before, before).json["changes"], [])
    same(run("sbom", "diff", before).status, 2)
    same(run("sbom", "diff", "--format", "xml", before, after).status, 2)


def merged(where):
    """Images of two systems in one document: what they hold, each once, with the release each is of."""
    debian, alpine = debian_image(where), alpine_image(where)
    paths = write_all(where, debian, "debian")
    result = run("sbom", "merge", "--format", f"cyclonedx-json={where}/all.json", "--format", f"spdx-json={where}/all.spdx.json",
                 paths["cyclonedx-json"], alpine, paths["spdx-tag-value"])
    same(result.status, 0, result.err)
    with open(where + "/all.json") as file:
        document = json.load(file)
    found = sorted(c.get("purl", "") for c in document["components"])
    same(len(found), len(set(found)), "each once")
    debs = [c for c in found if c.startswith("pkg:deb/")]
    same((len(debs), all("distro=debian-12" in purl for purl in debs)), (4, True))
    same([("distro=alpine-3.18.4" in p) for p in found if p.startswith("pkg:apk/")], [True, True])
    has([c["name"] for c in document["components"]], debian, alpine)  # what they are about
    if os.path.isdir(SCHEMAS):
        validate_json(where + "/all.json")
        validate_json(where + "/all.spdx.json")
    one = run("sbom", "merge", "--format", "plimsoll-json", paths["cyclonedx-json"], paths["spdx-json"]).json
    same(one["subject"]["os"]["id"], "debian", "one system")
    advisories(where)
    same([f["id"] for f in scan(where, where + "/all.json")["findings"] if f["id"].startswith("GHSA")],
         ["GHSA-aaaa-bbbb-cccc", "GHSA-dddd-eeee-ffff"])


def attached(where):
    """The registry's own list of referrers, or the tag where it has none, names the document; its bytes are the layer."""
    image = debian_image(where)
    for kind in ("lists", "has none"):
        if kind == "lists":
            server = SmallRegistry()
        else:
            server = Registry(where + "/registry")
        try:
            subject = Client(server.host).push(image, "team/app", "1")
            name = f"{server.host}/team/app:1"
            options = ("--insecure-registry", server.host)
            environ = environment(where)
            made = run("sbom", "attach", *options, name, env=environ)
            same(made.status, 0, made.err)
            with open(where + "/own.spdx", "w") as file:
                file.write("SPDXVersion: SPDX-2.3\n")
            given = run("sbom", "attach", *options, name, where + "/own.spdx", env=environ)
            same(given.status, 0, given.err)
            listed = run("registry", "inspect", "--format", "json", *options, name, env=environ).json["referrers"]
            same(sorted(r["artifact_type"] for r in listed), ["application/vnd.cyclonedx+json", "text/spdx"], kind)
            for word, kind_of in ((made, "application/vnd.cyclonedx+json"), (given, "text/spdx")):
                digest = word.out.decode().split()[0]
                _, body = Client(server.host).wanted((200,), "GET", f"/v2/team/app/manifests/{digest}", None, {"Accept": MANIFEST})
                manifest = json.loads(body)
                same((manifest["subject"]["digest"], manifest["artifactType"]), (subject["digest"], kind_of))
                layer = manifest["layers"][0]
                _, document = Client(server.host).wanted((200,), "GET", f"/v2/team/app/blobs/{layer['digest']}")
                same((layer["mediaType"], len(document)), (kind_of, layer["size"]))
                with open(where + "/back", "wb") as file:
                    file.write(document)
                if word is made:
                    same(len(run("sbom", "sbom:" + where + "/back").json["components"]), 6)
            same(getattr(server, "complaints", []), [])
            bad = run("sbom", "attach", "--format", "table", *options, name, env=environ)
            same(bad.status, 2, bad.err)
            with open(where + "/odd", "w") as file:
                file.write("odd\n")
            same(run("sbom", "attach", *options, name, where + "/odd", env=environ).status, 3)
        finally:
            server.stop()


def documents_inside_images(where):
    """They add what they list; what the package manager lists, and the same package found by itself, is there once."""
    inner = {"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [
        {"type": "library", "name": "zlib1g", "version": "1:1.2.13", "purl": "pkg:deb/debian/zlib1g@1:1.2.13?arch=amd64"},
        {"type": "library", "name": "leaf", "version": "2.0.0", "purl": "pkg:npm/leaf@2.0.0"},
        {"type": "library", "name": "vendored", "version": "3", "purl": "pkg:cargo/vendored@3"},
        {"type": "operating-system", "name": "alpine", "version": "3"}]}
    layer = [entry("etc/os-release", DEBIAN), entry("var/lib/dpkg/status", stanza("zlib1g", "1:1.2.13")), npm("leaf", "2.0.0"),
             entry("opt/app/app.cdx.json", json.dumps(inner).encode()), entry("opt/app/bom.json", b'{"name": "parts"}'),
             entry("opt/app/bad.spdx.json", b"{")]
    result = run("sbom", simple(where + "/i", layer))
    found = sorted((c["name"], c["version"]) for c in result.json["components"])
    same(found, [("leaf", "2.0.0"), ("vendored", "3"), ("zlib1g", "1:1.2.13")])
    same(result.json["subject"]["os"]["id"], "debian")
    places = {c["name"]: [p["path"] for p in c["locations"]] for c in result.json["components"]}
    same(places["vendored"], ["opt/app/app.cdx.json"])
    same(places["leaf"], ["opt/app/app.cdx.json", "srv/node_modules/leaf/package.json"])
    same([path for path, _ in result.gaps], ["opt/app/bad.spdx.json"])


def bitnami(where):
    paths = sorted(glob.glob(f"{CORPUS}/bitnami/*/expected.json") + glob.glob(f"{CORPUS}/sbom/spdx-elasticsearch/expected.json"))
    if not paths:
        raise Skip("the corpus is not here")
    for path in paths:
        result = run("sbom", "dir:" + os.path.dirname(path) + "/in")
        with open(path) as file:
            compare(path, json.load(file), result.json)


def plain(purl):
    """The identity that the corpus speaks of: without the qualifiers that are not part of an expectation."""
    head, _, rest = unquote(purl).partition("?")
    kept = sorted(q for q in rest.split("&") if q.split("=")[0] in ("arch", "epoch", "uuid"))
    return head + ("?" + "&".join(kept) if kept else "")


def compare(case, expected, report):
    """Each package that the expectation lists is a component, the system, the subject, or told as a gap; no other is there."""
    left = list(report["components"])
    gaps = " ".join(g["reason"] for g in report["gaps"])
    for package in expected["packages"]:
        name, version = package["name"], package.get("version", "")
        if package.get("purl"):
            found = [c for c in left if plain(c["purl"]) == plain(package["purl"])]
        else:
            found = [c for c in left if c["name"] == name and c["version"] == version and c["type"] == "binary"]
        if found:
            left.remove(found[0])
            if not any(text.startswith("LicenseRef") for text in package.get("licenses", ())):
                same(sorted(found[0]["licenses"]), sorted(set(package.get("licenses", ()))), f"{case}: {name}")
            continue
        is_system = report["subject"]["os"]["id"] == name.lower() and "purl" not in package
        is_subject = package.get("spdx_id") in SUBJECTS
        if not is_system and not is_subject and not (version == "" and f"'{name}' lacks its version" in gaps):
            raise AssertionError(f"{case}: {package} is missing; left are {[(c['name'], c['purl']) for c in left]}; {gaps}")
    same([c["purl"] for c in left], [], case + ": more than is expected")


# What the documents of the corpus describe, by reading them.
SUBJECTS = {"SPDXRef-Acme", "SPDXRef-ContainerImage-dd5cad897c6263", "SPDXRef-example", "SPDXRef-CentOS-7"}


def the_corpus(where):
    paths = sorted(glob.glob(f"{CORPUS}/sbom/*/expected.json"))
    if not paths:
        raise Skip("the corpus is not here")
    for path in paths:
        for document in glob.glob(os.path.dirname(path) + "/in/*.*"):
            result = run("sbom", "--format", f"plimsoll-json={where}/x.json", "--format", f"cyclonedx-json={where}/x.cdx.json",
                         "--format", f"spdx-json={where}/x.spdx.json", "--format", f"cyclonedx-xml={where}/x.xml", "sbom:" + document)
            same(result.status, 0, document + result.err)
            with open(path) as file, open(where + "/x.json") as other:
                compare(document, json.load(file), json.load(other))
            validate_json(where + "/x.cdx.json")
            validate_json(where + "/x.spdx.json")
            validate_xml(where + "/x.xml", where)


main([the_same_findings_from_each_format, the_same_findings_after_another_model, valid_under_the_published_schemas,
      the_forms_say_the_same, complete, the_same_bytes, documents_of_others, what_is_no_bill_of_materials,
      documents_inside_images, differences, merged, attached, bitnami, the_corpus])
