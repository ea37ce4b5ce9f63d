#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What was found in a layer once is not looked for again: the same report with the cache and without it, no read of a
layer that is known, and nothing worse than a second look when the cache is damaged, full, shared or not to be had."""
import json
import os
import random
import subprocess

from imagelib import (Layout, OS_RELEASE, PLIMSOLL, docker_archive, entry, has, main, make_tar, packed, run, same, sha256,
                      stanza)

STATUS = "var/lib/dpkg/status"
BASE = make_tar([entry("etc/os-release", OS_RELEASE), entry(STATUS, stanza("alpha", "1.0"))])
UPPER = make_tar([entry(STATUS, stanza("alpha", "1.0") + stanza("beta", "2.0"))])
OTHER = make_tar([entry(STATUS, stanza("alpha", "1.0") + stanza("gamma", "3.0"))])


def environment(where, **more):
    return {**os.environ, "PLIMSOLL_CACHE": where + "/cache", **more}


def image(where, *tars):
    layout = Layout(where)
    layout.index(layout.image(list(tars)))
    return layout


def spoil(path):
    """Another content of the same length: whoever reads it notices."""
    size = os.path.getsize(path)
    with open(path, "wb") as out:
        out.write(b"x" * size)


def layer_paths(layout):
    return [layout.blob_path(layer["digest"]) for layer in layout.layers]


def sbom(where, *arguments, **more):
    return run("sbom", *arguments, env=environment(where, **more))


def cache(where, *arguments, **more):
    return run("cache", *arguments, env=environment(where, **more))


def entries(where):
    return json.loads(cache(where, "ls", "--format", "json").out)


def files(where):
    return sorted(os.path.join(at, name) for at, _, names in os.walk(where + "/cache") for name in names)


def a_layer_is_read_once(where):
    layout = image(where + "/i", BASE, UPPER)
    first = sbom(where, where + "/i")
    same((first.status, first.packages), (0, [("alpha", "1.0"), ("beta", "2.0")]))
    for path in layer_paths(layout):
        spoil(path)
    same(sbom(where, where + "/i").out, first.out)
    refused = run("sbom", "--no-cache", where + "/i")
    same(refused.status, 3)
    has(refused.err, "refused")


def layers_are_shared_between_images(where):
    layout = image(where + "/i", BASE, UPPER)
    same(sbom(where, where + "/i").status, 0)
    other = image(where + "/j", BASE, OTHER)
    spoil(layer_paths(other)[0])
    result = sbom(where, where + "/j")
    same((result.status, result.packages), (0, [("alpha", "1.0"), ("gamma", "3.0")]))
    same(len(layout.layers), 2)
    same(sum(entry["kind"] == "layer" for entry in entries(where)), 3)


def an_archive_shares_them_too(where):
    archive = where + "/a.tar"
    with open(archive, "wb") as out:
        out.write(docker_archive_bytes(where, [BASE, UPPER]))
    image(where + "/i", BASE, UPPER)
    wanted = sbom(where, where + "/i").packages
    before = len(entries(where))
    same(sbom(where, archive).packages, wanted)
    same(len(entries(where)), before, "the archive's layers were known by their diff_id")


def docker_archive_bytes(where, tars):
    made = docker_archive(where + "/made.tar", tars)
    with open(made or where + "/made.tar", "rb") as data:
        return data.read()


def the_same_content_in_another_blob_is_read(where):
    image(where + "/i", BASE)
    same(sbom(where, where + "/i").status, 0)
    layout = Layout(where + "/j")
    layout.index(layout.image([BASE], pack=lambda tar: packed(tar)[:-8] + packed(tar)[-8:] + packed(b"")))
    spoil(layer_paths(layout)[0])
    same(sbom(where, where + "/j").status, 3, "nobody has seen this blob, whatever the config says it holds")


def a_blob_does_not_become_another_layer(where):
    image(where + "/i", BASE)
    same(sbom(where, where + "/i").status, 0)
    layout = Layout(where + "/j")
    layout.index(layout.image([BASE], diff_ids=[sha256(UPPER)]))
    results = [sbom(where, where + "/j"), run("sbom", "--no-cache", where + "/j")]
    same([result.status for result in results], [3, 3])
    for result in results:
        has(result.err, sha256(UPPER))


def damage_costs_a_second_look(where):
    image(where + "/i", BASE, UPPER)
    wanted = sbom(where, where + "/i").out
    dice = random.Random(4)
    for path in files(where):
        with open(path, "rb") as data:
            whole = data.read()
        for _ in range(6):
            at = dice.randrange(len(whole))
            for spoilt in (whole[:at], whole[:at] + bytes([whole[at] ^ 1 << dice.randrange(8)]) + whole[at + 1:]):
                with open(path, "wb") as out:
                    out.write(spoilt)
                result = sbom(where, where + "/i")
                same((result.status, result.out, result.err), (0, wanted, ""))
    before = files(where)
    same(sbom(where, where + "/i").out, wanted)
    same(files(where), before)


def limits_are_part_of_what_is_known(where):
    image(where + "/i", BASE, UPPER)
    limited = sbom(where, "--limit", "file-bytes=64", where + "/i")
    same(limited.status, 0)
    same(limited.packages, [])
    same(sbom(where, where + "/i").packages, [("alpha", "1.0"), ("beta", "2.0")])
    same(sbom(where, "--limit", "file-bytes=64", where + "/i").out, limited.out)


def catalogers_are_part_of_what_is_known(where):
    image(where + "/i", BASE, UPPER)
    same(sbom(where, "--catalogers", "rpm", where + "/i").packages, [])
    same(sbom(where, where + "/i").packages, [("alpha", "1.0"), ("beta", "2.0")])
    same(sbom(where, "--catalogers=-dpkg", where + "/i").packages, [])
    refused = sbom(where, "--catalogers", "dpgk", where + "/i")
    same(refused.status, 2)
    has(refused.err, "did you mean dpkg?")


def a_layer_with_a_gap_of_its_own_is_not_kept(where):
    image(where + "/i", BASE)
    limited = sbom(where, "--limit", "layer-entries=1", where + "/i")
    same(limited.status, 0)
    same(len(limited.json["gaps"]), 1)
    same(entries(where), [])


def the_bound_is_kept(where):
    for number in range(12):
        image(f"{where}/{number}", BASE, make_tar([entry(STATUS, stanza(f"p{number}", "1") * (number + 1))]))
        same(sbom(where, f"{where}/{number}", PLIMSOLL_CACHE_SIZE="4K").status, 0)
    total = sum(os.path.getsize(path) for path in files(where))
    if not 0 < total <= 4096:
        raise AssertionError(f"{total} bytes are kept")
    refused = sbom(where, where + "/1", PLIMSOLL_CACHE_SIZE="much")
    same(refused.status, 2)
    has(refused.err, "PLIMSOLL_CACHE_SIZE")


def many_use_it_at_once(where):
    wanted = {}
    for number in range(4):
        image(f"{where}/{number}", BASE, make_tar([entry(STATUS, stanza(f"p{number}", "1"))]))
        wanted[number] = run("sbom", "--no-cache", f"{where}/{number}").out.decode()
    env = environment(where, PLIMSOLL_CACHE_SIZE="2K")
    for _ in range(4):
        running = [(number, subprocess.Popen([PLIMSOLL, "sbom", f"{where}/{number}"], env=env, stdout=subprocess.PIPE,
                                             stderr=subprocess.PIPE, encoding="utf-8"))
                   for number in list(wanted) * 3]
        running += [(None, subprocess.Popen([PLIMSOLL, "cache", *arguments], env=env, stdout=subprocess.PIPE,
                                            stderr=subprocess.PIPE, encoding="utf-8"))
                    for arguments in (["clear"], ["prune", "--size", "1K"], ["ls"])]
        for number, process in running:
            out, err = process.communicate(timeout=120)
            same((process.returncode, err), (0, ""))
            if number is not None:
                same(out, wanted[number])


def ls_prune_and_clear(where):
    image(where + "/i", BASE, UPPER)
    same(sbom(where, where + "/i").status, 0)
    listed = entries(where)
    same(sorted(entry["kind"] for entry in listed), ["blob", "blob", "layer", "layer"])
    same(sum(entry["bytes"] for entry in listed), sum(os.path.getsize(path) for path in files(where)))
    has(cache(where, "ls").out.decode(), sha256(BASE), "4 entries", where + "/cache")
    same(cache(where, "prune").status, 2)
    same(cache(where, "prune", "--unused-for", "1 month").status, 2)
    same(cache(where, "prune", "--unused-for", "1d").out.decode(), "removed 0 entries, 0 bytes\n")
    for path in files(where)[:2]:
        os.utime(path, (1e9, 1e9))
    has(cache(where, "prune", "--unused-for", "1d").out.decode(), "removed 2 entries")
    has(cache(where, "clear").out.decode(), "removed 2 entries")
    same((entries(where), files(where)), ([], []))
    same(cache(where, "lss").status, 2)


def a_cache_that_cannot_be_used(where):
    image(where + "/i", BASE)
    wanted = run("sbom", "--no-cache", where + "/i").out
    os.makedirs(where + "/cache")
    os.chmod(where + "/cache", 0o777)
    shared = sbom(where, where + "/i")
    same((shared.status, shared.out), (0, wanted))
    has(shared.err, "may be written to by others", "--no-cache")
    same(files(where), [])
    same(cache(where, "ls").status, 3)
    os.rmdir(where + "/cache")
    with open(where + "/cache", "w", encoding="ascii") as out:
        out.write("a file")
    result = sbom(where, where + "/i")
    same((result.status, result.out), (0, wanted))
    has(result.err, where + "/cache")
    same(run("sbom", "--no-cache", where + "/i", env=environment(where)).err, "")


main([a_layer_is_read_once, layers_are_shared_between_images, an_archive_shares_them_too,
      the_same_content_in_another_blob_is_read, a_blob_does_not_become_another_layer, damage_costs_a_second_look,
      limits_are_part_of_what_is_known,
      catalogers_are_part_of_what_is_known, a_layer_with_a_gap_of_its_own_is_not_kept, the_bound_is_kept,
      many_use_it_at_once, ls_prune_and_clear, a_cache_that_cannot_be_used])
