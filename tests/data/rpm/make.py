#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the rpm databases of this directory anew: small ones with made-up packages.

Berkeley DB and SQLite files are written by those libraries (db5.3_load of db5.3-util, the sqlite3
module), the ndb file and the headers by hand. `rpm --dbpath DIR -qa` is the check that they are
what rpm takes for a database; tests/unit/catalog/rpm.c asks it.
"""
import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import zlib

INT16, INT32, STRING, BIN, ARRAY, I18N = 3, 4, 6, 7, 8, 9

PACKAGES = [
    dict(name="hello", version="2.12", release="1.fc39", epoch=3, arch="x86_64",
         license="GPL-3.0-or-later", vendor="Example Project",
         source="hello-2.12-1.fc39.src.rpm",
         files=["/usr/bin/", "hello", "/usr/share/", "doc"], modes=[0o100755, 0o040755]),
    dict(name="kernel", version="6.1", release="1", arch="x86_64", license="GPL-2.0-only",
         source="kernel-6.1-1.nosrc.rpm"),
    dict(name="kernel", version="6.2", release="1", arch="x86_64", license="GPL-2.0-only",
         source="kernel-6.2-1.nosrc.rpm", padding=3000),
    dict(name="gpg-pubkey", version="18b8e74c", release="62f2920f", license="pubkey"),
    dict(name="no-epoch", version="0", release="0", epoch=0, arch="noarch", license="MIT",
         source="no-source-name.rpm"),
]


def header(package):
    values = [(100, ARRAY, ["C"]), (1000, STRING, package["name"]),
              (1001, STRING, package["version"]), (1002, STRING, package["release"])]
    if "epoch" in package:
        values.append((1003, INT32, [package["epoch"]]))
    values.append((1004, I18N, ["A made-up package" + "." * package.get("padding", 0)]))
    values.append((1006, INT32, [1700000000]))
    values.append((1009, INT32, [1]))
    if "vendor" in package:
        values.append((1011, STRING, package["vendor"]))
    values.append((1014, STRING, package["license"]))
    if "arch" in package:
        values.append((1021, STRING, "linux"))
        values.append((1022, STRING, package["arch"]))
    if "files" in package:
        values.append((1030, INT16, package["modes"]))
    if "source" in package:
        values.append((1044, STRING, package["source"]))
    if "files" in package:
        values.append((1116, INT32, [0, 1]))
        values.append((1117, ARRAY, package["files"][1::2]))
        values.append((1118, ARRAY, package["files"][0::2]))
    index, data = b"", b""
    for tag, kind, value in values:
        if kind == INT32:
            data += b"\0" * (-len(data) % 4)
        if kind == INT16:
            data += b"\0" * (-len(data) % 2)
        count = 1 if kind == STRING else len(value)
        index += struct.pack(">IIII", tag, kind, len(data), count)
        if kind == STRING:
            data += value.encode() + b"\0"
        elif kind in (ARRAY, I18N):
            data += b"".join(one.encode() + b"\0" for one in value)
        else:
            data += b"".join(struct.pack(">I" if kind == INT32 else ">H", one) for one in value)
    # The region of all entries: its own entry first, its trailer at the end of the data.
    trailer_at = len(data)
    entries = len(values) + 1
    data += struct.pack(">IIiI", 63, BIN, -16 * entries, 16)
    index = struct.pack(">IIII", 63, BIN, trailer_at, 16) + index
    return struct.pack(">II", entries, len(data)) + index + data


def write_bdb(path, headers, lorder):
    order = "<" if lorder == 1234 else ">"
    lines = ["VERSION=3", "format=bytevalue", "type=hash", "db_lorder=%d" % lorder,
             "db_pagesize=512", "HEADER=END"]
    rows = [(0, struct.pack(order + "I", len(headers)))]
    rows += [(i + 1, one) for i, one in enumerate(headers)]
    for number, value in rows:
        lines += [" " + struct.pack(order + "I", number).hex(), " " + value.hex()]
    lines += ["DATA=END", ""]
    subprocess.run(["db5.3_load", path], input="\n".join(lines).encode(), check=True)


def write_ndb(path, headers):
    slots, blobs = b"", b""
    first_block = 4096 // 16
    for i, one in enumerate(headers):
        body = struct.pack("<4sIII", b"BlbS", i + 1, 1, len(one)) + one
        body += b"\0" * (-(len(body) + 12) % 16)
        body += struct.pack("<II4s", zlib.adler32(body), len(one), b"BlbE")
        slots += struct.pack("<4sIII", b"Slot", i + 1, first_block + len(blobs) // 16,
                             len(body) // 16)
        blobs += body
    while len(slots) < 4096 - 32:
        slots += struct.pack("<4sIII", b"Slot", 0, 0, 0)
    head = struct.pack("<4sIIII", b"RpmP", 0, 1, 1, len(headers) + 1).ljust(32, b"\0")
    with open(path, "wb") as out:
        out.write(head + slots + blobs)


def write_sqlite(path, headers, late):
    """The rows from `late` on are in the log alone."""
    work = path + ".work"
    database = sqlite3.connect(work, isolation_level=None)
    database.execute("PRAGMA page_size=512")
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA wal_autocheckpoint=0")
    database.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT,"
                     "blob BLOB NOT NULL)")
    database.executemany("INSERT INTO Packages (blob) VALUES (?)", [(h,) for h in headers[:late]])
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for one in headers[late:]:
        database.execute("INSERT INTO Packages (blob) VALUES (?)", (one,))
    shutil.copy(work, path)
    if late < len(headers):
        shutil.copy(work + "-wal", path + "-wal")
    database.close()
    os.remove(work)


def main():
    os.chdir(os.path.dirname(os.path.abspath(sys.argv[0])))
    headers = [header(package) for package in PACKAGES]
    for directory in ("bdb", "bdb-big-endian", "ndb", "sqlite", "sqlite-wal"):
        shutil.rmtree(directory, ignore_errors=True)
        os.mkdir(directory)
    write_bdb("bdb/Packages", headers, 1234)
    write_bdb("bdb-big-endian/Packages", headers, 4321)
    write_ndb("ndb/Packages.db", headers)
    write_sqlite("sqlite/rpmdb.sqlite", headers, len(headers))
    write_sqlite("sqlite-wal/rpmdb.sqlite", headers, 2)
    with open("hello.header", "wb") as out:
        out.write(headers[0])


main()
