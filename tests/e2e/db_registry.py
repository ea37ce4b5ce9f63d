#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`plimsoll db push` and `db pull`. The second opinions: a database that was built rather than pulled, file by file;
Debian's docker-registry and the strict one of smallregistry.py on what was pushed; skopeo on where it lies; openssl on
keys and signatures, and cosign where there is one (PL_COSIGN names it). Whatever fails must leave the database as it
was, to the last file."""
import base64
import hashlib
import json
import os
import random
import shutil
import subprocess
import zipfile

from faultproxy import FaultProxy, cut, garble, html_error, replaced, status
from imagelib import Layout, Skip, has, main, make_tar, run, same
from reachlib import BASE, clean, environment
from registrycommandlib import NAMED, PASSWORD, USERS, raw
from registrylib import INDEX, Authority, Registry, command, skopeo_copy
from smallregistry import SmallRegistry

GENERATION = "application/vnd.plimsoll.db.generation.v1"
SLICE = "application/vnd.plimsoll.db.slice.v1"
PATCH = "application/vnd.plimsoll.db.patch.v1"
NOTE = "vnd.plimsoll.db."


def record(number, ecosystem, day):
    noise = random.Random(f"{ecosystem} {number} {day}")
    return {"schema_version": "1.6.0", "id": f"TEST-{ecosystem}-{number}", "aliases": [f"CVE-2024-{10000 + number}"],
            "modified": f"2024-01-{day:02}T00:00:00Z",
            "details": f"Flaw {number}: " + " ".join(f"word{noise.randrange(5000)}" for _ in range(60)),
            "affected": [{"package": {"ecosystem": ecosystem, "name": f"package-{number % 90}"},
                          "ranges": [{"type": "ECOSYSTEM" if ecosystem != "npm" else "SEMVER",
                                      "events": [{"introduced": "0"}, {"fixed": f"1.{day}.{number}"}]}]}]}


def build(where, database, days):
    """A database of two ecosystems and KEV. `days` is how often each ecosystem was modified: each time some records
    are added, changed and withdrawn for good."""
    shutil.rmtree(where + "/export", ignore_errors=True)
    for ecosystem, day in days.items():
        os.makedirs(f"{where}/export/{ecosystem}", exist_ok=True)
        with zipfile.ZipFile(f"{where}/export/{ecosystem}/all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(400 + 3 * day):
                if number % 97 != day:
                    item = record(number, ecosystem, day if number % 50 == 7 else 1)
                    archive.writestr(item["id"] + ".json", json.dumps(item))
    with open(where + "/kev.json", "w", encoding="utf-8") as out:
        json.dump({"title": "CISA Catalog of Known Exploited Vulnerabilities", "catalogVersion": "2024.01.01",
                   "dateReleased": "2024-01-01T00:00:00Z", "count": 1, "vulnerabilities": [{
                       "cveID": "CVE-2024-10001", "vendorProject": "x", "product": "y", "vulnerabilityName": "z",
                       "dateAdded": "2024-01-01", "shortDescription": "", "requiredAction": "", "dueDate": "2024-02-01",
                       "knownRansomwareCampaignUse": "Unknown", "notes": ""}]}, out)
    db(where, "update", "--db", database, "--from", f"{where}/export", "--from", f"{where}/kev.json")
    return database


def db(where, *arguments, wanted=0, parts=(), extra=None):
    result = clean(run("db", *arguments, env=environment(where, **(extra or {}))), PASSWORD)
    same(result.status, wanted, " ".join(map(str, arguments)) + result.err)
    has(result.err, *parts)
    return result


def push(where, database, reference, *options, **more):
    return db(where, "push", reference, "--db", database, "--format", "json", *options, **more)


def pull(where, database, reference, *options, **more):
    return db(where, "pull", reference, "--db", database, "--format", "json", *options, **more)


def files(database):
    """{name: digest} of all that is there; where `current` leads."""
    found = {}
    for name in sorted(os.listdir(database)) if os.path.isdir(database) else ():
        path = f"{database}/{name}"
        found[name] = os.readlink(path) if os.path.islink(path) else hashlib.sha256(open(path, "rb").read()).hexdigest()
    return found


def slices(database):
    return {entry["name"]: entry for entry in json.load(open(database + "/current", encoding="utf-8"))["slices"]}


def same_content(one, other):
    same({n: s["content"] for n, s in slices(one).items()}, {n: s["content"] for n, s in slices(other).items()})
    for entry in slices(one).values():
        same(open(f"{one}/{entry['content']}.pldb", "rb").read(), open(f"{other}/{entry['content']}.pldb", "rb").read())


def keys(where, kind):
    """A private and a public key, by openssl."""
    private, public = f"{where}/{kind}.key", f"{where}/{kind}.pub"
    options = {"p256": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], "ed25519": ["-algorithm", "ED25519"],
               "p384": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
               "rsa": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]}[kind.split("-")[0]]
    command("openssl", "genpkey", *options, "-out", private)
    command("openssl", "pkey", "-in", private, "-pubout", "-out", public)
    return private, public


def index_of(host, name="adv", reference="latest"):
    return json.loads(raw(host, name, reference))


def part(index, slice_name, type_=SLICE):
    return next(entry for entry in index["manifests"]
                if entry["artifactType"] == type_ and entry["annotations"][NOTE + "slice"] == slice_name)


def goes_round(where):
    made = build(where, where + "/made", {"npm": 1, "PyPI": 1})
    day = json.load(open(made + "/current", encoding="utf-8"))["created"][:10]
    with Registry(where + "/r") as server, SmallRegistry() as small:
        for host in (server.host, small.host):
            pushed = push(where, made, f"{host}/adv").json
            same((pushed["tags"], pushed["signed"]), ([day, "latest"], False))
            same([s["slice"] for s in pushed["slices"] if s["sent"]], ["cisa-kev", "osv/PyPI", "osv/npm"])
            again = push(where, made, f"{host}/adv").json
            same((again["digest"], again["sent_bytes"], [s["sent"] for s in again["slices"]]), (pushed["digest"], 0, [False] * 3))
            pulled = pull(where, f"{where}/at-{host}", f"registry:{host}/adv").json
            same((pulled["digest"], pulled["changed"], len(pulled["fetched"])), (pushed["digest"], True, 3))
            same(files(f"{where}/at-{host}"), files(made))
            same(pull(where, f"{where}/at-{host}", f"{host}/adv@{pushed['digest']}").json["fetched"], [])
            same(pull(where, f"{where}/day", f"{host}/adv:{day}").json["digest"], pushed["digest"])
        same(small.complaints, [])
        # As others see it.
        index = index_of(server.host)
        same((index["artifactType"], index["mediaType"]), (GENERATION, INDEX))
        for entry in index["manifests"]:
            manifest = json.loads(command("skopeo", "inspect", "--raw", "--tls-verify=false",
                                          f"docker://{server.host}/adv@{entry['digest']}"))
            notes = entry["annotations"]
            same((manifest["artifactType"], manifest["annotations"]), (SLICE, notes))
            same((manifest["layers"][0]["digest"], str(manifest["layers"][0]["size"])),
                 (notes[NOTE + "blob"], notes[NOTE + "blob-size"]))
            known = slices(made)[notes[NOTE + "slice"]]
            same((notes[NOTE + "content"], notes[NOTE + "size"]), (known["content"], str(known["size_bytes"])))
        same(run("registry", "copy", f"{server.host}/adv:latest", f"{server.host}/copy:1", env=environment(where)).status, 0)
        same(pull(where, where + "/copied", f"{server.host}/copy:1").json["digest"], pushed["digest"])
        same_content(where + "/copied", made)
        # Debian's skopeo is of before OCI 1.1, and loses the artifact types.
        skopeo_copy(f"docker://{server.host}/adv:latest", f"docker://{server.host}/old:1", "--all", "--src-tls-verify=false",
                    "--dest-tls-verify=false")
        pull(where, where + "/old", f"{server.host}/old:1")
        same_content(where + "/old", made)


def reached_as_images_are(where):
    made = build(where, where + "/made", {"npm": 1})
    authority = Authority(where + "/ca")
    with Registry(where + "/r", tls=authority.certificate("r"), users=USERS) as server:
        ca = ("--registry-ca", authority.file)
        push(where, made, f"{server.host}/adv", wanted=3)
        push(where, made, f"{server.host}/adv", *ca, wanted=3, parts=["credentials"])
        push(where, made, f"{server.host}/adv", *ca, extra=NAMED)
        pull(where, where + "/got", f"{server.host}/adv", *ca, extra=NAMED)
        same(files(where + "/got"), files(made))


def only_some_ecosystems(where):
    made = build(where, where + "/made", {"npm": 1, "PyPI": 1})
    with Registry(where + "/r") as server:
        push(where, made, f"{server.host}/adv:prod")
        got = where + "/got"
        same([s["slice"] for s in pull(where, got, f"{server.host}/adv:prod", "--ecosystems", "NPM").json["fetched"]],
             ["cisa-kev", "osv/npm"])
        same(sorted(slices(got)), ["cisa-kev", "osv/npm"])
        # It is kept to.
        same(pull(where, got, f"{server.host}/adv:prod").json["fetched"], [])
        same(sorted(slices(got)), ["cisa-kev", "osv/npm"])
        table = db(where, "pull", f"{server.host}/adv:prod", "--db", where + "/table", "--ecosystems", "npm,pypi").out.decode()
        for name, entry in ((s, part(index_of(server.host, reference="prod"), s)) for s in slices(made)):
            bytes_ = int(entry["annotations"][NOTE + "blob-size"])
            has(next(line for line in table.splitlines() if line.startswith(name)),
                f"{bytes_ / 1000:.1f} kB" if bytes_ >= 1000 else f"{bytes_} B")
        # What is here already of a part serves the whole.
        same([s["slice"] for s in pull(where, got, f"{server.host}/adv:prod", "--ecosystems", "all").json["fetched"]], ["osv/PyPI"])
        pull(where, where + "/none", f"{server.host}/adv:prod", "--ecosystems", "PyPy", wanted=3, parts=["pypy", "pypi"])
        same(os.path.exists(where + "/none"), False)


def patches_lead_from_one_to_the_next(where):
    with Registry(where + "/r") as server, FaultProxy(server.host) as proxy:
        reference = f"{server.host}/adv"
        for day in range(1, 5):
            # Each push from a machine of its own, which has nothing of what was pushed before.
            build(where, f"{where}/day{day}", {"npm": day, "PyPI": 1})
            pushed = {s["slice"]: s for s in push(where, f"{where}/day{day}", reference).json["slices"]}
            same((pushed["osv/npm"]["sent"], pushed["osv/PyPI"]["sent"]), (True, day == 1))
            same(pushed["osv/npm"]["patch_bytes"] > 0, day > 1)
            pull(where, f"{where}/at{day}", reference)
            index = index_of(server.host)
            same(len([e for e in index["manifests"] if e["artifactType"] == PATCH]), day - 1)
        whole = int(part(index, "osv/npm")["annotations"][NOTE + "blob-size"])
        for day, wanted in ((1, 3), (2, 2), (3, 1)):
            database = f"{where}/at{day}"
            proxy.clear()
            got = pull(where, database, f"{proxy.host}/adv").json["fetched"]
            same([(g["slice"], g["patches"]) for g in got], [("osv/npm", wanted)], f"day {day}")
            same(got[0]["bytes"] * 2 < whole, True, f"{got[0]['bytes']} of {whole}")
            same(len(proxy.asked("/blobs/")), wanted)
            same_content(database, where + "/day4")
            db(where, "affected", "pkg:npm/package-7@1.0.0", "--db", database)
        # Pushed again, nothing is made or lost.
        held = index_digest(server.host)
        same(push(where, where + "/day4", reference).json["digest"], held)
        # Back to what was: no patch leads in a circle, and whoever has it already needs nothing.
        push(where, where + "/day1", reference)
        same(pull(where, where + "/day1", reference).json["fetched"], [])
        pull(where, where + "/at1", reference)
        same_content(where + "/at1", where + "/day1")


def index_digest(host, name="adv", reference="latest"):
    return "sha256:" + hashlib.sha256(raw(host, name, reference)).hexdigest()


def a_patch_that_does_not_do(where):
    """The whole slice is taken, and the reason told."""
    before = build(where, where + "/before", {"npm": 1})
    after = build(where, where + "/after", {"npm": 2})
    with Registry(where + "/r") as server, FaultProxy(server.host) as proxy:
        push(where, before, f"{server.host}/adv")
        push(where, after, f"{server.host}/adv")
        blob = part(index_of(server.host), "osv/npm", PATCH)["annotations"][NOTE + "blob"]
        for number, fault in enumerate((garble(60), garble(-3), cut(20), status(404), html_error(404), replaced(b""))):
            database = f"{where}/at{number}"
            shutil.copytree(before, database, symlinks=True)
            proxy.clear()
            proxy.when(blob, fault)
            result = pull(where, database, f"{proxy.host}/adv", parts=["osv/npm is fetched as a whole"])
            same([(g["slice"], g["patches"]) for g in result.json["fetched"]], [("osv/npm", 0)])
            same_content(database, after)


def expect_kept(where, database, reference, *options, parts=(), **more):
    before = files(database)
    result = pull(where, database, reference, *options, wanted=3, parts=parts, **more)
    same(files(database), before, result.err)


def what_fails_changes_nothing(where):
    before = build(where, where + "/before", {"npm": 1, "PyPI": 1})
    after = build(where, where + "/after", {"npm": 40, "PyPI": 50})
    with Registry(where + "/r") as server, FaultProxy(server.host) as proxy:
        push(where, after, f"{server.host}/adv")
        index = index_of(server.host)
        blob = part(index, "osv/npm")["annotations"][NOTE + "blob"]
        other = part(index, "osv/PyPI")["annotations"][NOTE + "blob"]
        reference = f"{proxy.host}/adv"
        faults = [(blob, garble(100)), (blob, garble(-1)), (blob, cut(200)), (blob, status(404)), (blob, html_error(404)),
                  (blob, replaced(b"")), (blob, replaced(b"<html></html>")),
                  ("manifests/latest", html_error(404)), ("manifests/latest", garble(300)),
                  ("manifests/latest", replaced(b"<html>Log in</html>", "text/html")),
                  ("/v2/", replaced(b"<html>Log in</html>", "text/html")), ("manifests/latest", status(403))]
        for number, (pattern, fault) in enumerate(faults):
            proxy.clear()
            proxy.when(pattern, fault)
            expect_kept(where, before, reference)
        # Another blob's bytes under a digest that is right: the index itself lies.
        for number, change in enumerate((
                lambda e: e["annotations"].update({NOTE + "blob": other, NOTE + "blob-size":
                                                   part(index, "osv/PyPI")["annotations"][NOTE + "blob-size"]}),
                lambda e: e["annotations"].update({NOTE + "content": "0" * 32}),
                lambda e: e["annotations"].update({NOTE + "blob-size": "1"}),
                lambda e: e["annotations"].pop(NOTE + "blob"),
                lambda e: e["annotations"].update({NOTE + "content": "../../../../etc/passwd"}),
                lambda e: e.update(artifactType="application/x-other"))):
            lying = json.loads(json.dumps(index))
            change(part(lying, "osv/npm"))
            server.client().manifest("adv", f"lying{number}", lying, INDEX)
            proxy.clear()
            expect_kept(where, before, f"{proxy.host}/adv:lying{number}")
        lying = json.loads(json.dumps(index))
        lying["annotations"][NOTE + "manifest"] = lying["annotations"][NOTE + "manifest"].replace('"slices"', '"lices"')
        server.client().manifest("adv", "broken", lying, INDEX)
        expect_kept(where, before, f"{server.host}/adv:broken")
        # A slice that is gone, and then the registry.
        os.remove(server.data_of(blob))
        expect_kept(where, before, f"{server.host}/adv")
        pull(where, where + "/new", f"{server.host}/adv", wanted=3, parts=["osv/npm"])
        same(sorted(files(where + "/new")), ["lock"])
        layout = Layout(where + "/image")
        layout.index(layout.image([make_tar(BASE)], tag="x"))
        skopeo_copy(f"oci:{where}/image:x", f"docker://{server.host}/app:1", "--dest-tls-verify=false")
        expect_kept(where, before, f"{server.host}/app:1", parts=["no advisory database"])
        push(where, after, f"{server.host}/app:1", wanted=3, parts=["no advisory database"])
        host = server.host
    expect_kept(where, before, f"{host}/adv")
    push(where, after, f"{host}/adv", wanted=3)
    push(where, after, f"{host}/adv@sha256:" + "0" * 64, wanted=2, parts=["tag"])
    push(where, where + "/nowhere", f"{host}/adv", wanted=3)


def signature_of(host, name="adv", reference="latest"):
    tag = index_digest(host, name, reference).replace(":", "-") + ".sig"
    return json.loads(raw(host, name, tag))


def signed_and_verified(where):
    made = build(where, where + "/made", {"npm": 1})
    with Registry(where + "/r") as server, SmallRegistry() as small:
        for kind in ("p256", "ed25519"):
            private, public = keys(where, kind)
            _, stranger = keys(where, kind + "-other")
            for host in (server.host, small.host):
                reference = f"{host}/{kind}"
                same(push(where, made, reference, "--key", private).json["signed"], True)
                push(where, made, reference, "--key", private)
                pull(where, f"{where}/{kind}{host}", reference, "--key", public)
                same(files(f"{where}/{kind}{host}"), files(made))
                expect_kept(where, made, reference, "--key", stranger, parts=["signature"])
            # openssl on what was signed.
            layers = signature_of(server.host, kind)["layers"]
            same(len(layers), 1, "a second signature of the same key says nothing")
            payload = open(server.data_of(layers[0]["digest"]), "rb").read()
            open(where + "/payload", "wb").write(payload)
            open(where + "/signature", "wb").write(base64.b64decode(layers[0]["annotations"]["dev.cosignproject.cosign/signature"]))
            if kind == "p256":
                command("openssl", "dgst", "-sha256", "-verify", public, "-signature", where + "/signature", where + "/payload")
            else:
                command("openssl", "pkeyutl", "-verify", "-pubin", "-inkey", public, "-rawin", "-in", where + "/payload",
                        "-sigfile", where + "/signature")
            critical = json.loads(payload)["critical"]
            same(critical, {"identity": {"docker-reference": f"{server.host}/{kind}"}, "type": "cosign container image signature",
                            "image": {"docker-manifest-digest": index_digest(server.host, kind)}})
        same(small.complaints, [])
        # Two keys sign one index, and each is enough.
        push(where, made, f"{server.host}/p256", "--key", f"{where}/ed25519.key")
        same(len(signature_of(server.host, "p256")["layers"]), 2)
        for kind in ("p256", "ed25519"):
            pull(where, made, f"{server.host}/p256", "--key", f"{where}/{kind}.pub")


def unsigned_and_tampered(where):
    before = build(where, where + "/before", {"npm": 1})
    after = build(where, where + "/after", {"npm": 2})
    private, public = keys(where, "p256")
    with Registry(where + "/r") as server:
        push(where, after, f"{server.host}/adv")
        expect_kept(where, before, f"{server.host}/adv", "--key", public, parts=["not signed"])
        push(where, after, f"{server.host}/adv", "--key", private)
        index = index_of(server.host)
        # The signature of one index says nothing of another, wherever it is put.
        tampered = json.loads(json.dumps(index))
        tampered["annotations"]["org.opencontainers.image.created"] = "2030-01-01T00:00:00Z"
        server.client().manifest("adv", "tampered", tampered, INDEX)
        expect_kept(where, before, f"{server.host}/adv:tampered", "--key", public, parts=["not signed"])
        signatures = signature_of(server.host)
        tag = index_digest(server.host, reference="tampered").replace(":", "-") + ".sig"
        server.client().manifest("adv", tag, signatures)
        expect_kept(where, before, f"{server.host}/adv:tampered", "--key", public, parts=["another manifest"])
        # Nor do signatures of other kinds, or none.
        own = index_digest(server.host).replace(":", "-") + ".sig"
        note = "dev.cosignproject.cosign/signature"
        for change in (lambda s: s["layers"][0]["annotations"].update({note: "!!!"}),
                       lambda s: s["layers"][0]["annotations"].update({note: base64.b64encode(b"0" * 70).decode()}),
                       lambda s: s["layers"][0]["annotations"].update({note: ""}),
                       lambda s: s["layers"][0].update(mediaType="text/plain"),
                       lambda s: s["layers"].clear()):
            changed = json.loads(json.dumps(signatures))
            change(changed)
            server.client().manifest("adv", own, changed)
            expect_kept(where, before, f"{server.host}/adv", "--key", public, parts=["sign"])
        server.client().manifest("adv", own, index, INDEX)
        expect_kept(where, before, f"{server.host}/adv", "--key", public, parts=["sign"])
        server.client().manifest("adv", own, signatures)
        with FaultProxy(server.host) as proxy:
            for fault in (html_error(404), status(403), garble(40), replaced(b"<html></html>", "text/html")):
                proxy.clear()
                proxy.when(r"\.sig", fault)
                expect_kept(where, before, f"{proxy.host}/adv", "--key", public)
        pull(where, before, f"{server.host}/adv", "--key", public)
        same_content(before, after)


def older_ones_are_not_put_back(where):
    """Who may write to the registry cannot sign, but could point the tag at what was signed before."""
    first = build(where, where + "/first", {"npm": 1})
    second = build(where, where + "/second", {"npm": 2})
    for database, created in ((first, "2024-01-01T00:00:00Z"), (second, "2024-01-02T00:00:00Z")):
        path = os.path.realpath(database + "/current")
        text = open(path, encoding="utf-8").read()
        open(path, "w", encoding="utf-8").write(text.replace(json.loads(text)["created"], created))
    private, public = keys(where, "p256")
    with Registry(where + "/r") as server:
        reference = f"{server.host}/adv"
        push(where, first, reference, "--key", private)
        push(where, second, reference, "--key", private)
        pull(where, where + "/got", reference, "--key", public)
        expect_kept(where, where + "/got", f"{reference}:2024-01-01", "--key", public, parts=["--accept-older"])
        pull(where, where + "/got", f"{reference}:2024-01-01", "--key", public, "--accept-older")
        same_content(where + "/got", first)
        pull(where, where + "/got", reference, "--key", public)
        pull(where, where + "/got", f"{reference}:2024-01-01")


def keys_that_are_none(where):
    made = build(where, where + "/made", {"npm": 1})
    private, public = keys(where, "p256")
    nothing = "127.0.0.1:1/adv"
    command("openssl", "pkey", "-in", private, "-aes256", "-passout", "pass:" + PASSWORD, "-out", where + "/locked.key")
    assert b"ENCRYPTED" in open(where + "/locked.key", "rb").read()
    open(where + "/empty", "wb").close()
    open(where + "/cosign.key", "w", encoding="utf-8").write(
        "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n")
    for file, wanted, says in ((public, 2, "public"), (where + "/empty", 2, "no private key"), (where + "/none", 3, "none"),
                               (where + "/locked.key", 2, "PLIMSOLL_KEY_PASSPHRASE"), (where + "/cosign.key", 3, "cosign"),
                               (keys(where, "rsa")[0], 3, "RSA"), (keys(where, "p384")[0], 3, "P-256")):
        push(where, made, nothing, "--key", file, wanted=wanted, parts=[says])
    for file, wanted, says in ((private, 2, "private"), (where + "/empty", 2, "no public key"), (where + "/none", 3, "none"),
                               (f"{where}/rsa.pub", 3, "RSA")):
        pull(where, made, nothing, "--key", file, wanted=wanted, parts=[says])
    # Keys in the older form do.
    command("openssl", "ec", "-in", private, "-out", where + "/sec1.key")
    with Registry(where + "/r") as server:
        push(where, made, f"{server.host}/adv", "--key", where + "/sec1.key")
        pull(where, made, f"{server.host}/adv", "--key", public)


def write_text(path, text):
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)
    return path


def keys_that_are_locked(where):
    """As openssl locks them: PKCS #8 by PBKDF2 and by scrypt (RFC 8018, RFC 7914), PKCS #8 of Ed25519, and SEC 1 in the way of RFC 1421."""
    made = build(where, where + "/made", {"npm": 1})
    word, other = "s3cret of \u00fcs", "another"
    file, wrong, several, empty = (write_text(f"{where}/{name}", text) for name, text in (
        ("word", word + "\n"), ("wrong", other), ("several", word + "\n" + other + "\n"), ("none", "\n")))
    locked = []
    for kind in ("p256", "ed25519"):
        private, public = keys(where, kind)
        for name, options in (("pbkdf2", ["-v2", "aes-256-cbc", "-iter", "100000"]), ("scrypt", ["-scrypt"])):
            path = f"{where}/{kind}-{name}.key"
            command("openssl", "pkcs8", "-topk8", "-in", private, "-out", path, "-passout", "file:" + file, *options)
            locked.append((path, public))
    command("openssl", "ec", "-in", where + "/p256.key", "-aes256", "-passout", "file:" + file, "-out", where + "/sec1.key")
    locked.append((where + "/sec1.key", where + "/p256.pub"))
    secret = {"extra": {"PLIMSOLL_KEY_PASSPHRASE": word}}
    with Registry(where + "/r") as server:
        for i, (path, public) in enumerate(locked):
            has(open(path, "rb").read(), b"ENCRYPTED")
            reference = f"{server.host}/{i}"
            push(where, made, reference, "--key", path, wanted=2, parts=["PLIMSOLL_KEY_PASSPHRASE"])
            for options, extra in ((["--key-passphrase-file", wrong], {}), ([], {"PLIMSOLL_KEY_PASSPHRASE": other})):
                result = push(where, made, reference, "--key", path, *options, wanted=3, parts=["does not open"], extra=extra)
                assert other not in result.err, result.err
            same(push(where, made, reference, "--key", path, "--key-passphrase-file", file).json["signed"], True)
            pull(where, made, reference, "--key", public)
            same(push(where, made, reference + "-2", "--key", path, **secret).json["signed"], True)
            pull(where, made, reference + "-2", "--key", public)
            # The file is what was asked for, whatever the environment has.
            push(where, made, reference, "--key", path, "--key-passphrase-file", wrong, wanted=3, parts=["does not open"], **secret)
        push(where, made, f"{server.host}/open", "--key", where + "/p256.key", "--key-passphrase-file", wrong)
        for name, wanted, says in ((several, 2, "more than one line"), (empty, 2, "no passphrase"), (where + "/nothing", 3, "nothing")):
            push(where, made, f"{server.host}/open", "--key", locked[0][0], "--key-passphrase-file", name, wanted=wanted, parts=[says])
        push(where, made, f"{server.host}/open", "--key-passphrase-file", file, wanted=2, parts=["--key"])


def cosign_agrees(where):
    cosign = os.environ.get("PL_COSIGN") or shutil.which("cosign")
    if not cosign:
        raise Skip("no cosign here, nor in PL_COSIGN")
    made = build(where, where + "/made", {"npm": 1})
    options = ["--allow-insecure-registry", "--allow-http-registry"]
    plain = {"env": environment(where, COSIGN_PASSWORD="")}
    with Registry(where + "/r") as server:
        for kind in ("p256", "ed25519"):
            private, public = keys(where, kind)
            reference = f"{server.host}/{kind}:latest"
            push(where, made, reference, "--key", private)
            command(cosign, "verify", "--key", public, "--insecure-ignore-tlog=true", *options, reference, **plain)
            # And a signature of cosign's own beside it.
            _, stranger = keys(where, kind + "-other")
            command(cosign, "import-key-pair", "--key", f"{where}/{kind}-other.key", "--output-key-prefix", f"{where}/{kind}-cosign",
                    "--yes", **plain)
            expect_kept(where, made, reference, "--key", stranger, parts=["signature"])
            command(cosign, "sign", "--key", f"{where}/{kind}-cosign.key", "--tlog-upload=false", "--yes", *options,
                    f"{server.host}/{kind}@{index_digest(server.host, kind)}", **plain)
            same(len(signature_of(server.host, kind)["layers"]), 2)
            for key in (public, stranger):
                pull(where, made, reference, "--key", key)


main([goes_round, reached_as_images_are, only_some_ecosystems, patches_lead_from_one_to_the_next, a_patch_that_does_not_do,
      what_fails_changes_nothing, signed_and_verified, unsigned_and_tampered, older_ones_are_not_put_back, keys_that_are_none,
      keys_that_are_locked, cosign_agrees])
