#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Programs of Kubernetes and its own advisories. Which versions are affected follows from the records' ranges by the OSV
schema; which version a program has is what Go's linker was told, and for those of this machine what they print."""
import glob
import json
import os
import re
import shutil
import subprocess
import zipfile

from imagelib import Skip, entry, has, main, run, same, simple, stanza
from match import STATUS, database, found, record, release, scan

GO = shutil.which("go") or "/usr/local/go/bin/go"
FEED = os.path.join(os.environ.get("PL_TEST_FEEDS", "../shared/feeds"), "osv/kubernetes/all.zip")
SETS = "k8s.io/component-base/version.gitVersion"


def kube(identity, name, *spans, **fields):
    events = [event for low, high in spans for event in ({"introduced": low}, {"fixed": high})]
    return record(identity, "kubernetes", name, events, "SEMVER", **fields)


def gomod(identity, cve, name, *spans):
    events = [event for low, high in spans for event in ({"introduced": low}, {"fixed": high})]
    return record(identity, "Go", name, events, "SEMVER", aliases=[cve])


def records():
    return [kube("CVE-2026-1", "k8s.io/kubelet", ("1.27.0", "1.27.2")),
            kube("CVE-2026-2", "k8s.io/apiserver", ("0", "1.27.3")),
            kube("CVE-2026-3", "k8s.io/kubernetes", ("0", "1.28.0")),
            kube("CVE-2026-4", "k8s.io/client-go", ("0", "1.99.0")),
            gomod("GO-2026-1", "CVE-2026-1", "k8s.io/kubernetes", ("1.27.0", "1.27.2")),
            gomod("GO-2026-2", "CVE-2026-2", "k8s.io/kubernetes", ("0", "1.27.3")),
            gomod("GO-2026-5", "CVE-2026-5", "k8s.io/kubernetes", ("0", "1.27.5"))]


def built(where, program, version, *flags):
    """A program of one line, in a module and a package that are called as Kubernetes' are."""
    if not os.path.exists(GO):
        raise Skip("no Go here")
    files = {"go.mod": "module k8s.io/kubernetes\n\ngo 1.18\n\nrequire k8s.io/component-base v0.0.0\n"
                       "replace k8s.io/component-base => ./staging/src/k8s.io/component-base\n",
             "staging/src/k8s.io/component-base/go.mod": "module k8s.io/component-base\n\ngo 1.18\n",
             "staging/src/k8s.io/component-base/version/base.go": "package version\n\nvar gitVersion = \"v0.0.0-master\"\n\n"
                                                                  "func Get() string { return gitVersion }\n",
             f"cmd/{program}/main.go": "package main\n\nimport \"k8s.io/component-base/version\"\n\n"
                                       "func main() { println(version.Get()) }\n"}
    for name, text in files.items():
        os.makedirs(os.path.dirname(f"{where}/src/{name}"), exist_ok=True)
        with open(f"{where}/src/{name}", "w") as out:
            out.write(text)
    told = [f"-ldflags=-s -w -X {SETS}={version}"] if version else ["-ldflags=-s -w"]
    path = os.path.abspath(f"{where}/{program}-{len(flags)}-{version}")
    environment = dict(os.environ, GOFLAGS="-mod=mod", GOPROXY="off", GOTOOLCHAIN="local", CGO_ENABLED="0",
                       GOCACHE=os.environ.get("GOCACHE", os.path.abspath(where + "/cache")))
    subprocess.run([GO, "build", "-buildvcs=false", "-o", path, *flags, *told, f"./cmd/{program}"], cwd=where + "/src",
                   check=True, env=environment, timeout=300)
    said = subprocess.run([path], stderr=subprocess.PIPE, check=True).stderr.decode().strip()
    same(said, version or "v0.0.0-master", "the linker did as it was told")
    with open(path, "rb") as file:
        return file.read()


def programs(result):
    return [(c["purl"], c.get("confidence")) for c in result.json["components"] if c["purl"].startswith("pkg:k8s/")]


def a_program_is_what_it_was_built_of(where):
    """By the linker's flags, or where -trimpath keeps those out, by the constant that they made."""
    database(where, *records())
    for flags, confidence in (((), None), (("-trimpath",), 85)):
        for program, version, wanted in (
                ("kubelet", "v1.27.1", [("k8s.io%2Fkubelet", "CVE-2026-1"), ("k8s.io%2Fkubelet", "CVE-2026-3"),
                                        ("k8s.io%2Fkubelet", "CVE-2026-5")]),
                ("kubelet", "v1.27.2-gke.1700", [("k8s.io%2Fkubelet", "CVE-2026-3"), ("k8s.io%2Fkubelet", "CVE-2026-5")]),
                ("kube-apiserver", "v1.27.4+k3s1", [("k8s.io%2Fapiserver", "CVE-2026-3"), ("k8s.io%2Fapiserver", "CVE-2026-5")]),
                ("kubectl", "v1.28.0-rc.1", [("k8s.io%2Fkubectl", "CVE-2026-3")]),
                ("kubectl", "v1.29.3", [])):
            image = simple(f"{where}/{program}{version}{len(flags)}",
                           [entry("usr/bin/p", built(where, program, version, *flags), mode=0o755)])
            result = scan(where, image)
            same(found(result), wanted, f"{program} {version} {flags}")
            name = {"kube-apiserver": "apiserver"}.get(program, program)
            same(programs(result), [(f"pkg:k8s/k8s.io%2F{name}@" + version[1:].replace("+", "%2B"), confidence)])
            same([g["reason"] for g in result.json["gaps"] if "k8s" in g["reason"] or "Kubernetes" in g["reason"]], [])
            for finding in result.json["findings"]:
                same(sorted(s["id"] for s in finding["sources"]), {"CVE-2026-1": ["CVE-2026-1", "GO-2026-1"], "CVE-2026-3": ["CVE-2026-3"],
                                                                   "CVE-2026-5": ["GO-2026-5"]}[finding["id"]])


def no_version_is_no_guess(where):
    database(where, *records())
    image = simple(where + "/i", [entry("usr/bin/kubelet", built(where, "kubelet", "", "-trimpath"), mode=0o755)])
    result = scan(where, image)
    same((found(result), programs(result)), ([], []))
    has(str(result.json["gaps"]), "a program of Kubernetes that does not say of which version")
    with open(where + "/bill.json", "w") as out:
        json.dump({"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [
            {"type": "library", "name": "k8s.io/kubernetes", "purl": "pkg:golang/k8s.io/kubernetes@v0.0.0-20250515200810-4cb5f0764b8d"}]}, out)
    result = run("scan", "--db", where + "/db", "--format", "json", "sbom:" + where + "/bill.json")
    same(found(result), [])
    has(str(result.json["gaps"]), "k8s.io/kubernetes was not judged")


def a_library_is_no_program(where):
    """Names of the advisories that are modules' names as well mean the programs."""
    database(where, *records())
    text = "module example.org/m\n\ngo 1.21\n\nrequire (\n\tk8s.io/apiserver v0.27.1\n\tk8s.io/client-go v0.27.1\n\tk8s.io/kubelet v0.27.1\n)\n"
    os.makedirs(where + "/app")
    with open(where + "/app/go.mod", "w") as out:
        out.write(text)
    result = run("scan", "--db", where + "/db", "--format", "json", "dir:" + where + "/app")
    same((found(result), len(result.json["components"])), ([], 3))


def what_is_released_apart(where):
    """What Kubernetes' groups release apart has versions of its own; Go's record names a path that its module never had."""
    database(where, kube("CVE-2026-8", "k8s.io/ingress-nginx", ("0", "1.11.2")),
             kube("CVE-2026-9", "sigs.k8s.io/secrets-store-csi-driver", ("0", "1.3.3")),
             gomod("GO-2026-9", "CVE-2026-9", "sigs.k8s.io/secrets-store-csi-driver", ("0", "1.3.3")))
    text = "module example.org/m\n\ngo 1.21\n\nrequire (\n\tk8s.io/ingress-nginx v1.11.1\n\tsigs.k8s.io/secrets-store-csi-driver v1.3.2\n)\n"
    os.makedirs(where + "/app")
    with open(where + "/app/go.mod", "w") as out:
        out.write(text)
    result = run("scan", "--db", where + "/db", "--format", "json", "dir:" + where + "/app")
    same(found(result), [("ingress-nginx", "CVE-2026-8"), ("secrets-store-csi-driver", "CVE-2026-9")])


def packages_of_kubernetes(where):
    """Those of pkgs.k8s.io; one that holds a program whose version is known leaves the word to that."""
    database(where, *records())
    by = lambda name, version: stanza(name, version).replace(
        b"Maintainer: Nobody <n@example.org>", b"Maintainer: Kubernetes Authors <kubernetes-dev+release@googlegroups.com>")
    status = (by("kubelet", "1.27.1-1.1") + by("kubectl", "1:528.0.0-0") + by("cri-tools", "1.26.0-1.1") +
              by("kubeadm", "1.28.0~rc.1-1.1"))
    files = [release("debian", "12"), entry(STATUS, status)]
    result = scan(where, simple(where + "/i", files))
    same(found(result), [("kubeadm", "CVE-2026-3"), ("kubelet", "CVE-2026-1"), ("kubelet", "CVE-2026-3"), ("kubelet", "CVE-2026-5")])
    has(str(result.json["gaps"]), "2 packages of Kubernetes (cri-tools, kubectl)")
    same(sorted({f["match"]["ecosystem"] for f in result.json["findings"]}), ["Go", "kubernetes"])
    files += [entry("var/lib/dpkg/info/kubelet.list", b"/usr/bin/kubelet\n"),
              entry("usr/bin/kubelet", built(where, "kubelet", "v1.27.1", "-trimpath"), mode=0o755)]
    result = scan(where, simple(where + "/j", files))
    same(found(result), [("k8s.io%2Fkubelet", "CVE-2026-1"), ("k8s.io%2Fkubelet", "CVE-2026-3"), ("k8s.io%2Fkubelet", "CVE-2026-5"),
                         ("kubeadm", "CVE-2026-3")])
    bill = run("sbom", "--format", "cyclonedx-json", simple(where + "/k", files))
    with open(where + "/bill.json", "wb") as out:
        out.write(bill.out)
    same(found(run("scan", "--db", where + "/db", "--format", "json", "sbom:" + where + "/bill.json")), found(result))


def bills_of_clusters(where):
    """As Trivy writes the components of a cluster."""
    database(where, *records())
    parts = [{"type": "application", "name": f"k8s.io/{name}", "version": version, "purl": f"pkg:k8s/{vendor}k8s.io%2F{name}@{version}"}
             for name, version, vendor in (("kubelet", "1.27.1", ""), ("kube-proxy", "1.27.3-gke.2300", "gke/"), ("apiserver", "1.27.1", "ocp/"))]
    with open(where + "/bill.json", "w") as out:
        json.dump({"bomFormat": "CycloneDX", "specVersion": "1.5", "components": parts}, out)
    result = run("scan", "--db", where + "/db", "--format", "json", "sbom:" + where + "/bill.json")
    same(found(result), [("k8s.io%2Fkube-proxy", "CVE-2026-3"), ("k8s.io%2Fkube-proxy", "CVE-2026-5"), ("k8s.io%2Fkubelet", "CVE-2026-1"),
                         ("k8s.io%2Fkubelet", "CVE-2026-3"), ("k8s.io%2Fkubelet", "CVE-2026-5")])
    has(str(result.json["gaps"]), "k8s.io/apiserver was not judged")


def those_of_this_machine(where):
    """The version is the one that the program prints."""
    seen = 0
    for path in sorted(glob.glob("/usr/lib/google-cloud-sdk/bin/kubectl.*") + ["/usr/bin/kubectl", "/usr/bin/kubelet"]):
        if not os.path.exists(path):
            continue
        words = [path, "--version"] if path.endswith("kubelet") else [path, "version", "--client"]
        said = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()
        version = re.search(r"(?:GitVersion:\"|Version: |Kubernetes )v([0-9][^\"\s]*)", said)
        os.makedirs(where + "/r", exist_ok=True)
        shutil.copy(os.path.realpath(path), where + "/r/p")
        result = run("sbom", "--format", "json", "--catalogers", "executable", "dir:" + where + "/r")
        listed = [c["version"] for c in result.json["components"] if c["purl"].startswith("pkg:golang/k8s.io/kubernetes@")]
        same(listed, ["v" + version.group(1)], path)
        info = subprocess.run([GO, "version", "-m", path], stdout=subprocess.PIPE).stdout.decode() if os.path.exists(GO) else ""
        if "k8s.io/kubernetes/cmd/kubectl\n" in info:
            same([purl for purl, _ in programs(result)], ["pkg:k8s/k8s.io%2Fkubectl@" + version.group(1)], path)
        seen += 1
    if seen == 0:
        raise Skip("no program of Kubernetes here")


def numbers(version):
    return tuple(int(part) for part in version.split("-")[0].split(".")) + (("-" not in version),)


def affected(ranges, version):
    """The evaluation of the OSV schema: the last event at or below the version counts."""
    events = sorted(((numbers(value) if value != "0" else (0,), kind) for one in ranges for event in one["events"] for kind, value in event.items()),
                    key=lambda event: event[0])
    last = [kind for at, kind in events if at <= numbers(version)]
    return bool(last) and last[-1] == "introduced"


def the_records_themselves(where):
    """Every record, at and around each version that it names, for every program."""
    if not os.path.exists(FEED):
        raise Skip("no export of OSV's here")
    result = run("db", "update", "--db", where + "/db", "--from", FEED)
    same(result.status, 0, result.err)
    with zipfile.ZipFile(FEED) as archive:
        all_of_them = [json.loads(archive.read(name)) for name in archive.namelist()]
    asked = 0
    named = sorted({part["package"]["name"] for item in all_of_them for part in item["affected"]})
    programs_named = ["k8s.io/apiserver", "k8s.io/controller-manager", "k8s.io/kube-proxy", "k8s.io/kubectl", "k8s.io/kubelet"]
    versions = {"1.29.14", "1.33.1"}
    for item in all_of_them:
        for part in item["affected"]:
            for one in part["ranges"]:
                versions |= {value for event in one["events"] for value in event.values() if value.count(".") == 2 and "-" not in value}
    for name in named:
        for version in sorted(versions)[::1 if name in programs_named[:1] else 4]:
            wanted = sorted(item["id"] for item in all_of_them for part in item["affected"]
                            if part["package"]["name"] in ({name, "k8s.io/kubernetes"} if name in programs_named else {name})
                            and affected(part["ranges"], version))
            result = run("db", "affected", "--db", where + "/db", "--format", "json", f"pkg:k8s/{name.replace('/', '%2F')}@v{version}-gke.1")
            same(sorted(hit["id"] for hit in result.json), wanted, f"{name} {version}")
            asked += 1
    print(f"# {asked} questions of {len(named)} names")


if __name__ == "__main__":
    main([a_program_is_what_it_was_built_of, no_version_is_no_guess, a_library_is_no_program, what_is_released_apart,
          packages_of_kubernetes, bills_of_clusters, those_of_this_machine, the_records_themselves])
