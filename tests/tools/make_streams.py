# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/compressed and tests/data/tar with Python's gzip, zlib and tarfile and the programs zstd and tar.

The tests hold the names and contents that are given here. Run it in an empty directory to make them anew.
"""
import gzip
import io
import os
import struct
import subprocess
import tarfile
import zlib

TEXT = b"".join(b"line %d of the text\n" % number for number in range(400))


def write(name, data):
    os.makedirs(os.path.dirname(name), exist_ok=True)
    with open(name, "wb") as out:
        out.write(data)


def zstd(data, *options):
    return subprocess.run(["zstd", "-q", "-c", *options], input=data, stdout=subprocess.PIPE, check=True).stdout


def with_every_header_field(data):
    head = b"\x1f\x8b\x08\x1f" + bytes(4) + b"\0\x03" + struct.pack("<H", 4) + b"abcd" + b"a name\0" + b"a comment\0"
    return head + struct.pack("<H", zlib.crc32(head) & 0xFFFF) + gzip.compress(data, mtime=0)[10:]


def streams():
    one = gzip.compress(TEXT, mtime=0)
    write("compressed/one.gz", one)
    write("compressed/members.gz", gzip.compress(TEXT[:3000], mtime=0) + gzip.compress(b"", mtime=0)
          + with_every_header_field(TEXT[3000:]))
    write("compressed/padded.gz", one + bytes(700))
    write("compressed/checksum.gz", one[:-8] + bytes([one[-8] ^ 1]) + one[-7:])
    write("compressed/length.gz", one[:-1] + b"\x01")
    header = bytearray(with_every_header_field(TEXT))
    header[14] ^= 1
    write("compressed/header-checksum.gz", bytes(header))
    write("compressed/garbage-after.gz", one + b"garbage")
    write("compressed/one.zst", zstd(TEXT, "--check"))
    skippable = b"\x5a\x2a\x4d\x18" + struct.pack("<I", 5) + b"hello"
    write("compressed/frames.zst", skippable + zstd(TEXT[:3000]) + skippable + zstd(b"") + zstd(TEXT[3000:], "-19"))
    damaged = bytearray(zstd(TEXT, "--check"))
    damaged[-1] ^= 1
    write("compressed/checksum.zst", bytes(damaged))


def entry(name, kind=tarfile.REGTYPE, content=b"", link="", mode=0o644):
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode, info.size = kind, link, mode, len(content)
    return info, content


def make_tar(form, long_name):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as tar:
        for info, content in [
                entry("./etc/", tarfile.DIRTYPE, mode=0o755), entry("etc/motd", content=b"hello\n"),
                entry("etc/empty", mode=0o4755), entry("etc/link", tarfile.SYMTYPE, link="../usr/motd"),
                entry("etc/hard", tarfile.LNKTYPE, link="etc/motd"), entry("run/pipe", tarfile.FIFOTYPE),
                entry(long_name, content=b"x" * 700), entry("far", tarfile.SYMTYPE, link=long_name)]:
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


def archives():
    deep = "d" * 60 + "/" + "e" * 90
    write("tar/ustar.tar", make_tar(tarfile.USTAR_FORMAT, deep[:90]))
    write("tar/gnu.tar", make_tar(tarfile.GNU_FORMAT, deep))
    write("tar/pax.tar", make_tar(tarfile.PAX_FORMAT, "caf\u00e9/" + deep))
    with open("sparse", "wb") as out:
        out.truncate(300000)
        out.seek(100000)
        out.write(b"middle")
    for form in ("gnu", "posix"):
        subprocess.run(["tar", "--sparse", "--owner=0", "--group=0", "--mtime=@0", "--format=" + form,
                        "--pax-option=delete=atime,delete=ctime" if form == "posix" else "--numeric-owner",
                        "-cf", f"tar/sparse-{form}.tar", "sparse"], check=True)
    os.unlink("sparse")


streams()
archives()
