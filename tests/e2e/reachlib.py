# SPDX-License-Identifier: Apache-2.0
"""What the tests of reached images share: a small image, an environment without the machine's own, and what holds for
every answer: no secret and no control character in it."""
import os
import random

from imagelib import OS_RELEASE, Layout, directory, entry, make_tar, run, same, stanza

STATUS = "var/lib/dpkg/status"
BOTH = [("alpha", "1.1"), ("beta", "2.0-1")]
# The same bytes on every run, which no compression makes smaller.
NOISE = random.Random(4).randbytes(300_000)
BASE = [entry("etc/os-release", OS_RELEASE), entry(STATUS, stanza("alpha", "1.0") + stanza("beta", "2.0-1", "beta-src (2.0)")),
        entry("usr/share/noise", NOISE)]
UPPER = [directory("var/lib/dpkg"), entry(STATUS, stanza("alpha", "1.1") + stanza("beta", "2.0-1", "beta-src (2.0)")),
         entry("usr/share/more", NOISE[:100_000])]


def image_of_two_layers(where, **options):
    """The layout's path and the object, with `layers` as descriptors."""
    layout = Layout(where)
    layout.descriptor = layout.image([make_tar(BASE), make_tar(UPPER)], **options)
    layout.index(layout.descriptor)
    return where, layout


def image_for(layout, name, platform, *variant):
    """An image of one platform, with one package; its descriptor as an index has it."""
    made = layout.image([make_tar([entry(STATUS, stanza(name, "1"))])], platform=platform)
    system, machine = platform.split("/")
    return dict(made, platform={"os": system, "architecture": machine, **({"variant": variant[0]} if variant else {})})


def environment(where, **extra):
    """Nothing of the machine's own: no engine, no credentials, no configuration."""
    kept = {name: value for name, value in os.environ.items()
            if name in ("PATH", "TMPDIR", "LANG", "SSL_CERT_FILE") or name.startswith(("ASAN_", "UBSAN_", "PL_TEST"))}
    for folder in ("home", "run", "cache"):
        os.makedirs(f"{where}/{folder}", exist_ok=True)
    nothing = f"{where}/run/no.sock"
    own = {"HOME": f"{where}/home", "XDG_RUNTIME_DIR": f"{where}/run", "PLIMSOLL_CACHE": f"{where}/cache",
           "DOCKER_HOST": f"unix://{nothing}", "CONTAINER_HOST": f"unix://{nothing}", "CONTAINERD_ADDRESS": nothing}
    return {**kept, **own, **extra}


def clean(result, *secrets):
    """Nothing that a terminal would obey, and no secret, whichever way it ended."""
    said = result.err + result.out.decode(errors="replace")
    for secret in secrets:
        if secret in said:
            raise AssertionError("a secret is in the output")
    bad = sorted({c for c in said if (ord(c) < 32 and c not in "\n\t\r") or 127 <= ord(c) < 160 or c == "\u202e"})
    if bad:
        raise AssertionError(f"control characters {bad!r} in {said[:500]!r}")
    return result


def reach(where, source, *options, secrets=(), timeout=120, extra=None, **settings):
    """`plimsoll sbom` of a source that is reached, in an environment of the test's own."""
    return clean(run("sbom", *options, source, env=environment(where, **(extra or {})), timeout=timeout, **settings), *secrets)


def is_whole(result, what=""):
    same((result.status, result.err if result.status else ""), (0, ""), what)
    same((result.packages, result.gaps), (BOTH, []), what)


def is_refused(result, *parts):
    """Status 3 and a message with these parts; whatever it is, no components came out of it."""
    same(result.status, 3, result.err)
    for part in parts:
        if str(part).lower() not in result.err.lower():
            raise AssertionError(f"{part!r} is not in {result.err!r}")


def contents(result):
    """What two ways to the same image have in common."""
    document = result.json
    subject = {key: document["subject"].get(key) for key in ("digest", "platform", "os", "layers")}
    return subject, document["components"], document["gaps"]
