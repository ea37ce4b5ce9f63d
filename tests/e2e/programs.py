#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Programs and libraries that no package manager is asked about: their files are taken out of Debian's packages, and
programs are linked with this machine's static archives. The versions must be those that dpkg has. What is not here, or
cannot be fetched, is skipped."""
import os
import re
import shutil
import subprocess
import tempfile

from imagelib import Skip, main, run, same

# Package, file in it, component, and what of the package's version the file says (a whole match, its first group).
UPSTREAM = r"(?:\d+:)?([0-9][0-9.]*[0-9])"
FETCHED = [
    ("dirmngr", "usr/bin/dirmngr", "gnupg", UPSTREAM),
    ("dropbear-bin", "usr/sbin/dropbear", "dropbear", UPSTREAM),
    ("gpgv", "usr/bin/gpgv", "gnupg", UPSTREAM),
    ("libevent-2.1-7", "libevent-2.1.so.*", "libevent", UPSTREAM),
    ("liblz4-1", "liblz4.so.1.*", "lz4", UPSTREAM),
    ("libnghttp2-14", "libnghttp2.so.14.*", "nghttp2", UPSTREAM),
    ("libsodium23", "libsodium.so.23.*", "libsodium", UPSTREAM),
    ("libuv1", "libuv.so.1.*", "libuv", UPSTREAM),
    ("libxslt1.1", "libxslt.so.1.*", "libxslt", UPSTREAM),
    ("libyaml-0-2", "libyaml-0.so.2.*", "libyaml", UPSTREAM),
    ("lighttpd", "usr/sbin/lighttpd", "lighttpd", UPSTREAM),
    ("memcached", "usr/bin/memcached", "memcached", UPSTREAM),
    ("musl", "libc.so", "musl", UPSTREAM),
    ("php8.2-redis", "redis.so", "php-redis", UPSTREAM),
    ("php8.2-xdebug", "xdebug.so", "php-xdebug", UPSTREAM),
    ("php8.2-xml", "simplexml.so", "php", UPSTREAM),
    ("redis-tools", "usr/bin/redis-check-rdb", "redis", UPSTREAM),
    ("redis-tools", "usr/bin/redis-cli", "redis", UPSTREAM),
    ("tor", "usr/bin/tor", "tor", UPSTREAM),
    ("wget", "usr/bin/wget", "wget", UPSTREAM),
]

# Archive, package it is of, component, program. What else is linked with stands behind the archive.
LINKED = [
    ("libbz2.a", "libbz2-dev", "bzip2", "#include <bzlib.h>", "bz_stream s; BZ2_bzDecompress(&s)"),
    ("libcrypto.a", "libssl-dev", "openssl", "#include <openssl/sha.h>",
     "unsigned char b[32]; SHA256((unsigned char *)argv[0], 1, b)"),
    ("libexpat.a", "libexpat1-dev", "expat", "#include <expat.h>", "XML_Parse(XML_ParserCreate(0), argv[0], 1, 1)"),
    ("libevent.a", "libevent-dev", "libevent", "#include <event2/event.h>", "event_base_dispatch(event_base_new())"),
    ("libpng16.a libz.a", "libpng-dev", "libpng", "#include <png.h>", "png_read_info(png_create_read_struct("
     "PNG_LIBPNG_VER_STRING, 0, 0, 0), 0)"),
    ("libsqlite3.a libz.a", "libsqlite3-dev", "sqlite", "#include <sqlite3.h>",
     "sqlite3 *d; sqlite3_open(argv[0], &d)"),
    ("libyaml.a", "libyaml-dev", "libyaml", "#include <yaml.h>", "yaml_parser_t p; yaml_parser_initialize(&p)"),
    ("libz.a", "zlib1g-dev", "zlib", "#include <zlib.h>", "z_stream s; inflate(&s, 0)"),
]


def listed(root):
    """The names and versions of what is in each file, by its path."""
    result = run("sbom", "--format", "json", "--catalogers", "executable", "dir:" + root, timeout=300)
    same(result.status, 0, result.err)
    found = {}
    for component in result.json["components"]:
        for location in component["locations"]:
            found.setdefault(location["path"], set()).add((component["name"], component["version"]))
    return found


def matching(found, root, name):
    pattern = re.compile("(^|/)" + re.escape(name).replace(r"\*", "[^/]*") + "$")
    paths = [os.path.relpath(os.path.join(where, file), root) for where, _, files in os.walk(root) for file in files]
    paths = [path for path in paths if pattern.search(path) and not os.path.islink(os.path.join(root, path))]
    assert paths, f"{name} is not in the package"
    return set().union(*(found.get(path, set()) for path in paths))


def files_of_debians_packages(where):
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise Skip("no apt-get here")
    packages = sorted({row[0] for row in FETCHED})
    try:
        subprocess.run(["apt-get", "download", "-q", "-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=5",
                        *packages], cwd=where, check=True, timeout=60, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        raise Skip("Debian's archive cannot be reached, or is not Debian 12's") from None
    archives = {name.split("_")[0]: os.path.join(where, name) for name in os.listdir(where) if name.endswith(".deb")}
    for package, file, component, upstream in FETCHED:
        root = os.path.join(where, "root", package)
        if not os.path.isdir(root):
            os.makedirs(root)
            subprocess.run(["dpkg-deb", "-x", archives[package], root], check=True)
        told = subprocess.run(["dpkg-deb", "-f", archives[package], "Version"], check=True, stdout=subprocess.PIPE)
        version = re.match(upstream, told.stdout.decode()).group(1)
        found = matching(listed(root), root, file)
        assert (component, version) in found, f"{package}: {component} {version} is not among {sorted(found)}"
        same([v for name, v in found if name == component], [version], f"versions of {component}")


def what_is_linked_in(where):
    folder = "/usr/lib/x86_64-linux-gnu"
    root = os.path.join(where, "root")
    os.makedirs(root)
    expected = {}
    for archives, package, component, include, call in LINKED:
        paths = [os.path.join(folder, archive) for archive in archives.split()]
        if not all(os.path.exists(path) for path in paths) or not shutil.which("gcc"):
            continue
        program = os.path.join(root, component)
        source = os.path.join(where, component + ".c")
        with open(source, "w") as file:
            file.write(f"{include}\nint main(int argc, char **argv)\n{{\n    {call};\n    return argc;\n}}\n")
        subprocess.run(["gcc", "-w", "-O1", "-static", source, *paths, "-lm", "-ldl", "-lpthread", "-o", program],
                       check=True, timeout=60, stderr=subprocess.DEVNULL)
        subprocess.run(["strip", program], check=True)
        told = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], check=True, stdout=subprocess.PIPE)
        expected[component] = re.match(UPSTREAM, told.stdout.decode()).group(1)
    if not expected:
        raise Skip("no compiler or no static archives here")
    found = listed(root)
    for component, version in expected.items():
        seen = found.get(component, set())
        assert (component, version) in seen, f"{component} {version} is not among {sorted(seen)}"


def a_program_that_has_all_texts(where):
    """What this project is built of has all texts in it, and must not be taken for all those libraries."""
    build = os.path.dirname(os.path.abspath(os.environ.get("PLIMSOLL", "build/release/plimsoll")))
    root = tempfile.mkdtemp(dir=where)
    shutil.copy(os.path.join(build, "plimsoll"), root)
    same(listed(root), {}, "what plimsoll takes itself for")


if __name__ == "__main__":
    main([files_of_debians_packages, what_is_linked_in, a_program_that_has_all_texts])
