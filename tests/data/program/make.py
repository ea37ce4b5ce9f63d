#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the files of this directory. usage: make.py [DIRECTORY]"""
import json
import lzma
import os
import struct
import sys
import zlib

ALLOC, WRITE = 2, 1


def elf(sections, bits=64, big=False):
    """An ELF file of sections (name, type, flags, bytes), without segments."""
    order = ">" if big else "<"
    names, offsets = b"\0", []
    for name in [section[0] for section in sections] + [".shstrtab"]:
        offsets.append(len(names))
        names += name.encode() + b"\0"
    header_bytes, entry_bytes = (64, 64) if bits == 64 else (52, 40)
    body, entries = b"", [b"\0" * entry_bytes]
    for (_, kind, flags, data), name_at in zip(sections + [(".shstrtab", 3, 0, names)], offsets):
        body += b"\0" * (-(header_bytes + len(body)) % 16)
        at = header_bytes + len(body)
        body += data
        entries.append(struct.pack(order + ("IIQQQQIIQQ" if bits == 64 else "10I"), name_at, kind, flags,
                                   0x1000 + at if flags else 0, at, len(data), 0, 0, 1, 0))
    body += b"\0" * (-(header_bytes + len(body)) % 16)
    ident = b"\x7fELF" + bytes([2 if bits == 64 else 1, 2 if big else 1, 1]) + b"\0" * 9
    machine, segment_bytes = (62, 56) if bits == 64 else (8, 32)
    header = struct.pack(order + ("HHIQQQIHHHHHH" if bits == 64 else "HHIIIIIHHHHHH"), 3, machine, 1, 0, 0,
                         header_bytes + len(body), 0, header_bytes, segment_bytes, 0, entry_bytes, len(entries),
                         len(entries) - 1)
    return ident + header + body + b"".join(entries)


def macho(sections):
    """A 64-bit Mach-O file of sections (name, bytes) in __DATA."""
    base, records, data = 32 + 72 + 80 * len(sections), b"", b""
    for name, content in sections:
        records += name.encode().ljust(16, b"\0") + b"__DATA".ljust(16, b"\0")
        records += struct.pack("<QQIIIIIIII", 0x1000 + base + len(data), len(content), base + len(data), 4, *[0] * 6)
        data += content
    segment = struct.pack("<II", 0x19, 72 + len(records)) + b"__DATA".ljust(16, b"\0")
    segment += struct.pack("<QQQQIIII", 0x1000, 0x1000, 0, base + len(data), 3, 3, len(sections), 0) + records
    return struct.pack("<IIIIIIII", 0xfeedfacf, 0x0100000c, 0, 2, 1, len(segment), 0, 0) + segment + data


def fat(parts):
    header, body = struct.pack(">II", 0xcafebabe, len(parts)), b""
    for part in parts:
        header += struct.pack(">IIIII", 7, 3, 4096 + len(body), len(part), 12)
        body += part + b"\0" * (-len(part) % 16)
    return header.ljust(4096, b"\0") + body


def pe(name, flags, data):
    """A PE32+ file of one section, which is also the resource directory if it is called so."""
    optional = struct.pack("<HBBIIIIIQII", 0x20b, *[0] * 7, 0x140000000, 4096, 512).ljust(108, b"\0")
    directories = [(0x1000, len(data)) if name == ".rsrc" and i == 2 else (0, 0) for i in range(16)]
    optional += struct.pack("<I", 16) + b"".join(struct.pack("<II", *entry) for entry in directories)
    table = name.encode().ljust(8, b"\0")
    table += struct.pack("<IIIIIIHHI", len(data), 0x1000, len(data), 1024, 0, 0, 0, 0, flags)
    headers = b"MZ".ljust(60, b"\0") + struct.pack("<I", 64) + b"PE\0\0"
    headers += struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, len(optional), 0x2022) + optional + table
    return headers.ljust(1024, b"\0") + data


def node(key, value=b"", is_text=False, children=()):
    """A node of a version resource."""
    data = b"\0" * 6 + key.encode("utf-16le") + b"\0\0"
    data += b"\0" * (-len(data) % 4) + value
    for child in children:
        data += b"\0" * (-len(data) % 4) + child
    count = len(value) // 2 if is_text else len(value)
    return struct.pack("<HHH", len(data), count, 1 if is_text or not value else 0) + data[6:]


def version_resource(strings):
    table = node("040904b0", children=[node(key, text.encode("utf-16le") + b"\0\0", True) for key, text in strings])
    fixed = struct.pack("<IIHHHH", 0xfeef04bd, 0x10000, 2, 1, 4, 3) + b"\0" * 36
    version = node("VS_VERSION_INFO", fixed, False, [node("StringFileInfo", children=[table])])

    def level(number, offset, is_node):
        return struct.pack("<IIHHHHII", 0, 0, 0, 0, 0, 1, number, offset | (0x80000000 if is_node else 0))
    tree = level(16, 24, True) + level(1, 48, True) + level(1033, 72, False)
    return tree + struct.pack("<IIII", 0x1000 + 88, len(version), 0, 0) + version


def go(lines, version=b"go1.22.1"):
    """Build information as since Go 1.18."""
    def counted(text):
        length, out = len(text), b""
        while length > 127:
            out += bytes([length & 127 | 128])
            length >>= 7
        return out + bytes([length]) + text
    wrap = bytes.fromhex("3077af0c9274080241e1c107e6d618e6")
    end = bytes.fromhex("f932433186182072008242104116d8f2")
    return b"\xff Go buildinf:\x08\x02" + b"\0" * 16 + counted(version) + counted(wrap + lines + end)


def php(name, version, api, bits=64, big=False):
    """An extension of PHP: the pointers of 64 bits are left to the loader, those of 32 stand in their places."""
    order = ">" if big else "<"
    texts = name.ljust(32, b"\0") + version.ljust(32, b"\0")
    texts_at, entry_at = 0x1000 + 64, 0x1000 + 64 + len(texts) + 16
    size, first, word = (168, 16, 8) if bits == 64 else (88, 12, 4)
    entry = bytearray(struct.pack(order + "HxxIBBxx", size, api, 0, 0).ljust(size, b"\0"))
    places = {first + 2 * word: texts_at, first + 9 * word: texts_at + 32}
    table = b""
    for place, target in places.items():
        if bits == 64:
            table += struct.pack(order + "QQQ", entry_at + place, 8, target)
        else:
            entry[place:place + 4] = struct.pack(order + "I", target)
    return elf([(".rodata", 1, ALLOC, texts), (".dynstr", 3, ALLOC, b"\0get_module".ljust(16, b"\0")),
                (".data.rel.ro", 1, ALLOC | WRITE, bytes(entry)), (".rela.dyn", 4, ALLOC, table)], bits, big)


def main():
    into = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    info = go(b"path\texample.org/a\nmod\texample.org/a\t(devel)\t\ndep\tgithub.com/b/c\tv1.2.3\th1:x=\n"
              b"=>\tgithub.com/d/e\tv1.2.4\t\nbuild\t-ldflags=\"-s -X main.version=1.0.1\"\n"
              b"build\tvcs.revision=0123456789abcdef0123\n")
    crates = zlib.compress(json.dumps({"packages": [
        {"name": "a", "version": "1.0.0", "source": "local", "root": True, "dependencies": [1]},
        {"name": "b", "version": "2.0.0", "source": "crates.io"},
        {"name": "c", "version": "3.0.0", "source": "crates.io", "kind": "build"}]}).encode())
    package = b'{"type":"deb","name":"hello","version":"1-1"}\0'
    note = struct.pack("<III", 4, len(package), 0xcafe1a7e) + b"FDO\0" + package + b"\0" * (-len(package) % 4)
    kubelet = go(b"path\tk8s.io/kubernetes/cmd/kubelet\nmod\tk8s.io/kubernetes\t(devel)\t\nbuild\t-trimpath=true\n"
                 b"build\tvcs.revision=0123456789abcdef0123\nbuild\tvcs.time=2024-01-02T03:04:05Z\n")
    constants = b"v1.2.3xv9.9.9\0v1.27.1-gke.1700\0\0v1.27.1-gke.1700\0\0v1.x\0v1.2\0"
    module = elf([(".modinfo", 1, ALLOC, b"name=x\0vermagic=6.1.0 SMP\0license=GPL\0")])
    part = macho([("__go_buildinfo", info)])
    files = {
        "go-replaced.elf": elf([(".go.buildinfo", 1, ALLOC | WRITE, info),
                                (".rodata", 1, ALLOC, b"\0invalid distance too far back\0"
                                 b" inflate 1.2.11 Copyright 1995-2017 Mark Adler \0")]),
        "go.exe": pe(".data", 0xc0000040, info),
        "go-fat.macho": fat([part, part]),
        "kubelet.elf": elf([(".go.buildinfo", 1, ALLOC | WRITE, kubelet), (".rodata", 1, ALLOC, constants)]),
        "kubelet-of-two.elf": elf([(".go.buildinfo", 1, ALLOC | WRITE, kubelet), (".rodata", 1, ALLOC, constants),
                                   (".data", 1, ALLOC | WRITE, b"v1.27.2\0")]),
        "rust-big-endian-32.elf": elf([(".dep-v0", 1, 0, crates)], 32, True),
        "note-package.elf": elf([(".note.package", 7, ALLOC, note)]),
        "module.ko": module,
        "module.ko.xz": lzma.compress(module, check=lzma.CHECK_CRC32),
        "php-redis.so": php(b"redis", b"5.3.7", 20220829),
        "php-simplexml.so": php(b"SimpleXML", b"8.2.32", 20220829, 32, True),
        "version.dll": pe(".rsrc", 0x40000040, version_resource([
            ("CompanyName", "Exämple Inc."), ("ProductName", "Tool"), ("OriginalFilename", "tool.dll"),
            ("FileVersion", "1.2.3.4"), ("ProductVersion", "1.2.3+abc")])),
    }
    for name, data in files.items():
        with open(os.path.join(into, name), "wb") as out:
            out.write(data)


main()
