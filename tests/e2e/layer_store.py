#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Layers read where an engine keeps them. What is said of an image has to be the same, byte for byte, through the
engine's storage, through the archive that it makes, and of that archive saved by its own client."""
import json
import os
import subprocess
import tarfile

import enginelib
from enginelib import Forwarder
from engines import engine, told
from imagelib import OS_RELEASE, PLIMSOLL, Result, Skip, directory, docker_archive, entry, main, make_tar, same, stanza

STATUS = "var/lib/dpkg/status"
NAMES = "var/lib/dpkg/status.d/"
APK = "lib/apk/db/installed"


def apk(name, version):
    return f"P:{name}\nV:{version}\nA:x86_64\nL:MIT\n\n".encode()


def shell(script):
    return "RUN " + json.dumps(["/bin/sh", "-c", script])


# Each step is a layer, and is looked at as the top of an image of its own.
STEPS = (
    ("a file replaced", "COPY other /" + NAMES + "b"),
    ("a file removed", shell(f"rm /{NAMES}a")),
    ("a removed file made again", f"COPY other /{NAMES}a"),
    ("and removed again", shell(f"rm /{NAMES}a")),
    ("a directory replaced by a file", shell("rm -r /lib/apk && touch /lib/apk")),
    ("the file by a directory", shell("rm /lib/apk && mkdir -p /lib/apk/db")),
    ("that has something again", f"COPY apk /{APK}"),
    ("a directory emptied and filled", shell(f"rm -r /{NAMES} && mkdir /{NAMES} && cp /other /{NAMES}new")),
    ("an empty opaque directory", shell("rm -r /lib/apk && mkdir /lib/apk")),
    ("an opaque directory removed", shell("rm -r /lib/apk")),
    ("a hard link to a file of the same layer", shell(f"cp /other /{NAMES}first && ln /{NAMES}first /zzz")),
    ("a hard link to a file of a layer below", shell(f"ln /{STATUS} /zzzz")),
    ("one of the names written to", shell(f"echo >> /{NAMES}first")),
    ("a symbolic link in a file's place", shell(f"rm /{NAMES}first && ln -s /other /{NAMES}first")),
    ("a file in the link's place", shell(f"rm /{NAMES}first && cp /other /{NAMES}first")),
    ("a directory in a file's place", shell(f"rm /{NAMES}first && mkdir /{NAMES}first")),
    ("a pipe in a file's place", shell(f"rmdir /{NAMES}first && mkfifo /{NAMES}first")),
    ("a directory moved behind a link", shell("mv /var/lib/dpkg /elsewhere && ln -s /elsewhere /var/lib/dpkg")),
    ("and back", shell("rm /var/lib/dpkg && mv /elsewhere /var/lib/dpkg")),
    ("other permissions", shell(f"chmod 4711 /{STATUS} && chmod 700 /var/lib/dpkg")),
    ("names that are not plain", shell(f"cp /other '/{NAMES}a b' && touch '/.w' '/wh.x' \"/$(printf '\\377\\n')\"")),
    ("nothing", shell("true")),
)
# A tar gives the data to the first name: in a stream it has gone by when the second is seen to be wanted.
LINKED = shell(f"cp /{STATUS} /aaa && rm /{STATUS} && ln /aaa /{STATUS}")


def images(found):
    """Names of images, with what each is about, in an engine that has them all."""
    if not hasattr(found, "steps"):
        base = [entry("usr/lib/os-release", OS_RELEASE), directory("etc"),
                entry("etc/os-release", kind=tarfile.SYMTYPE, link="../usr/lib/os-release", mode=0o777),
                entry(STATUS, stanza("alpha", "1.0")), entry(NAMES + "a", stanza("a", "1")),
                entry(NAMES + "b", stanza("b", "1")), entry(NAMES + "c", stanza("c", "1")), entry(APK, apk("musl", "1")),
                entry("other", stanza("other", "2")),
                *enginelib.programs("sh", "rm", "mkdir", "rmdir", "touch", "cp", "ln", "mv", "mkfifo", "chmod", "true")]
        found.import_tar("step:0", base)
        found.steps = [("step:0", "one layer")]
        context = [entry("other", stanza("other", "1")), entry("apk", apk("busybox", "1"))]
        for number, (what, step) in enumerate(STEPS):
            found.build(f"step:{number + 1}", f"FROM step:{number}\n{step}\n", context)
            found.steps.append((f"step:{number + 1}", what))
        found.build("linked:1", f"FROM step:0\n{LINKED}\n", context)
    return found.steps


def docker():
    found = engine(enginelib.Docker)
    images(found)
    if found.json("/info")["Driver"] != "overlay2":
        raise Skip("dockerd does not keep layers in overlay2 here")
    return found


def look(at, spelling, host, before=(), **options):
    env = dict(at.scan_env, DOCKER_HOST=host, CONTAINER_HOST=host)
    process = subprocess.run([*before, PLIMSOLL, "sbom", "--no-cache", spelling], env=env, stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, check=False, **options)
    return Result(process)


watchers = []


def watched(at):
    """Another socket of the engine, which tells what it was asked."""
    watchers.append(Forwarder(at.socket, socket_path=f"{at.base}/watched-{len(watchers)}"))
    return watchers[-1]


def through_the_store(at, spelling, **options):
    socket = watched(at)
    result = look(at, spelling, socket.host, **options)
    same((result.status, b"/get" in socket.asked), (0, False), f"{spelling} was not read in the store: {result.err}")
    same(b"/info" in socket.asked, isinstance(at, enginelib.PodmanRootless), "a question that takes long")
    return result


def through_the_archive(at, spelling):
    far = Forwarder(at.socket)
    result = look(at, spelling, far.host)
    same((result.status, b"/get" in far.asked), (0, True), result.err)
    return result


def agrees(at, scheme, name, where, what="", is_streamed=True):
    """The report through the store, held to the archive's."""
    near = through_the_store(at, f"{scheme}:{name}")
    saved = look(at, "docker-archive:" + at.save(name, f"{where}/saved.tar"), at.host)
    os.remove(f"{where}/saved.tar")
    same(told(near), told(saved), what)
    for left, right in zip(near.json["subject"]["layers"], saved.json["subject"]["layers"]):
        same(left.get("created_by"), right.get("created_by"), what)
    if is_streamed:
        same(near.out, through_the_archive(at, f"{scheme}:{name}").out, what)
    return near


def docker_agrees_at_every_step(where):
    at = docker()
    seen = {}
    for name, what in images(at):
        seen[what] = agrees(at, "docker", name, where, f"{name} {what}").packages
    # That they agree says little where nothing changes.
    a, b, c, alpha, musl, busybox = (("a", "1"), ("b", "1"), ("c", "1"), ("alpha", "1.0"), ("musl", "1"), ("busybox", "1"))
    other = ("other", "1")
    same(seen["one layer"], sorted([a, b, c, alpha, musl]))
    same(seen["a file replaced"], sorted([a, other, c, alpha, musl]))
    same(seen["a file removed"], sorted([other, c, alpha, musl]))
    same(seen["a removed file made again"], sorted([other, other, c, alpha, musl]))
    same(seen["and removed again"], sorted([other, c, alpha, musl]))
    same(seen["a directory replaced by a file"], sorted([other, c, alpha]))
    same(seen["the file by a directory"], sorted([other, c, alpha]))
    same(seen["that has something again"], sorted([other, c, alpha, busybox]))
    same(seen["a directory emptied and filled"], sorted([("other", "2"), alpha, busybox]))
    same(seen["an empty opaque directory"], sorted([("other", "2"), alpha]))


def a_wanted_name_after_its_data(where):
    """What no stream can give: the second name of a file."""
    same(agrees(docker(), "docker", "linked:1", where, is_streamed=False).packages,
         [("a", "1"), ("alpha", "1.0"), ("b", "1"), ("c", "1"), ("musl", "1")])


def layers_of_other_builders(where):
    """Tars as they are not made by an engine, loaded into one."""
    at = docker()
    lower = [entry(STATUS, stanza("alpha", "1.0")), entry(NAMES + "a", stanza("a", "1")), entry(NAMES + "b", stanza("b", "1")),
             entry(APK, apk("musl", "1"))]
    uppers = {
        "whiteout": [entry(NAMES + ".wh.a")],
        "opaque": [directory(NAMES.rstrip("/")), entry(NAMES + ".wh..wh..opq"), entry(NAMES + "c", stanza("c", "1"))],
        "opaque-after": [entry(NAMES + "c", stanza("c", "1")), entry(NAMES + ".wh..wh..opq")],
        "bookkeeping": [directory(".wh..wh.plnk"), entry(".wh..wh.aufs"), entry(NAMES + "c", stanza("c", "1"))],
        "device": [entry(NAMES + "a", kind=tarfile.CHRTYPE, devmajor=0, devminor=0)],
        "attributes": [entry(NAMES.rstrip("/"), kind=tarfile.DIRTYPE, mode=0o755,
                             pax_headers={"SCHILY.xattr.user.overlay.opaque": "y"})],
        "dots": [entry("./" + NAMES + "./a", stanza("a", "4"))],
        "nothing": [],
    }
    for name, entries in uppers.items():
        path = docker_archive(f"{where}/{name}.tar", [make_tar(lower), make_tar(entries)], tag=f"loaded:{name}")
        at.load(path)
        agrees(at, "docker", f"loaded:{name}", where, name)


def podman_agrees_at_every_step(where):
    podman = engine(enginelib.PodmanOverlay)
    if podman.json("/info")["Driver"] != "overlay":
        raise Skip("podman does not keep layers in overlay here")
    for name, what in images(docker())[::3] + [("linked:1", "a wanted name after its data")]:
        podman.load(docker().save(name, f"{where}/load.tar"))
        os.remove(f"{where}/load.tar")
        near = agrees(podman, "podman", "localhost/" + name, where, what, is_streamed=name != "linked:1")
        same(near.packages, through_the_store(docker(), "docker:" + name).packages, what)


def rootless_podman_agrees(where):
    """Its opaque directories are marked by an attribute of another name, since it may not make those of root."""
    at = engine(enginelib.PodmanRootless)
    for number, upper in enumerate((
            [directory(NAMES.rstrip("/")), entry(NAMES + ".wh..wh..opq"), entry(NAMES + "b", stanza("b", "1"))],
            [entry(NAMES + ".wh.a"), entry(NAMES + "b", stanza("b", "1"))])):
        lower = [entry(STATUS, stanza("alpha", "1.0")), entry(NAMES + "a", stanza("a", "1"))]
        at.load(docker_archive(where + "/load.tar", [make_tar(lower), make_tar(upper)], tag=f"localhost/odd:{number}"))
        near = through_the_store(at, f"podman:localhost/odd:{number}")
        same(near.packages, [("alpha", "1.0"), ("b", "1")])
        same(near.out, through_the_archive(at, f"podman:localhost/odd:{number}").out)


def layers_that_do_not_become_what_they_say(where):
    """Where a tar, unpacked, means something else than the tar, the storage has what a container sees: the names in
    `docker export` are the judge."""
    at = docker()
    lower = [entry(STATUS, stanza("alpha", "1.0")), entry(NAMES + "a", stanza("a", "1"))]
    folder = NAMES.rstrip("/")
    uppers = {
        "made-anew": [entry("var/lib/dpkg/.wh.status.d"), directory(folder), entry(NAMES + "b", stanza("b", "1"))],
        "marked": [entry(folder, kind=tarfile.DIRTYPE, mode=0o755, pax_headers={"SCHILY.xattr.trusted.overlay.opaque": "y"}),
                   entry(NAMES + "b", stanza("b", "1"))],
    }
    for name, upper in uppers.items():
        at.load(docker_archive(f"{where}/{name}.tar", [make_tar(lower), make_tar(upper)], tag="odd:" + name))
        at.client("export", "-o", where + "/seen.tar", at.create("odd:" + name, "/none"))
        with tarfile.open(where + "/seen.tar") as seen:
            names = {os.path.basename(path) for path in seen.getnames() if path.startswith(NAMES)}
        same({found for found, _ in through_the_store(at, "docker:odd:" + name).packages}, names | {"alpha"}, name)


def layer_files(at, kind):
    root = at.json("/info")["DockerRootDir"]
    diff_ids = at.json("/images/step:2/json")["RootFS"]["Layers"]
    for folder in os.listdir(f"{root}/image/overlay2/layerdb/sha256"):
        path = f"{root}/image/overlay2/layerdb/sha256/{folder}"
        with open(path + "/diff", encoding="ascii") as file:
            if file.read() == diff_ids[1]:
                yield f"{path}/{kind}", root


def a_store_that_does_not_fit(where):
    """Whatever is wrong with it, there is still the archive, and no word is lost about it."""
    at = docker()
    wanted = through_the_archive(at, "docker:step:2").out
    (cache_id, root), = layer_files(at, "cache-id")
    with open(cache_id, encoding="ascii") as file:
        good = file.read()
    diff, (link, home) = f"{root}/overlay2/{good}/diff", (f"{root}/overlay2/{good}/link", f"{root}/overlay2")

    def write(path, text):
        with open(path, "w", encoding="ascii") as file:
            file.write(text)

    def swapped_for_a_link(path):
        os.rename(path, path + ".away")
        os.symlink(path + ".away", path)

    def back(path):
        os.remove(path)
        os.rename(path + ".away", path)

    with open(link, encoding="ascii") as file:
        short = file.read()
    damages = (
        ("no such layer", lambda: write(cache_id, "0" * 64), lambda: write(cache_id, good)),
        ("a path", lambda: write(cache_id, "../../../../../../../etc"), lambda: write(cache_id, good)),
        ("digits and a path", lambda: write(cache_id, good + "/.."), lambda: write(cache_id, good)),
        ("nothing", lambda: write(cache_id, ""), lambda: write(cache_id, good)),
        ("no end", lambda: write(cache_id, good * 1000), lambda: write(cache_id, good)),
        ("a link for a file", lambda: swapped_for_a_link(cache_id), lambda: back(cache_id)),
        ("a link for the files", lambda: swapped_for_a_link(diff), lambda: back(diff)),
        ("a link for the layers", lambda: swapped_for_a_link(home), lambda: back(home)),
        ("no short name", lambda: write(link, "X" * 26), lambda: write(link, short)),
        ("content that is named by digests", lambda: os.mkdir(f"{root}/overlay2/{good}/composefs-data"),
         lambda: os.rmdir(f"{root}/overlay2/{good}/composefs-data")),
    )
    for what, damage, mend in damages:
        socket = watched(at)
        damage()
        try:
            result = look(at, "docker:step:2", socket.host)
        finally:
            mend()
        same((result.status, result.err, b"/get" in socket.asked), (0, "", True), what)
        same(result.out, wanted, what)
    same(through_the_store(at, "docker:step:2").out, wanted)


def readers_that_do_not_see_all(where):
    """Without CAP_SYS_ADMIN no attribute shows which directories are opaque; another user sees not even the files."""
    at = docker()
    name = next(name for name, what in images(at) if what == "a directory emptied and filled")
    wanted = through_the_archive(at, "docker:" + name).out
    setpriv = enginelib.need("setpriv")
    socket = watched(at)
    result = look(at, "docker:" + name, socket.host, before=(setpriv, "--bounding-set", "-sys_admin"))
    same((result.status, b"/get" in socket.asked, result.out), (0, True, wanted), result.err)
    os.chmod(at.base, 0o755)
    os.chmod(where, 0o777)
    socket = watched(at)
    try:
        result = look(at, "docker:" + name, socket.host, user=65534, group=65534, extra_groups=[])
    except PermissionError as why:
        raise Skip("the program itself may not be run by somebody else") from why
    same((result.status, b"/get" in socket.asked, result.out), (0, True, wanted), result.err)


def nothing_of_it_is_kept(where):
    """No digest was checked, so the next scan through the archive has to read it."""
    at = docker()
    env = dict(at.scan_env, PLIMSOLL_CACHE=where + "/cache")
    far = Forwarder(at.socket)
    for host in (at.host, far.host):
        done = subprocess.run([PLIMSOLL, "sbom", "docker:step:3"], env=dict(env, DOCKER_HOST=host), check=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=120)
        same(json.loads(done.stdout)["gaps"], [])
    same(b"/get" in far.asked, True)


if __name__ == "__main__":
    main([docker_agrees_at_every_step, a_wanted_name_after_its_data, layers_of_other_builders, podman_agrees_at_every_step,
          rootless_podman_agrees, layers_that_do_not_become_what_they_say, a_store_that_does_not_fit,
          readers_that_do_not_see_all, nothing_of_it_is_kept])
