# SPDX-License-Identifier: Apache-2.0
"""A registry of version 1.1 of OCI's distribution specification, in memory, for what Debian's docker-registry 2.8 has
not: referrers, pages of tags and repositories; and as a strict reader of what a client pushes: its `complaints`
list each breach of the specification that a lenient registry would let pass.

`store` takes whatever it is given, so that a test can serve what no registry would accept.
"""
import base64
import hashlib
import json
import re
import uuid
from urllib.parse import quote

from httpserver import Server
from imagelib import sha256

NAME = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*")
TAG = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}")
DIGEST = re.compile(r"sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128}")
MOST_OF_A_PAGE = 100
INDEX = "application/vnd.oci.image.index.v1+json"


def digest_like(wanted, data):
    algorithm = wanted.split(":")[0]
    return f"{algorithm}:{hashlib.new(algorithm, data).hexdigest()}"


class Repository:
    def __init__(self):
        self.blobs = {}
        self.manifests = {}  # digest: (media type, bytes)
        self.tags = {}
        self.uploads = {}  # id: bytearray


class Problem(Exception):
    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class SmallRegistry(Server):
    """`referrers`: answers the referrers API; `filters`: honours artifactType and says so; `page`: how many names a
    page holds; `relative`: uploads' locations are paths alone; `users`: who may do anything, by Basic;
    `mounts`: takes blobs over from other repositories; `mount_across`: honours a mount without `from`."""

    def __init__(self, referrers=True, filters=True, page=MOST_OF_A_PAGE, relative=True, users=None, mounts=True,
                 lists_catalog=True, chunk_least=0, tls=None):
        self.referrers, self.filters, self.page, self.relative = referrers, filters, page, relative
        self.users, self.mounts, self.lists_catalog, self.chunk_least = users, mounts, lists_catalog, chunk_least
        self.repositories = {}
        self.complaints = []
        super().__init__(tls)

    # What a test puts in.

    def repository(self, name):
        with self.lock:
            return self.repositories.setdefault(name, Repository())

    def store(self, name, reference, document, media_type, digest=None):
        """Under a tag, a digest or None; `digest` overrides what the bytes would have."""
        data = document if isinstance(document, bytes) else json.dumps(document).encode()
        digest = digest or sha256(data)
        repository = self.repository(name)
        repository.manifests[digest] = (media_type, data)
        if reference and ":" not in reference:
            repository.tags[reference] = digest
        return {"mediaType": media_type, "digest": digest, "size": len(data)}

    def store_blob(self, name, data, digest=None):
        digest = digest or sha256(data)
        self.repository(name).blobs[digest] = data
        return {"digest": digest, "size": len(data)}

    # What a client sees.

    def answer(self, request):
        try:
            self.route(request)
        except Problem as problem:
            text = json.dumps({"errors": [{"code": problem.code, "message": problem.message}]}).encode()
            headers = [("Content-Type", "application/json")]
            if problem.status == 401:
                headers.append(("WWW-Authenticate", 'Basic realm="small"'))
            request.reply(problem.status, headers, text)

    def complain(self, request, what):
        with self.lock:
            self.complaints.append(f"{request.method} {request.target}: {what}")

    def route(self, request):
        if self.users is not None:
            given = request.headers.get("authorization", "").removeprefix("Basic ")
            known = [base64.b64encode(f"{u}:{p}".encode()).decode() for u, p in self.users.items()]
            if given not in known:
                raise Problem(401, "UNAUTHORIZED", "authentication required")
        if request.path in ("/v2", "/v2/"):
            return request.reply(200, [("Docker-Distribution-API-Version", "registry/2.0")], b"{}")
        if request.path == "/v2/_catalog":
            return self.catalog(request)
        match = re.fullmatch(r"/v2/(.+?)/(manifests|blobs/uploads|blobs|tags|referrers)/(.*)", request.path)
        if not match or not NAME.fullmatch(match[1]):
            raise Problem(404, "NAME_INVALID", "no such path")
        name, kind, rest = match.groups()
        if request.method in ("GET", "HEAD") and name not in self.repositories:
            raise Problem(404, "NAME_UNKNOWN", "repository name not known to registry")
        repository = self.repository(name)
        answer = {"manifests": self.manifests, "blobs": self.blobs, "blobs/uploads": self.uploads, "tags": self.tags,
                  "referrers": self.referrers_of}[kind]
        return answer(request, name, repository, rest)

    def paged(self, request, names, base):
        """(names of the page, headers): pages are led to by Link alone."""
        names = sorted(names)
        if request.one("last"):
            names = [name for name in names if name > request.one("last")]
        size = min(int(request.one("n", str(self.page)) or 0), self.page)
        headers = [("Content-Type", "application/json")]
        if len(names) > size > 0:
            link = f"{base}?n={size}&last={quote(names[size - 1])}"
            headers.append(("Link", f'<{link if self.relative else self.url + link}>; rel="next"'))
        return names[:size], headers

    def catalog(self, request):
        if not self.lists_catalog:
            raise Problem(401, "UNAUTHORIZED", "the catalog is not open")
        with self.lock:
            names = [name for name, repository in self.repositories.items() if repository.manifests]
        names, headers = self.paged(request, names, "/v2/_catalog")
        request.reply(200, headers, json.dumps({"repositories": names}).encode())

    def tags(self, request, name, repository, rest):
        if rest != "list":
            raise Problem(404, "NAME_INVALID", "no such path")
        tags, headers = self.paged(request, list(repository.tags), f"/v2/{name}/tags/list")
        request.reply(200, headers, json.dumps({"name": name, "tags": tags}).encode())

    def referrers_of(self, request, name, repository, digest):
        if not self.referrers:
            raise Problem(404, "UNSUPPORTED", "404 page not found")
        if not DIGEST.fullmatch(digest):
            raise Problem(400, "DIGEST_INVALID", "not a digest")
        wanted = request.one("artifactType")
        found = []
        for own, (media_type, data) in sorted(repository.manifests.items()):
            try:
                document = json.loads(data)
            except ValueError:
                continue
            if not isinstance(document, dict) or (document.get("subject") or {}).get("digest") != digest:
                continue
            kind = document.get("artifactType") or (document.get("config") or {}).get("mediaType", "")
            if wanted and self.filters and kind != wanted:
                continue
            entry = {"mediaType": media_type, "digest": own, "size": len(data), "artifactType": kind}
            if document.get("annotations"):
                entry["annotations"] = document["annotations"]
            found.append(entry)
        start = int(request.one("start", "0"))
        headers = [("Content-Type", INDEX)]
        if wanted and self.filters:
            headers.append(("OCI-Filters-Applied", "artifactType"))
        if len(found) > start + self.page:
            more = f"&artifactType={quote(wanted)}" if wanted else ""
            headers.append(("Link", f'</v2/{name}/referrers/{digest}?start={start + self.page}{more}>; rel="next"'))
        page = {"schemaVersion": 2, "mediaType": INDEX, "manifests": found[start:start + self.page]}
        request.reply(200, headers, json.dumps(page).encode())

    def blobs(self, request, name, repository, digest):
        data = repository.blobs.get(digest)
        if data is None:
            raise Problem(404, "BLOB_UNKNOWN", "blob unknown to registry")
        if request.method == "DELETE":
            del repository.blobs[digest]
            return request.reply(202)
        headers = [("Content-Type", "application/octet-stream"), ("Docker-Content-Digest", digest),
                   ("Accept-Ranges", "bytes")]
        part = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("range", ""))
        if not part:
            return request.reply(200, headers, data)
        first = int(part[1])
        last = min(int(part[2] or len(data)), len(data) - 1)
        if first >= len(data):
            return request.reply(416, [("Content-Range", f"bytes */{len(data)}")])
        headers.append(("Content-Range", f"bytes {first}-{last}/{len(data)}"))
        return request.reply(206, headers, data[first:last + 1])

    def manifests(self, request, name, repository, reference):
        if request.method == "PUT":
            return self.put_manifest(request, name, repository, reference)
        digest = reference if ":" in reference else repository.tags.get(reference)
        if digest not in repository.manifests:
            raise Problem(404, "MANIFEST_UNKNOWN", "manifest unknown")
        if request.method == "DELETE":
            if ":" in reference:
                del repository.manifests[digest]
                repository.tags = {tag: of for tag, of in repository.tags.items() if of != digest}
            else:
                del repository.tags[reference]
            return request.reply(202)
        media_type, data = repository.manifests[digest]
        accepted = [part.split(";")[0].strip() for part in request.headers.get("accept", "*/*").split(",")]
        if media_type not in accepted and "*/*" not in accepted:
            self.complain(request, f"{media_type} is not among what is accepted")
            raise Problem(404, "MANIFEST_UNKNOWN", f"the manifest is of type {media_type}, which is not accepted")
        return request.reply(200, [("Content-Type", media_type), ("Docker-Content-Digest", digest)], data)

    def put_manifest(self, request, name, repository, reference):
        data, media_type = request.body, request.headers.get("content-type", "")
        if ":" in reference:
            if not DIGEST.fullmatch(reference) or digest_like(reference, data) != reference:
                raise Problem(400, "DIGEST_INVALID", "the manifest has another digest")
        elif not TAG.fullmatch(reference):
            raise Problem(400, "TAG_INVALID", "not a tag")
        try:
            document = json.loads(data)
        except ValueError:
            raise Problem(400, "MANIFEST_INVALID", "not JSON") from None
        if document.get("mediaType", media_type) != media_type:
            self.complain(request, f"sent as {media_type}, but says {document['mediaType']}")
        self.check_parts(request, repository, document)
        digest = reference if ":" in reference else sha256(data)
        repository.manifests[digest] = (media_type, data)
        if ":" not in reference:
            repository.tags[reference] = digest
        headers = [("Location", f"/v2/{name}/manifests/{digest}"), ("Docker-Content-Digest", digest)]
        if self.referrers and document.get("subject"):
            headers.append(("OCI-Subject", document["subject"]["digest"]))
        return request.reply(201, headers)

    def check_parts(self, request, repository, document):
        """All that a manifest names is there before it, and as long as it says."""
        parts = [document[key] for key in ("config",) if document.get(key)] + document.get("layers", []) + document.get("blobs", [])
        for part in parts:
            data = repository.blobs.get(part["digest"])
            if data is None:
                if part.get("urls"):
                    continue
                self.complain(request, f"the blob {part['digest']} was not pushed before")
                raise Problem(404, "MANIFEST_BLOB_UNKNOWN", f"{part['digest']} is unknown")
            if len(data) != part["size"]:
                self.complain(request, f"{part['digest']} has {len(data)} bytes, not {part['size']}")
                raise Problem(400, "SIZE_INVALID", "a wrong size")
        for part in document.get("manifests", []):
            held = repository.manifests.get(part["digest"])
            if held is None or len(held[1]) != part["size"]:
                self.complain(request, f"the manifest {part['digest']} was not pushed before, or has another size")
                raise Problem(404, "MANIFEST_UNKNOWN", f"{part['digest']} is unknown")

    # Uploads (distribution-spec, "Pushing blobs").

    def uploads(self, request, name, repository, rest):
        if request.method == "POST" and not rest:
            return self.begin(request, name, repository)
        if rest not in repository.uploads:
            raise Problem(404, "BLOB_UPLOAD_UNKNOWN", "no such upload")
        if request.one("state") != f"{rest}-{len(repository.uploads[rest])}":
            self.complain(request, "the location last given was not used as it stood")
            raise Problem(400, "BLOB_UPLOAD_INVALID", "a wrong location")
        if request.method == "GET":
            return request.reply(204, self.place(name, repository, rest))
        if request.method == "DELETE":
            del repository.uploads[rest]
            return request.reply(204)
        held = repository.uploads[rest]
        if request.method == "PATCH" or request.headers.get("content-range"):
            if not self.is_in_order(request, held):
                return request.reply(416, self.place(name, repository, rest))
        if request.body and request.headers.get("content-type") != "application/octet-stream":
            self.complain(request, f"a blob sent as {request.headers.get('content-type')}")
        if request.method == "PATCH" and len(request.body) < self.chunk_least:
            self.complain(request, f"a piece of {len(request.body)} bytes, smaller than OCI-Chunk-Min-Length")
        held += request.body
        if request.method == "PATCH":
            return request.reply(202, self.place(name, repository, rest))
        return self.finish(request, name, repository, bytes(repository.uploads.pop(rest)))

    def is_in_order(self, request, held):
        # A single PATCH without Content-Range is a stream, which Docker's own client sends.
        given = request.headers.get("content-range")
        wanted = f"{len(held)}-{len(held) + len(request.body) - 1}"
        if given not in (None, wanted):
            self.complain(request, f"Content-Range {given}, not {wanted}")
        return given in (None, wanted)

    def place(self, name, repository, upload):
        held = len(repository.uploads[upload])
        where = f"/v2/{name}/blobs/uploads/{upload}?state={upload}-{held}"
        return [("Location", where if self.relative else self.url + where), ("Range", f"0-{max(held - 1, 0)}"),
                ("Docker-Upload-UUID", upload)]

    def begin(self, request, name, repository):
        mount, source = request.one("mount"), request.one("from")
        if mount and self.mounts:
            held = self.repositories.get(source)
            if held and mount in held.blobs:
                repository.blobs[mount] = held.blobs[mount]
                return request.reply(201, [("Location", f"/v2/{name}/blobs/{mount}"), ("Docker-Content-Digest", mount)])
        if request.one("digest"):
            return self.finish(request, name, repository, request.body)
        upload = uuid.uuid4().hex
        repository.uploads[upload] = bytearray()
        headers = self.place(name, repository, upload)
        if self.chunk_least:
            headers.append(("OCI-Chunk-Min-Length", str(self.chunk_least)))
        return request.reply(202, headers)

    def finish(self, request, name, repository, data):
        digest = request.one("digest")
        if not DIGEST.fullmatch(digest) or digest_like(digest, data) != digest:
            self.complain(request, f"the blob's digest is {sha256(data)}, not {digest!r}")
            raise Problem(400, "DIGEST_INVALID", "provided digest did not match uploaded content")
        repository.blobs[digest] = data
        return request.reply(201, [("Location", f"/v2/{name}/blobs/{digest}"), ("Docker-Content-Digest", digest)])
