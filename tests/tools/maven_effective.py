#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What Maven itself says of the direct dependencies of projects: the second opinion on pom.xml.

usage: tests/tools/maven_effective.py DIRECTORY >EXPECTED

Prints for each pom.xml that the one at the top of DIRECTORY leads to "= PATH" and "GROUP:ARTIFACT VERSION [dev]
[optional]" lines, in order. Modules of the build, ranges and what lies on the machine are left out, since they are no
packages. Maven needs its help plugin, and the parents and BOMs that a project names, from its repositories.
"""
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

EFFECTIVE = "org.apache.maven.plugins:maven-help-plugin:3.4.0:effective-pom"


class Unavailable(Exception):
    pass


def text(node, name):
    return (node.findtext(name) or "").strip()


def run_maven(directory, arguments, timeout):
    try:
        done = subprocess.run(["mvn", "-B", *arguments], cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=timeout, check=False)
    except (FileNotFoundError, subprocess.TimeoutExpired) as why:
        raise Unavailable(str(why)) from why
    said = done.stdout.decode(errors="replace")
    if done.returncode != 0:
        errors = [line for line in said.splitlines() if "ERROR" in line]
        raise Unavailable(" ".join(errors)[:400] or said[-400:])


def effective_poms(directory, repository=None, timeout=240):
    """The projects of a build as elements without namespaces, each as Maven understands it."""
    with tempfile.TemporaryDirectory() as where:
        out = where + "/effective.xml"
        local = ["-Dmaven.repo.local=" + repository] if repository else []
        run_maven(directory, [*local, EFFECTIVE, "-Doutput=" + out], timeout)
        root = xml.parse(out).getroot()
    for node in root.iter():
        node.tag = node.tag.rpartition("}")[2]
    return [root] if root.tag == "project" else list(root)


def own_artifact(path):
    project = xml.parse(path).getroot()
    return [text(node, ".") for node in project if node.tag.endswith("artifactId")][0]


def dependencies(project, built):
    """Name and version to whether it is for tests, and optional; both only if it is so wherever it is stated."""
    listed = {}
    for node in project.findall("dependencies/dependency"):
        coordinates = tuple(text(node, name) for name in ("groupId", "artifactId", "version"))
        version = coordinates[2]
        if re.fullmatch(r"\[[^,\[\]()]*\]", version):
            version = version[1:-1]
        if coordinates in built or text(node, "scope") == "system" or re.search(r"[\[(,]", version):
            continue
        key = (":".join(coordinates[:2]), version)
        is_dev, is_optional = listed.get(key, (True, True))
        listed[key] = (is_dev and text(node, "scope") == "test", is_optional and text(node, "optional") == "true")
    return listed


def listing(directory, repository=None, timeout=240):
    """The dependencies by the path of their pom.xml."""
    projects = effective_poms(directory, repository, timeout)
    built = {tuple(text(project, name) for name in ("groupId", "artifactId", "version")) for project in projects}
    by_artifact = {text(project, "artifactId"): project for project in projects}
    listed = {}
    for at, dirs, files in os.walk(directory):
        dirs[:] = [name for name in dirs if name != ".m2"]
        if "pom.xml" in files:
            project = by_artifact.get(own_artifact(at + "/pom.xml"))
            if project is not None:
                listed[os.path.relpath(at + "/pom.xml", directory)] = dependencies(project, built)
    return listed


def main():
    for path, listed in sorted(listing(sys.argv[1]).items()):
        print("= " + path)
        for (name, version), (is_dev, is_optional) in sorted(listed.items()):
            print(name, version + " dev" * is_dev + " optional" * is_optional)


if __name__ == "__main__":
    main()
