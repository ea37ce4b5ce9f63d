#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""pom.xml with parents and BOMs: what plimsoll lists is what Maven says the dependencies are, of a build that is made
for this and of published projects with all the poms they need beside them. Skipped where Maven, or the repository it
asks, cannot be had."""
import os
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "tools"))

import maven_effective  # noqa: E402
from imagelib import Skip, has, main, run, same  # noqa: E402

BUILD = os.path.join(HERE, "..", "data", "maven")
GET = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:get"

# Parents of several levels, BOMs within BOMs, versions from properties of parents.
PUBLISHED = ("io.dropwizard:dropwizard-core:4.0.7", "org.apache.shiro:shiro-web:2.0.1",
             "org.springframework.cloud:spring-cloud-config-server:4.1.1",
             "com.fasterxml.jackson.dataformat:jackson-dataformat-yaml:2.17.1")


def asked(function, *arguments):
    try:
        return function(*arguments)
    except maven_effective.Unavailable as why:
        raise Skip(f"Maven or what it needs cannot be had: {why}") from why


def listed(directory):
    """Names and versions by the path of their pom.xml, and the gaps."""
    result = run("sbom", "--format", "json", "dir:" + directory, timeout=300)
    same(result.status, 0, result.err)
    found = {}
    for component in result.json["components"]:
        for location in component["locations"]:
            found.setdefault(location["path"], set()).add((component["name"], component["version"]))
    return found, result.json["gaps"]


def compare(directory, expected):
    found, gaps = listed(directory)
    same(gaps, [], directory)
    for path, wanted in expected.items():
        same(sorted(found.get(path, set())), sorted(wanted), f"{directory}: {path}")


def a_build_of_all_forms(where):
    expected = {}
    with open(os.path.join(BUILD, "expected"), encoding="utf-8") as file:
        for line in file:
            words = line.split()
            if words[0] == "=":
                listing = expected.setdefault(words[1], {})
            else:
                listing[words[0], words[1]] = ("dev" in words, "optional" in words)
    compare(BUILD, expected)
    # What is committed is what Maven says.
    said = asked(maven_effective.listing, BUILD, None, 120)
    same(said, expected)


def copy_poms(repository, into):
    for at, _, files in os.walk(repository):
        for name in files:
            if name.endswith(".pom"):
                target = os.path.join(into, os.path.relpath(at, repository))
                os.makedirs(target, exist_ok=True)
                shutil.copy(os.path.join(at, name), target)


def published_projects(where):
    if os.environ.get("PL_TEST_SANITIZED"):
        raise Skip("to ask the repository for one build of plimsoll is enough")
    repository = where + "/repository"
    for coordinates in PUBLISHED:
        group, artifact, version = coordinates.split(":")
        asked(maven_effective.run_maven, where,
              ["-Dmaven.repo.local=" + repository, GET, f"-Dartifact={coordinates}:pom", "-Dtransitive=false"], 240)
        project = f"{where}/{artifact}"
        os.makedirs(project)
        shutil.copy(f"{repository}/{group.replace('.', '/')}/{artifact}/{version}/{artifact}-{version}.pom", project + "/pom.xml")
        expected = asked(maven_effective.listing, project, repository)
        same(len(expected), 1, coordinates)
        # Alone, it says that something is lacking, and where that would stand; Spring states all versions.
        gaps = listed(project)[1]
        same(len(gaps), 0 if artifact.startswith("spring-") else 1, coordinates)
        for gap in gaps:
            has(gap["reason"], "not among the files are parent ")
        copy_poms(repository, project + "/.m2/repository")
        compare(project, expected)


if __name__ == "__main__":
    main([a_build_of_all_forms, published_projects])
