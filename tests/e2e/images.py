#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Images in every layout, whole and spoilt. What a merged image holds follows from the image specification's rules
on layers (image-spec, layer.md), worked out by hand for each case."""
import gzip
import json
import os
import shutil
import subprocess
import tarfile
import zlib

from imagelib import (GZIP, OS_RELEASE, PLAIN, ZSTD, Layout, Skip, directory, docker_archive, entry, has, main, make_tar,
                      packed, run, same, sbom, sha256, simple, stanza, stays_below, zstd)

STATUS = "var/lib/dpkg/status"
BASE = [entry("usr/lib/os-release", OS_RELEASE), entry("etc/os-release", kind=tarfile.SYMTYPE, link="../usr/lib/os-release"),
        entry(STATUS, stanza("alpha", "1.0") + stanza("beta", "2.0-1", "beta-src (2.0)"))]
BOTH = [("alpha", "1.0"), ("beta", "2.0-1")]


def gzip_zstd_and_plain_layers(where):
    for name, media, pack in (("g", GZIP, packed), ("z", ZSTD, zstd), ("p", PLAIN, bytes)):
        result = sbom(simple(f"{where}/{name}", BASE, media=media, pack=pack))
        same((result.status, result.packages, result.gaps), (0, BOTH, []), name)
        same(result.json["subject"]["os"]["id"], "debian")


def gzip_of_several_members(where):
    def pack(tar):
        return packed(tar[:700]) + packed(tar[700:])
    same(sbom(simple(where + "/i", BASE, pack=pack)).packages, BOTH)


def all_layouts_agree(where):
    tars = [make_tar(BASE), make_tar([entry(STATUS, stanza("alpha", "1.1"))])]
    layout = Layout(where + "/oci")
    layout.index(layout.image(tars))
    subprocess.run(["tar", "-C", where + "/oci", "-cf", where + "/oci.tar", "."], check=True)
    docker_archive(where + "/docker.tar", tars)
    wanted = [("alpha", "1.1")]
    for source in ("oci", "oci.tar", "docker.tar"):
        for spelling in (where + "/" + source, {"oci": "oci-dir:", "oci.tar": "oci-archive:",
                                                "docker.tar": "docker-archive:"}[source] + where + "/" + source):
            result = sbom(spelling)
            same((result.status, result.packages), (0, wanted), spelling)
    for packer in ("gzip", "zstd"):
        for source in ("oci.tar", "docker.tar"):
            subprocess.run([packer, "-kq", f"{where}/{source}"], check=True)
            result = sbom(f"{where}/{source}.{'gz' if packer == 'gzip' else 'zst'}")
            same((result.status, result.packages, result.gaps), (0, wanted, []), packer + source)


def docker_archive_of_today(where):
    layout = Layout(where + "/oci")
    tar = make_tar(BASE)
    layout.index(layout.image([tar], pack=bytes, media=PLAIN))
    index = json.load(open(where + "/oci/index.json"))
    manifest = json.load(open(layout.blob_path(index["manifests"][0]["digest"])))
    with open(where + "/oci/manifest.json", "w") as out:
        json.dump([{"Config": "blobs/sha256/" + manifest["config"]["digest"][7:], "RepoTags": ["a:1"],
                    "Layers": ["blobs/sha256/" + manifest["layers"][0]["digest"][7:]]}], out)
    subprocess.run(["tar", "-C", where + "/oci", "-cf", where + "/d.tar", "."], check=True)
    result = sbom(f"docker-archive:{where}/d.tar")
    same((result.status, result.packages), (0, BOTH), result.err)
    same(result.json["subject"]["digest"], manifest["config"]["digest"])
    same(sbom(f"docker-archive:{where}/d.tar:a:1").packages, BOTH)
    wrong = sbom(f"docker-archive:{where}/d.tar:b:2")
    same(wrong.status, 3)
    has(wrong.err, "b:2", "a:1")


def archives_that_skopeo_writes(where):
    if not shutil.which("skopeo"):
        raise Skip("no skopeo here")
    source = simple(where + "/i", BASE, [entry(STATUS, stanza("alpha", "1.1"))])
    for target, spelling in ((f"docker-archive:{where}/d.tar:example/app:1", f"{where}/d.tar"),
                             (f"oci-archive:{where}/o.tar:v1", f"{where}/o.tar"),
                             (f"oci:{where}/layout:v1", f"oci-dir:{where}/layout:v1"),
                             (None, f"docker-archive:{where}/d.tar:example/app:1")):
        if target:
            subprocess.run(["skopeo", "--insecure-policy", "copy", "-q", "oci:" + source, target], check=True,
                           stdout=subprocess.DEVNULL)
        result = sbom(spelling)
        same((result.status, result.gaps), (0, []), spelling + result.err)
        same(result.packages, [("alpha", "1.1")], spelling)


def links_between_layers_of_a_docker_archive(where):
    tar = make_tar(BASE)
    config = json.dumps({"os": "linux", "architecture": "amd64",
                         "rootfs": {"type": "layers", "diff_ids": [sha256(tar)]}}).encode()
    parts = [entry("c.json", config), entry("a/layer.tar", tar),
             entry("b/layer.tar", kind=tarfile.SYMTYPE, link="../a/layer.tar"),
             entry("manifest.json", b'[{"Config":"c.json","RepoTags":null,"Layers":["b/layer.tar"]}]')]
    open(where + "/d.tar", "wb").write(make_tar(parts))
    same(sbom(where + "/d.tar").packages, BOTH)


def whiteouts_and_opaque_directories(where):
    removed = simple(where + "/1", BASE, [entry("var/lib/dpkg/.wh.status")])
    same(sbom(removed).packages, [])
    parent = simple(where + "/2", BASE, [entry("var/.wh.lib")])
    same(sbom(parent).packages, [])
    opaque = simple(where + "/3", BASE, [directory("var/lib/dpkg"), entry("var/lib/dpkg/.wh..wh..opq")])
    same(sbom(opaque).packages, [])
    kept = simple(where + "/4", BASE, [entry("var/lib/dpkg/.wh..wh..opq"), entry(STATUS, stanza("gamma", "3"))])
    same(sbom(kept).packages, [("gamma", "3")], "an opaque directory hides only the layers below")
    again = simple(where + "/5", BASE, [entry("var/lib/dpkg/.wh.status")], [entry(STATUS, stanza("gamma", "3"))])
    same(sbom(again).packages, [("gamma", "3")])
    neighbour = simple(where + "/6", BASE, [entry("var/lib/.wh.dpk"), entry("var/.wh.li"), entry("var/lib/.wh..wh.aufs")])
    same(sbom(neighbour).packages, BOTH, "a whiteout of another name")
    root = simple(where + "/7", BASE, [entry(".wh..wh..opq")])
    same(sbom(root).packages, [])


def entries_that_replace_directories(where):
    for number, (kind, link) in enumerate(((tarfile.SYMTYPE, "/elsewhere"), (tarfile.REGTYPE, ""), (tarfile.FIFOTYPE, ""))):
        image = simple(f"{where}/{number}", BASE, [entry("var/lib/dpkg", kind=kind, link=link)])
        result = sbom(image)
        same(result.packages, [], f"type {kind!r} in place of a directory")
        if kind == tarfile.SYMTYPE:
            has(str(result.gaps), "var/lib/dpkg", "elsewhere")
    image = simple(where + "/d", BASE, [directory(STATUS)])
    same(sbom(image).packages, [], "a directory in place of the file")


def introduced_by_the_layer_that_first_had_it(where):
    image = simple(where + "/i", BASE, [entry("x", b"x")],
                   [entry(STATUS, stanza("alpha", "1.0") + stanza("beta", "2.0-2") + stanza("gamma", "3"))])
    result = sbom(image)
    layers = [layer["diff_id"] for layer in result.json["subject"]["layers"]]
    found = {c["name"]: layers.index(c["locations"][0]["layer"]) for c in result.json["components"]}
    same(found, {"alpha": 0, "beta": 2, "gamma": 2})


def hard_links(where):
    first = simple(where + "/1", [entry("a-copy", stanza("alpha", "1")), directory("var/lib/dpkg"),
                                  entry(STATUS, kind=tarfile.LNKTYPE, link="a-copy")])
    same(sbom(first).packages, [("alpha", "1")])
    after = simple(where + "/2", [entry(STATUS, kind=tarfile.LNKTYPE, link="z-copy"), entry("z-copy", stanza("alpha", "1"))])
    same(sbom(after).packages, [("alpha", "1")])
    beside_a_gap = simple(where + "/5", [entry("../odd", b"x"), entry("a-copy", stanza("alpha", "1")),
                                         entry(STATUS, kind=tarfile.LNKTYPE, link="a-copy")])
    same(sbom(beside_a_gap).packages, [("alpha", "1")], "a gap elsewhere does not hide what a link leads to")
    dangling = sbom(simple(where + "/3", [entry(STATUS, kind=tarfile.LNKTYPE, link="nowhere")]))
    same(dangling.packages, [])
    has(str(dangling.gaps), STATUS, "hard link")
    outside = sbom(simple(where + "/4", [entry(STATUS, kind=tarfile.LNKTYPE, link="../../etc/passwd")]))
    same((outside.status, outside.packages), (0, []))


def names_of_every_kind(where):
    for number, form in enumerate((tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT)):
        long = "d/" * 60 + "f" if form == tarfile.USTAR_FORMAT else "very-long-name/" * 30 + "f"
        tar = make_tar([entry("./" + STATUS, BASE[2][1]), entry(long, b"x"), entry("/etc//os-release", OS_RELEASE)], form)
        layout = Layout(f"{where}/{number}")
        result = sbom(layout.index(layout.image([tar])))
        same((result.packages, result.gaps), (BOTH, []), str(form))
        same(result.json["subject"]["os"]["version_id"], "12")
    odd = [entry("caf\u00e9/\u4e2d\u6587", b"x"), entry("bad-\udcff-byte", b"x")] + BASE
    same(sbom(simple(where + "/odd", odd)).packages, BOTH)


def paths_that_leave_the_root(where):
    hostile = [entry("../" + STATUS, stanza("evil", "1")), entry("a/../../etc/passwd", b"x"),
               entry("a/../" + STATUS, stanza("evil", "2"))]
    result = sbom(simple(where + "/i", hostile + BASE[:1]))
    same((result.status, result.packages), (0, []))
    has(str(result.gaps), "leaves the root")


def gaps_are_never_dropped_silently(where):
    hostile = [entry(f"../{n}", b"x") for n in range(400)]
    broken = b"".join(f"Package: p{n}\nStatus: install ok installed\n\n".encode() for n in range(100))
    result = sbom(simple(where + "/i", hostile + [entry(STATUS, broken)]))
    reasons = [reason for _, reason in result.gaps]
    for wanted in ("more was not seen in this layer", "more in this file could not be read"):
        same(sum(wanted in reason for reason in reasons), 1, wanted)


def devices_sockets_and_sparse_files(where):
    odd = [entry("dev/null", kind=tarfile.CHRTYPE, devmajor=1, devminor=3), entry("dev/sda", kind=tarfile.BLKTYPE),
           entry("pipe", kind=tarfile.FIFOTYPE), entry(STATUS, kind=tarfile.CHRTYPE)]
    same(sbom(simple(where + "/odd", odd)).packages, [])
    os.makedirs(where + "/root/var/lib/dpkg")
    with open(where + "/root/" + STATUS, "wb") as out:
        out.write(stanza("alpha", "1"))
        out.seek(40 << 20)
        out.write(b"\n" + stanza("omega", "9"))
    for form in ("gnu", "pax"):
        subprocess.run(["tar", "-S", f"--format={form}", "-C", where + "/root", "-cf", f"{where}/{form}.tar", "."], check=True)
        layout = Layout(f"{where}/{form}")
        result = sbom(layout.index(layout.image([open(f"{where}/{form}.tar", "rb").read()])))
        same(result.packages[:1], [("alpha", "1")], form)


def digests_that_do_not_match(where):
    layout = Layout(where + "/layer")
    layout.index(layout.image([make_tar(BASE)]))
    path = layout.blob_path(layout.layers[0]["digest"])
    data = bytearray(open(path, "rb").read())
    data[len(data) // 2] ^= 1
    open(path, "wb").write(data)
    result = sbom(where + "/layer")
    same(result.status, 3)
    has(result.err, layout.layers[0]["digest"], sha256(bytes(data)))

    open(path, "wb").write(bytes(data[:-10]))
    result = sbom(where + "/layer")
    same(result.status, 3)
    has(result.err, layout.layers[0]["digest"], str(len(data) - 10), str(len(data)))

    layout = Layout(where + "/diff")
    wrong = "sha256:" + "0" * 64
    layout.index(layout.image([make_tar(BASE)], diff_ids=[wrong]))
    result = sbom(where + "/diff")
    same(result.status, 3)
    has(result.err, wrong, sha256(make_tar(BASE)))

    layout = Layout(where + "/manifest")
    descriptor = layout.image([make_tar(BASE)])
    layout.index(descriptor)
    path = layout.blob_path(descriptor["digest"])
    changed = open(path, "rb").read() + b" "
    open(path, "wb").write(changed)
    result = sbom(where + "/manifest")
    same(result.status, 3)
    has(result.err, descriptor["digest"], sha256(changed))

    name = "1" * 64 + ".json"
    docker_archive(where + "/d.tar", [make_tar(BASE)], config_name=name)
    result = sbom(where + "/d.tar")
    same(result.status, 3)
    has(result.err, "sha256:" + "1" * 64)


def damaged_layers_with_the_right_digest(where):
    tar = make_tar(BASE + [entry("big", os.urandom(200_000))])
    cases = {
        "cut": lambda data: packed(data)[:-5000],
        "crc": lambda data: packed(data)[:-8] + b"\0" * 8,
        "noise": lambda data: packed(data)[:150_000] + os.urandom(50_000),
        "text": lambda data: b"this is no tar archive\n" * 100,
    }
    for name, pack in cases.items():
        image = simple(f"{where}/{name}", BASE, pack=packed)
        layout = Layout(f"{where}/{name}-2")
        image = layout.index(layout.image([tar], pack=pack))
        result = sbom(image)
        same(result.status, 0, name)
        same(len(result.gaps), 1, name)
        has(result.gaps[0][1], "not seen")
        same(sbom("--strict", image).status, 4, name)
        if name != "text":
            same(result.packages, BOTH, "what came before the damage: " + name)


def missing_and_foreign_layers(where):
    layout = Layout(where + "/i")
    layout.index(layout.image([make_tar(BASE), make_tar([entry("x", b"x")])]))
    os.unlink(layout.blob_path(layout.layers[1]["digest"]))
    result = sbom(where + "/i")
    same((result.status, result.packages), (0, BOTH))
    has(str(result.gaps), "missing")


def a_gzip_bomb_stops_at_the_budget(where):
    tar = tarfile.TarInfo("zeros")
    tar.size = 1 << 40
    engine = zlib.compressobj(9, zlib.DEFLATED, 31)
    chunks = [engine.compress(tar.tobuf())]
    block = bytes(1 << 20)
    chunks += [engine.compress(block) for _ in range(400)]
    chunks.append(engine.flush())
    layout = Layout(where + "/i")
    layout.index(layout.image([make_tar(BASE), b"".join(chunks)], pack=lambda data: data if data[:2] == b"\x1f\x8b" else packed(data),
                              diff_ids=[sha256(make_tar(BASE)), "sha256:" + "0" * 64]))
    result = sbom(where + "/i")
    same((result.status, result.packages), (0, BOTH))
    has(str(result.gaps), "limit ratio", "--limit ratio=")
    small = sbom("--limit", "layer-bytes=1M", "--limit", "ratio=1000000", where + "/i")
    has(str(small.gaps), "limit layer-bytes", "1048576")


def a_million_entries_stop_at_the_budget(where):
    info = tarfile.TarInfo("x" * 90)
    info.size = 0
    header = bytearray(info.tobuf(tarfile.USTAR_FORMAT))
    engine = zlib.compressobj(1, zlib.DEFLATED, 31)
    base = sum(header) - sum(header[148:156]) + 8 * 32 - sum(header[:8])
    whole = sum(512 + (item.size + 511) // 512 * 512 for item, _ in BASE)
    chunks = [engine.compress(make_tar(BASE, tarfile.USTAR_FORMAT)[:whole])]
    for start in range(0, 1_000_100, 10_000):
        part = bytearray()
        for number in range(start, min(start + 10_000, 1_000_100)):
            name = b"%08d" % number
            header[:8] = name
            header[148:156] = b"%06o\0 " % (base + sum(name))
            part += header
        chunks.append(engine.compress(bytes(part)))
    chunks.append(engine.compress(bytes(1024)) + engine.flush())
    layout = Layout(where + "/i")
    layout.index(layout.image([b"".join(chunks)], pack=bytes, diff_ids=["sha256:" + "0" * 64]))
    limit = ("--limit", "layer-entries=1000000")
    result = sbom(*limit, where + "/i")
    same(result.status, 0, result.err)
    has(str(result.gaps), "limit layer-entries", "1000000")
    stays_below(120e6, "sbom", *limit, where + "/i")


def platforms(where):
    layout = Layout(where + "/i")
    amd = dict(layout.image([make_tar(BASE)]), platform={"os": "linux", "architecture": "amd64"})
    arm = dict(layout.image([make_tar([entry(STATUS, stanza("arm-only", "1", arch="arm64"))])], platform="linux/arm64"),
               platform={"os": "linux", "architecture": "arm64", "variant": "v8"})
    note = dict(layout.blob(b"{}"), platform={"os": "unknown", "architecture": "unknown"},
                annotations={"vnd.docker.reference.type": "attestation-manifest"})
    nested = dict(layout.blob(json.dumps({"schemaVersion": 2, "manifests": [amd, arm, note]}).encode()),
                  mediaType="application/vnd.oci.image.index.v1+json",
                  annotations={"org.opencontainers.image.ref.name": "v1"})
    layout.index(nested)
    same(sbom("--platform", "linux/arm64", where + "/i").packages, [("arm-only", "1")])
    same(sbom("--platform", "linux/amd64", where + "/i:v1").packages, BOTH)
    result = sbom("--platform", "linux/s390x", where + "/i")
    same(result.status, 3)
    has(result.err, "linux/s390x", "linux/amd64", "linux/arm64/v8")
    same(sbom("--platform", "nonsense", where + "/i").status, 2)
    same(sbom(where + "/i:v2").status, 3)


def indexes_that_never_end(where):
    layout = Layout(where + "/i")
    descriptor = layout.image([make_tar(BASE)])
    for _ in range(8):
        descriptor = layout.blob(json.dumps({"schemaVersion": 2, "manifests": [descriptor]}).encode())
    result = sbom(layout.index(descriptor))
    same(result.status, 3)
    has(result.err, "nest")


def broken_documents(where):
    for number, text in enumerate(("", "{", "[]", '{"manifests":[]}', '{"manifests":[{"digest":"sha256:zz"}]}', "[" * 5000,
                                   '{"manifests":[{"digest":"sha256:%s","size":1}]}' % ("a" * 64))):
        layout = Layout(f"{where}/{number}")
        layout.index()
        open(f"{where}/{number}/index.json", "w").write(text)
        result = sbom(f"oci-dir:{where}/{number}")
        same(result.status, 3, text[:40])
        has(result.err, f"{where}/{number}")
    parts = {"none": [], "config": [entry("manifest.json", b'[{"Config":"no","Layers":[]}]')],
             "loop": [entry("manifest.json", kind=tarfile.SYMTYPE, link="manifest.json")]}
    parts.update({"nameless": [entry("", b"x")], "dot": [entry(".", b"x")], "dots": [entry("x/..", b"x")]})
    for name, entries in parts.items():
        open(f"{where}/{name}.tar", "wb").write(make_tar(entries + [entry("x", b"x")]))
        same(sbom(f"docker-archive:{where}/{name}.tar").status, 3, name)
        has(sbom(f"{where}/{name}.tar").err, f"{where}/{name}.tar")


def every_cut_of_an_archive(where):
    docker_archive(where + "/d.tar", [make_tar(BASE)])
    data = open(where + "/d.tar", "rb").read()
    for size in list(range(0, len(data), 509)):
        open(where + "/cut.tar", "wb").write(data[:size])
        result = sbom("docker-archive:" + where + "/cut.tar")
        if result.status not in (0, 3):
            raise AssertionError(f"cut at {size}: status {result.status}: {result.err}")
        if result.status == 0:
            same(result.packages, BOTH, f"cut at {size}")
    small = gzip.compress(data, mtime=0)
    for size in range(0, len(small), 37):
        open(where + "/cut.tgz", "wb").write(small[:size])
        result = sbom("docker-archive:" + where + "/cut.tgz")
        if result.status not in (0, 3):
            raise AssertionError(f"gzip cut at {size}: status {result.status}: {result.err}")


def a_desktop_full_of_packages_stays_within_memory(where):
    """5,000 packages that own 400,000 files, in a layer of 300 MB: more than any desktop has."""
    names = [f"package-{n:05}" for n in range(5000)]
    entries = [entry("etc/os-release", OS_RELEASE), entry(STATUS, b"".join(stanza(name, "1.0-1") for name in names))]
    for name in names:
        paths = "".join(f"/usr/share/{name}/directory-{n:02}/a-file-of-it-{n:04}.txt\n" for n in range(80))
        entries.append(entry(f"var/lib/dpkg/info/{name}.list", paths.encode()))
    entries.append(entry("big", os.urandom(1 << 20) * 270))
    image = simple(where + "/i", entries, media=PLAIN, pack=bytes)
    result = sbom(image)
    same((result.status, len(result.packages), result.gaps), (0, 5000, []), result.err)
    stays_below(120e6, "sbom", image)


def large_package_databases_use_a_temporary_file(where):
    words = b"Description: " + b"words " * 200 + b"\nVersion:"
    filler = b"".join(stanza(f"p{n:06}", "1.0").replace(b"Version:", words) for n in range(42_000))
    assert len(filler) > 48 << 20, "more than is read into memory"
    image = simple(where + "/i", [entry(STATUS, filler), entry("etc/os-release", OS_RELEASE)])
    result = sbom(image)
    same((result.status, len(result.packages), result.gaps), (0, 42_000, []), result.err)
    nowhere = sbom(image, env=dict(os.environ, TMPDIR=where + "/nowhere"))
    same((nowhere.status, nowhere.packages), (0, []), nowhere.err)
    has(str(nowhere.gaps), STATUS, "TMPDIR")
    tight = sbom("--limit", "file-bytes=1M", image)
    same((tight.status, tight.packages), (0, []))
    has(str(tight.gaps), STATUS, "limit file-bytes")


def the_same_bytes_give_the_same_report(where):
    layers = [BASE, [entry("x", b"x")], [entry(STATUS, stanza("alpha", "1.1") + stanza("delta", "4"))]]
    image = simple(where + "/i", *layers)
    outputs = {sbom("--jobs", jobs, image).out for jobs in (1, 2, 3, 8) for _ in range(3)}
    same(len(outputs), 1)


def scopes(where):
    image = simple(where + "/i", BASE)
    same([len(sbom("--scope", scope, image).packages) for scope in ("installed", "all", "declared")], [2, 2, 0])


def wrong_usage(where):
    same(run("sbom").status, 2)
    same(sbom(where + "/nothing").status, 3)
    has(sbom("dri:/").err, "was dir: meant?")
    same(sbom("dri:/").status, 2)
    same(sbom("--jobs", "0", where).status, 2)
    same(sbom("--limit", "no-such=1", where).status, 2)
    same(sbom("--scope", "some", where).status, 2)
    has(sbom("--limit", "no-such=1", where).err, "layer-bytes")
    same(sbom("--limit", "layer-bytes=ten", where).status, 2)
    open(where + "/f", "w").write("x")
    same(sbom(f"dir:{where}/f").status, 3)
    same(sbom(f"oci-dir:{where}/f").status, 2)
    same(sbom(f"docker-archive:{where}").status, 2)
    os.mkfifo(where + "/fifo")
    same(sbom(where + "/fifo").status, 3)


if __name__ == "__main__":
    main([gzip_zstd_and_plain_layers, gzip_of_several_members, all_layouts_agree, docker_archive_of_today, archives_that_skopeo_writes,
          links_between_layers_of_a_docker_archive, whiteouts_and_opaque_directories, entries_that_replace_directories,
          introduced_by_the_layer_that_first_had_it, hard_links, names_of_every_kind, paths_that_leave_the_root,
          gaps_are_never_dropped_silently, devices_sockets_and_sparse_files, digests_that_do_not_match, damaged_layers_with_the_right_digest,
          missing_and_foreign_layers, a_gzip_bomb_stops_at_the_budget, a_million_entries_stop_at_the_budget, platforms,
          indexes_that_never_end, broken_documents, every_cut_of_an_archive,
          a_desktop_full_of_packages_stays_within_memory, large_package_databases_use_a_temporary_file,
          the_same_bytes_give_the_same_report, scopes, wrong_usage])
