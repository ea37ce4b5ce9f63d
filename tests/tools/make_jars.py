#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes tests/data/java/ and what tests/unit/format/zip_memory.c reads of tests/data/zip/, with Python's zipfile.

Usage: make_jars.py tests/data
"""
import io
import os
import sys
import zipfile

STORED, DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED


def archive(members, method=DEFLATED, comment=b"", stream=False):
    class Pipe(io.BytesIO):
        def seekable(self):
            return not stream

        def seek(self, *args):
            if stream:
                raise OSError("a pipe")
            return super().seek(*args)

    out = Pipe()
    with zipfile.ZipFile(out, "w") as made:
        for name, content, *how in members:
            info = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
            info.compress_type = how[0] if how else method
            made.writestr(info, content)
        made.comment = comment
    return out.getvalue()


def properties(group, artifact, version, ending="\n"):
    return ending.join(["#Generated", "version=" + version, "groupId=" + group, "artifactId = " + artifact, ""])


def pom(group, artifact, version, more=""):
    return (f"<project><groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>{version}</version>"
            f"{more}</project>")


def maven(group, artifact, version, *kinds):
    place = f"META-INF/maven/{group}/{artifact}/"
    members = []
    if "properties" in kinds:
        members.append((place + "pom.properties", properties(group, artifact, version)))
    if "xml" in kinds:
        members.append((place + "pom.xml", pom(group, artifact, version,
                                               "<licenses><license><name>MIT</name></license></licenses>")))
    return members


def manifest(**attributes):
    lines = ["Manifest-Version: 1.0"] + [k.replace("_", "-") + ": " + v for k, v in attributes.items()]
    return ("META-INF/MANIFEST.MF", "\r\n".join(lines) + "\r\n\r\n")


def write(path, content):
    with open(path, "wb") as out:
        out.write(content)


def zips(where):
    members = [("a.txt", "hello\n"), ("dir/", ""), ("dir/b.bin", bytes(range(256)) * 64), ("empty", "")]
    write(where + "/plain.zip", archive(members))
    write(where + "/stored.zip", archive(members, STORED))
    write(where + "/prefixed.zip", b"#!/bin/sh\nexec java -jar $0\n" + archive(members))
    write(where + "/commented.zip", archive(members, comment=b"PK\x05\x06 in a comment, with 30 bytes"))
    write(where + "/streamed.zip", archive(members, stream=True))
    # Zip64 by hand: what makes zipfile write it is four gigabytes.
    plain = archive(members, STORED)
    end = plain.rindex(b"PK\x05\x06")
    size, place = (int.from_bytes(plain[end + at:end + at + 4], "little") for at in (12, 16))
    count = int.from_bytes(plain[end + 10:end + 12], "little")
    end64 = (b"PK\x06\x06" + (44).to_bytes(8, "little") + b"\x2d\0\x2d\0" + bytes(8) +
             b"".join(n.to_bytes(8, "little") for n in (count, count, size, place)))
    locator = b"PK\x06\x07" + bytes(4) + end.to_bytes(8, "little") + b"\1\0\0\0"
    write(where + "/zip64.zip", plain[:end] + end64 + locator + b"PK\5\6" + bytes(4) + b"\xff" * 12 + bytes(2))


def jars(where):
    inner = archive([manifest(Implementation_Version="9"), *maven("org.b", "inner", "2.0", "properties", "xml")])
    gradle = archive([manifest(Implementation_Title="spring-core", Implementation_Version="5.3.9"), ("A.class", "x")])
    write(where + "/shaded-1.0.jar", archive([
        manifest(Implementation_Version="1.0"), *maven("org.a", "shaded", "1.0", "properties", "xml"),
        *maven("org.b", "inner", "2.0", "properties"), *maven("org.c", "only-xml", "3.0", "xml"),
        ("META-INF/maven/org.d/broken/pom.xml", "<project><artifactId>broken"),
        ("META-INF/maven/org.e/elsewhere/pom.xml", pom("org.e", "elsewhere", "${revision}")),
    ]))
    write(where + "/app.war", archive([
        manifest(Implementation_Title="my-app", Implementation_Version="0.1"),
        ("WEB-INF/lib/inner-2.0.jar", inner, STORED), ("WEB-INF/lib/spring-core-5.3.9.jar", gradle, DEFLATED),
        ("WEB-INF/lib/noversion.jar", archive([("A.class", "x")])), ("WEB-INF/lib/empty.jar", ""),
        ("WEB-INF/lib/no.jar", "this is text"), ("WEB-INF/lib/x-1-sources.jar", archive([("A.java", "x")])),
    ]))
    write(where + "/service-v1-rev7-2.0.0.jar", archive([
        manifest(Implementation_Version="2.0.0"), *maven("org.a", "service", "v1-rev7-2.0.0", "properties")]))
    deep = archive([("pom.properties", properties("g", "deepest", "1.0"))])
    for _ in range(20):
        deep = archive([("n.jar", deep)])
    write(where + "/deep.jar", deep)
    damaged = bytearray(archive([*maven("g", "first", "1.0", "properties"), *maven("g", "second", "1.0", "properties")],
                                STORED))
    damaged[damaged.index(b"groupId=g\nartifactId = second")] ^= 1
    write(where + "/damaged.jar", bytes(damaged))


def main():
    for made in ("zip", "java"):
        os.makedirs(os.path.join(sys.argv[1], made), exist_ok=True)
    zips(os.path.join(sys.argv[1], "zip"))
    jars(os.path.join(sys.argv[1], "java"))


main()
