#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the fixtures of tests/data/zip: a sound archive, and ones that break one promise each."""
import os
import struct
import sys
import zipfile

TARGET = sys.argv[1]


def path(name):
    return os.path.join(TARGET, name)


def good():
    with zipfile.ZipFile(path("good.zip"), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (("A-1.json", '{"id":"A-1"}'), ("sub/", ""), ("B:2.json", "x" * 3000)):
            info = zipfile.ZipInfo(name, (2024, 1, 2, 3, 4, 6))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, text)
    with open(path("good.zip"), "rb") as file:
        return bytearray(file.read())


def write(name, data):
    with open(path(name), "wb") as file:
        file.write(data)


def headers(data, signature):
    at = data.find(signature)
    while at >= 0:
        yield at
        at = data.find(signature, at + 4)


sound = good()
# General purpose flag, bit 0 (APPNOTE 4.4.4), in local headers (offset 6) and the directory (8).
encrypted = bytearray(sound)
for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
    for at in headers(encrypted, signature):
        encrypted[at + offset] |= 1
write("encrypted.zip", encrypted)
# CRC-32 of the first member, in local header (14) and directory (16).
wrong = bytearray(sound)
for signature, offset in ((b"PK\3\4", 14), (b"PK\1\2", 16)):
    at = next(headers(wrong, signature))
    struct.pack_into("<I", wrong, at + offset, 0x12345678)
write("wrong-crc.zip", wrong)
# Open size of the first member: 22 and 24.
lying = bytearray(sound)
for signature, offset in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
    at = next(headers(lying, signature))
    struct.pack_into("<I", lying, at + offset, 5)
write("lying-size.zip", lying)
