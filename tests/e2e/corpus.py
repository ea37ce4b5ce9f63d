#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The whole program on the cases of a corpus of real package databases and images, whose expectations come from the
ecosystems' own tools (each case's expected.json says which). Skips without the corpus (PL_TEST_CORPUS)."""
import glob
import json
import os

from imagelib import SYSTEM_TYPES, Skip, main, same, sbom

CORPUS = os.environ.get("PL_TEST_CORPUS", os.path.join(os.path.dirname(__file__), "../../../shared/corpus"))
ROOT_FILE_SYSTEMS = ("dpkg", "dpkg-distroless", "apk", "rpm-bdb", "rpm-ndb", "rpm-sqlite")


def cases(*kinds):
    found = [path for kind in kinds for path in sorted(glob.glob(f"{CORPUS}/{kind}/*/expected.json"))]
    if not found:
        raise Skip("the corpus is not here")
    for path in found:
        with open(path) as file:
            yield os.path.relpath(os.path.dirname(path), CORPUS), os.path.dirname(path), json.load(file)


def wanted_package(package):
    source = (package.get("source_name"), package.get("source_version"))
    return (package["name"], package["version"], package["type"], package.get("arch"), source if source[0] else None,
            package.get("purl"), tuple(package.get("licenses", ())))


def found_package(component, like):
    """The component with only what the expectation speaks of."""
    source = component["source"] or {}
    return (component["name"], component["version"], component["type"], component["arch"] if like[3] else None,
            (source.get("name"), source.get("version")) if like[4] else None, component["purl"] if like[5] else None,
            tuple(component["licenses"]) if like[6] else ())


def compare(case, expected, components):
    # A package of a language is one component, at however many places it is stated.
    system, others = [], set()
    for package in expected["packages"]:
        if package["type"] in SYSTEM_TYPES:
            system.append(wanted_package(package))
        else:
            others.add(wanted_package(package))
    wanted = sorted(system + list(others), key=str)
    got = list(components)
    same(len(got), len(wanted), case + ": number of packages")
    for package in wanted:
        matching = [c for c in got if found_package(c, package) == package]
        if not matching:
            near = [found_package(c, package) for c in got if c["name"] == package[0]]
            raise AssertionError(f"{case}: {package} is missing; there is {near}")
        got.remove(matching[0])


def packages_of_root_file_systems(where):
    for case, folder, expected in cases(*ROOT_FILE_SYSTEMS):
        result = sbom(f"dir:{folder}/in/rootfs")
        same(result.status, 0, case + result.err)
        compare(case, expected, [c for c in result.json["components"] if c["type"] in SYSTEM_TYPES])
        for name, licenses in expected.get("licenses_expected", {}).items():
            component = next(c for c in result.json["components"] if c["name"] == name)
            same(sorted(component["licenses"]), sorted(licenses), case)


def bare(purl):
    """Without qualifiers, of which the expectation has but a few."""
    return purl.split("?")[0].split("#")[0] if purl else purl


def identity(case, package):
    """Bitnami's files list packages of several kinds by names of their own: what they are is in their purls."""
    if case.startswith("bitnami/"):
        return (bare(package["purl"]),)
    return package["type"], package["name"], package["version"]


def packages_of_languages(where):
    """Every other case with a list of packages, through the whole program."""
    seen = 0
    for case, folder, expected in cases("*"):
        # Bitnami's documents are compared in sbom.py: its package URLs say other names than its fields do.
        if expected.get("kind") != "packages" or case.split("/")[0] in ROOT_FILE_SYSTEMS + ("bitnami", "sbom", "image"):
            continue
        seen += 1
        result = sbom(f"dir:{folder}/in")
        same(result.status, 0, case + result.err)
        wanted = {identity(case, p): p for p in expected["packages"]}
        got = {identity(case, c): c for c in result.json["components"]}
        same(sorted(got), sorted(wanted), case)
        for key, package in wanted.items():
            if package.get("purl"):
                same(bare(got[key]["purl"]), bare(package["purl"]), case)
    if seen < 100:
        raise AssertionError(f"only {seen} cases were compared")


def operating_systems(where):
    for case, folder, expected in cases("os-release"):
        result = sbom(f"dir:{folder}/in/rootfs")
        found = result.json["subject"]["os"]
        same({key: found.get(key) for key in expected["os"]}, expected["os"], case)


def images(where):
    for case, folder, expected in cases("image"):
        source = glob.glob(folder + "/in/*")[0]
        result = sbom("--scope", "all", "--platform", f"linux/{expected.get('architecture', 'amd64')}", source)
        if expected["kind"] == "image-hostile":
            if result.status not in (0, 3):
                raise AssertionError(f"{case}: status {result.status}: {result.err}")
            continue
        same(result.status, 0, case + result.err)
        compare(case, expected, result.json["components"])
        same([layer["diff_id"] for layer in result.json["subject"]["layers"]], expected["diff_ids"], case)
        for key, value in expected.get("os_release", {}).items():
            same(result.json["subject"]["os"][key], value, case)


def versions(where):
    for scheme in ("dpkg", "rpm", "apk"):
        path = f"{CORPUS}/version/{scheme}.tsv"
        if not os.path.exists(path):
            raise Skip("the corpus is not here")
        rows = [line.rstrip("\n").split("\t") for line in open(path)]
        lines = "".join(f"{a}\t{b}\n" for a, _, b in rows)
        with open(where + "/in", "w") as out:
            out.write(lines)
        import subprocess
        from imagelib import PLIMSOLL
        out = subprocess.run([PLIMSOLL, "version", "compare", scheme], stdin=open(where + "/in"), stdout=subprocess.PIPE,
                             check=True).stdout.decode().split("\n")
        wrong = [(row, answer) for row, answer in zip(rows, out) if row[1] != answer]
        same((len(wrong), wrong[:3]), (0, []), scheme)


if __name__ == "__main__":
    main([packages_of_root_file_systems, packages_of_languages, operating_systems, images, versions])
