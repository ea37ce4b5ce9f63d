#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A root file system with real content: Debian by debootstrap, packages by apt, and what pip, npm, Go, Cargo and Maven
fetch from their registries. What plimsoll lists there is, by name and version, what each tool lists itself; what files
of Debian's packages are stays with those; and the same root as an image with layers gives the same list.

Everything is fetched the way this machine is set up to fetch it. What cannot be reached, or is not installed, skips
its part; without root's rights, debootstrap or Debian's mirror there is nothing to compare.
"""
import concurrent.futures
import glob
import io
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import urllib.request
import zipfile

from imagelib import PLAIN, Layout, Skip, main, same, sha256
from packagelib import components, inventory, need, of_type, tool, write

SECONDS_TO_CONNECT, SECONDS_TO_FETCH = 5, 200
# Of languages, with files of languages in them, and programs with such inside.
DEBS = ["python3-requests", "python3-yaml", "node-semver", "libjs-jquery", "libjs-underscore", "ruby", "libcommons-lang3-java",
        "gosu", "php-composer-semver", "libtry-tiny-perl", "lua-cjson", "tini"]
PURGED = "tini"
PIP = ["requests[socks]==2.31.0", "Flask==2.3.3", "PyYAML==6.0.1", "zope.interface==6.0", "ruamel.yaml==0.17.32", "Markdown==3.4.4"]
NPM = {"dependencies": {"express": "4.17.1", "chokidar": "3.5.3", "@babel/code-frame": "7.22.13", "lodash": "4.17.20",
                        "old-lodash": "npm:lodash@3.10.1"},
       "devDependencies": {"mkdirp": "1.0.4"}}
GO = ("mvdan.cc/sh/v3", "v3.5.1", "cmd/shfmt")
CARGO = """[package]
name = "app"
version = "1.0.0"
edition = "2021"
[dependencies]
regex = "1"
serde = { version = "1", features = ["derive"] }
rand = "0.8"
rand_old = { package = "rand", version = "0.7" }
[dev-dependencies]
tempfile = "3"
"""
MAVEN = ["org.apache.logging.log4j:log4j-core:2.14.1", "com.fasterxml.jackson.core:jackson-databind:2.9.10.8",
         "org.springframework:spring-webmvc:5.3.17", "com.google.guava:guava:30.0-jre", "io.netty:netty-handler:4.1.68.Final",
         "junit:junit:4.12", "org.yaml:snakeyaml:1.26", "com.h2database:h2:1.4.200", "ch.qos.logback:logback-classic:1.2.3",
         "org.bouncycastle:bcprov-jdk15on:1.66"]


def fetch(*arguments, **options):
    """Runs a tool that needs its registry. What it says may name the registry, and is not repeated."""
    name = os.path.basename(str(arguments[0]))
    try:
        done = subprocess.run([str(a) for a in arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              stdin=subprocess.DEVNULL, timeout=SECONDS_TO_FETCH, **options)
    except subprocess.TimeoutExpired:
        raise Skip(f"{name} took longer than {SECONDS_TO_FETCH} s")
    if done.returncode != 0:
        raise Skip(f"{name} could not fetch what it was asked for (status {done.returncode})")
    return done.stdout.decode()


def by_pip(where):
    """A virtual environment, pip and setuptools among what it holds."""
    tool("/usr/bin/python3", "-m", "venv", where)
    fetch(where + "/bin/pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "0", "--timeout",
          SECONDS_TO_CONNECT, *PIP)
    listed = json.loads(tool(where + "/bin/pip", "list", "--format", "json", "--disable-pip-version-check"))
    return {(package["name"], package["version"]) for package in listed}


def of_npm_ls(listing):
    for name, entry in listing.get("dependencies", {}).items():
        if "version" in entry and not entry.get("missing"):
            yield entry.get("name", name), entry["version"]
        yield from of_npm_ls(entry)


def npm_ls(*options, **more):
    """It lists, and then complains of what it listed."""
    done = subprocess.run(["npm", "ls", "--all", "--json", "--long", *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          stdin=subprocess.DEVNULL, timeout=SECONDS_TO_FETCH, **more)
    return set(of_npm_ls(json.loads(done.stdout)))


def by_npm(where):
    """Installed, and what the lock file has for other machines as well."""
    need("npm")
    write(where + "/package.json", json.dumps(dict(NPM, name="app", version="1.0.0")))
    fetch("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries", "0", "--fetch-timeout",
          1000 * SECONDS_TO_CONNECT, cwd=where)
    return npm_ls(cwd=where), npm_ls("--package-lock-only", cwd=where)


def of_go_version(path):
    """go version -m: the release of Go, the module itself, what it was built from, replacements."""
    found = set()
    for line in tool("go", "version", "-m", path).splitlines():
        words = line.split()
        if line.startswith("\t") and words[0] in ("mod", "dep"):
            found.add((words[1], words[2]))
        elif not line.startswith("\t"):
            found.add(("stdlib", words[-1].removeprefix("go")))
    return found


def by_go(where):
    need("go")
    module, version, program = GO
    env = dict(os.environ, GOBIN=where + "/bin", GOTOOLCHAIN="local")
    fetch("go", "install", f"{module}/{program}@{version}", env=env, cwd=os.path.dirname(where))
    source = json.loads(fetch("go", "mod", "download", "-json", f"{module}@{version}", env=env, cwd=os.path.dirname(where)))
    os.makedirs(where + "/src")
    shutil.copyfile(source["GoMod"], where + "/src/go.mod")
    required = json.loads(tool("go", "mod", "edit", "-json", where + "/src/go.mod"))["Require"]
    return (of_go_version(f"{where}/bin/{os.path.basename(program)}"),
            {(one["Path"], one["Version"], "transitive" if one.get("Indirect") else "direct") for one in required})


def of_cargo_metadata(where, *options):
    listed = json.loads(fetch("cargo", "metadata", "--locked", "--format-version", "1", *options, cwd=where))
    kept = {node["id"] for node in listed["resolve"]["nodes"]}
    return {(p["name"], p["version"]) for p in listed["packages"] if p["source"] and p["id"] in kept}


def by_cargo(where):
    need("cargo")
    write(where + "/Cargo.toml", CARGO)
    write(where + "/src/main.rs", "fn main() {}\n")
    fetch("cargo", "generate-lockfile", cwd=where)
    return of_cargo_metadata(where)


def by_cargo_auditable(where):
    """A program that has the list of its crates within: those that cargo tree says are linked into it."""
    need("cargo", "cc")
    env = dict(os.environ, PATH=f"{where}/tools/bin:{os.environ['PATH']}")
    if not shutil.which("cargo-auditable"):
        fetch("cargo", "install", "--quiet", "--debug", "--locked", "--root", where + "/tools", "cargo-auditable")
    write(where + "/Cargo.toml", CARGO)
    write(where + "/src/main.rs", "fn main() {}\n")
    fetch("cargo", "auditable", "build", "--quiet", "--target-dir", where + "/target", cwd=where, env=env)
    lines = fetch("cargo", "tree", "--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}", cwd=where).splitlines()
    shutil.copy(where + "/target/debug/app", where + "/app")
    for made in ("tools", "target", "src", "Cargo.toml", "Cargo.lock"):
        shutil.rmtree(f"{where}/{made}") if os.path.isdir(f"{where}/{made}") else os.remove(f"{where}/{made}")
    return {(words[0], words[1].removeprefix("v")) for words in map(str.split, lines) if words[0] != "app"}


def of_jars(folder):
    """What the archives say themselves, with what was copied into them."""
    for path in glob.glob(folder + "/*.jar"):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if re.fullmatch(r"META-INF/maven/[^/]+/[^/]+/pom\.properties", name):
                    text = archive.read(name).decode()
                    fields = dict(line.strip().split("=", 1) for line in text.splitlines() if "=" in line)
                    yield f"{fields['groupId']}:{fields['artifactId']}", fields["version"]


def by_maven(where):
    need("mvn")
    coordinates = "".join("<dependency><groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version></dependency>\n"
                          .format(*one.split(":")) for one in MAVEN)
    write(where + "/pom.xml", '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
          "<groupId>org.example</groupId><artifactId>app</artifactId><version>1</version>\n"
          f"<dependencies>\n{coordinates}</dependencies></project>\n")
    fetch("mvn", "--batch-mode", "--quiet", "dependency:copy-dependencies", f"-DoutputDirectory={where}/lib",
          "dependency:list", f"-DoutputFile={where}/list", cwd=where)
    with open(where + "/list") as file:
        listed = set(re.findall(r"^ +([^: ]+:[^:]+):jar:([^:]+):", file.read(), re.M))
    for made in ("pom.xml", "list"):
        os.remove(f"{where}/{made}")
    return listed | set(of_jars(where + "/lib"))


# The slowest first, beside debootstrap.
MANAGERS = {"opt/auditable": by_cargo_auditable, "opt/pip": by_pip, "opt/npm": by_npm, "opt/go": by_go, "opt/cargo": by_cargo,
            "opt/maven": by_maven}


def mirror():
    """The release of this machine's Debian, and where its own apt has it from."""
    with open("/etc/os-release") as file:
        fields = dict(line.strip().split("=", 1) for line in file if "=" in line)
    codename = fields.get("VERSION_CODENAME", "").strip('"')
    if fields.get("ID") != "debian" or not codename:
        raise Skip("this machine is not Debian")
    form = "$(CREATED_BY)\t$(CODENAME)\t$(COMPONENT)\t$(REPO_URI)"
    for line in tool("apt-get", "indextargets", "--format", form).splitlines():
        created, name, part, uri = line.split("\t")
        if (created, name, part) == ("Packages", codename, "main") and uri.startswith("http"):
            try:
                urllib.request.urlopen(f"{uri}dists/{codename}/Release", timeout=SECONDS_TO_CONNECT).close()
            except OSError:
                raise Skip("Debian's mirror cannot be reached")
            return codename, uri
    raise Skip(f"apt has no mirror of {codename}")


def snapshot(root):
    """What each name stands for, by marks that nothing that writes leaves as they were."""
    found = {}
    for folder, folders, names in os.walk(root):
        for name in folders + names:
            path = os.path.join(folder, name)
            info = os.lstat(path)
            found[os.path.relpath(path, root)] = (info.st_ino, info.st_mode, info.st_mtime_ns, info.st_ctime_ns)
    return found


class RealRoot:
    """The root file system, made when it is first asked for; what each manager says is in its part; or why not."""

    def __init__(self):
        self.where = None
        self.why = None
        self.told = {}
        self.layers = []
        self.listed = None

    def get(self):
        if self.where is None:
            self.where = tempfile.mkdtemp(prefix="root-")
            self.root = self.where + "/root"
            try:
                self.make()
                self.listed = components(self.root, "--scope", "all")
            except Skip as why:
                self.why = str(why)
        if self.why:
            raise Skip(self.why)
        return self

    def make(self):
        if os.environ.get("PL_TEST_SANITIZED"):
            raise Skip("the release build reads the same files")
        if os.geteuid() != 0:
            raise Skip("only root can install Debian")
        need("debootstrap", "apt-get", "tar")
        codename, uri = mirror()
        pool = concurrent.futures.ThreadPoolExecutor(3)
        try:
            debian = pool.submit(fetch, "debootstrap", "--variant=minbase", codename, self.root, uri)
            parts = {part: pool.submit(self.by, part) for part in MANAGERS}
            debian.result()
            self.add_layer({})
            self.apt("install", "--no-install-recommends", *DEBS)
            self.add_layer(self.before)
            for part, future in parts.items():
                self.told[part] = future.result()
                if not isinstance(self.told[part], Skip):
                    shutil.move(f"{self.where}/stage/{part}", f"{self.root}/{part}")
        finally:
            pool.shutdown(cancel_futures=True)
        self.apt("purge", PURGED)
        self.add_layer(self.before)

    def by(self, part):
        """What a manager lists of what it installed, or why it did not."""
        os.makedirs(f"{self.where}/stage/{part}")
        try:
            return MANAGERS[part](f"{self.where}/stage/{part}")
        except Skip as why:
            return why

    def apt(self, verb, *arguments):
        fetch("chroot", self.root, "/usr/bin/env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qy", "-o", "Acquire::Retries=0",
              "-o", "Dpkg::Options::=--force-unsafe-io", verb, *arguments)

    def add_layer(self, before):
        """The changes since `before` as an archive, what is gone as the mark that image layers have for it."""
        self.before = snapshot(self.root)
        archive = f"{self.where}/layer{len(self.layers)}"
        changed = sorted(path for path, marks in self.before.items() if before.get(path) != marks)
        gone = sorted(path for path in before if path not in self.before and os.path.dirname(path) in {"", *self.before})
        marks = []
        for path in gone:
            marks.append(os.path.join(os.path.dirname(path), ".wh." + os.path.basename(path)))
            write(f"{archive}.gone/{marks[-1]}", "")
        os.makedirs(archive + ".gone", exist_ok=True)
        for name, paths in (("changed", changed), ("marks", marks)):
            write(f"{archive}.{name}", "".join(path + "\0" for path in paths))
        tool("tar", "--create", "--file", archive, "--no-recursion", "--null", "--no-unquote", "-C", self.root, "-T",
             archive + ".changed", "-C", archive + ".gone", "-T", archive + ".marks")
        self.layers.append(archive)

    def part(self, name):
        """What a manager said, and plimsoll's list of what is in its folder."""
        self.get()
        if isinstance(self.told[name], Skip):
            raise self.told[name]
        return self.told[name], [c for c in self.listed if any(p["path"].startswith(name + "/") for p in c["locations"])]

    def contained(self, kind):
        """What Debian's packages have inside, in plimsoll's list."""
        prefix = f"pkg:{kind}/"
        return {tuple(purl[len(prefix):].replace("%40", "@").rsplit("@", 1)) for c in of_type(self.get().listed, "deb")
                for purl in c.get("contains", ()) if purl.startswith(prefix)}

    def remove(self):
        if self.where:
            shutil.rmtree(self.where, ignore_errors=True)


real = RealRoot()


def same_sets(got, wanted, what):
    got, wanted = set(got), set(wanted)
    same((sorted(got - wanted), sorted(wanted - got)), ([], []), what + ": too many and too few")
    print(f"# {what}: {len(wanted)}")


def named(listed, kind, scope="installed"):
    return [(c["name"], c["version"]) for c in listed if (c["type"], c["scope"]) == (kind, scope)]


def debian_as_dpkg_lists(where):
    listed = real.get().listed
    form = "${db:Status-Status}\t${Package}\t${Version}\t${Architecture}\t${source:Package}\t${source:Version}\n"
    lines = tool("dpkg-query", "--admindir", real.root + "/var/lib/dpkg", "-W", "-f", form).splitlines()
    wanted = [tuple(line.split("\t")[1:]) for line in lines if line.startswith("installed\t")]
    # apt keeps the file of a package that is gone.
    debs = [c for c in of_type(listed, "deb") if c["scope"] == "installed"]
    got = [(c["name"], c["version"], c["arch"], c["source"]["name"], c["source"]["version"]) for c in debs]
    same((len(got), [c["name"] for c in of_type(listed, "deb") if c not in debs]), (len(wanted), [PURGED]))
    same_sets(got, wanted, "packages of Debian")


def normal(pairs):
    """PEP 503."""
    return {(re.sub("[-_.]+", "-", name).lower(), version) for name, version in pairs}


def python_inside_debian(where):
    root = real.get().root
    need("/usr/bin/pip3")
    listed = json.loads(tool("/usr/bin/pip3", "list", "--format", "json", "--path", root + "/usr/lib/python3/dist-packages",
                             "--disable-pip-version-check"))
    same_sets(normal(real.contained("pypi")), normal((p["name"], p["version"]) for p in listed), "of Python")


def ruby_inside_debian(where):
    gems = set()
    for line in tool("chroot", real.get().root, "gem", "list", "--local").splitlines():
        name, _, versions = line.rstrip(")").partition(" (")
        gems |= {(name, version.removeprefix("default: ")) for version in versions.split(", ") if version}
    same_sets(real.contained("gem"), gems, "of Ruby")


def java_inside_debian(where):
    archives = of_jars(real.get().root + "/usr/share/java")
    same_sets(real.contained("maven"), {(name.replace(":", "/"), version) for name, version in archives}, "of Java")


def go_inside_debian(where):
    root = real.get().root
    need("go")
    same_sets(real.contained("golang"), of_go_version(root + "/usr/sbin/gosu"), "of Go")


def javascript_inside_debian(where):
    """Libraries for browsers are no packages of npm; Debian's version begins with theirs."""
    root = real.get().root
    need("npm")
    os.mkdir(where + "/lib")
    os.symlink(root + "/usr/share/nodejs", where + "/lib/node_modules")
    npm = npm_ls("--global", "--prefix", where)
    versions = {c["name"].removeprefix("libjs-"): c["version"] for c in real.listed if c["name"].startswith("libjs-")}
    libraries = {(name, version) for name, version in real.contained("npm") - npm if versions.get(name, "").startswith(version)}
    same(len(libraries), len(versions), "libraries for browsers")
    same_sets(real.contained("npm") - libraries, npm, "of JavaScript")


def what_debian_owns_is_listed_once(where):
    root = real.get().root
    owned = set()
    for path in glob.glob(root + "/var/lib/dpkg/info/*.list"):
        with open(path) as file:
            owned |= {line.rstrip("\n").lstrip("/") for line in file}
    others = [c for c in real.listed if c["type"] != "deb"]
    for component in others:
        for place in component["locations"]:
            path = place["path"].split("!")[0]
            same({path, path.removeprefix("usr/")} & owned, set(), component["purl"])
    # Whatever else is there came by one of the managers.
    places = {place["path"] for c in others for place in c["locations"]}
    same([path for path in sorted(places) if not path.startswith(tuple(part + "/" for part in MANAGERS))], [], "from nowhere")
    print(f"# {len(owned)} files, {len(others)} components that are not Debian's")


def python_as_pip_lists(where):
    told, listed = real.part("opt/pip")
    same_sets(named(listed, "pypi"), told, "packages of pip")
    # Wheels bring C libraries along, linked into their modules, which no list of Python's knows.
    same(sorted({c["type"] for c in listed} - {"binary"}), ["pypi"])
    same([c["locations"] for c in listed if c["type"] == "binary" and
          not all(".so" in place["path"] for place in c["locations"])], [])


def javascript_as_npm_lists(where):
    (installed, locked), listed = real.part("opt/npm")
    same_sets(named(listed, "npm"), installed, "packages of npm")
    same_sets(named(listed, "npm") + named(listed, "npm", "declared"), installed | locked, "packages of npm and of its lock file")
    same(sorted({c["type"] for c in listed}), ["npm"])


def go_as_it_lists(where):
    (built, required), listed = real.part("opt/go")
    same_sets(named(listed, "golang"), built, "modules in a program")
    in_file = [c for c in listed if any(place["path"].endswith("/go.mod") for place in c["locations"])]
    same_sets([(c["name"], c["version"], c["relation"]) for c in in_file], required, "modules in go.mod")


def rust_as_cargo_lists(where):
    told, listed = real.part("opt/cargo")
    same_sets([(c["name"], c["version"]) for c in listed], told, "crates in Cargo.lock")  # of which a program has some


def rust_in_programs(where):
    told, listed = real.part("opt/auditable")
    inside = [c for c in listed if c["type"] == "cargo" and c["name"] != "app"]
    same_sets([(c["name"], c["version"]) for c in inside], told, "crates in a program")


def java_as_maven_lists(where):
    told, listed = real.part("opt/maven")
    same_sets(named(listed, "maven"), told, "artifacts of Maven")


def listed_in(tar):
    """Name and version of what dpkg's list in a layer calls installed."""
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        status = archive.extractfile("var/lib/dpkg/status").read().decode()
    for stanza in status.split("\n\n"):
        fields = dict(re.findall(r"^(Package|Status|Version): (.*)$", stanza, re.M))
        if fields.get("Status") == "install ok installed":
            yield fields["Package"], fields["Version"]


def the_same_as_an_image(where):
    root = real.get()
    layout = Layout(where + "/image")
    tars = []
    for path in root.layers:
        with open(path, "rb") as file:
            tars.append(file.read())
    layout.index(layout.image(tars, media=PLAIN, pack=bytes))
    got = inventory("--scope", "all", "oci-dir:" + where + "/image")

    def told(component):
        kept = {key: value for key, value in component.items() if key != "locations"}
        return json.dumps([kept, sorted(place["path"] for place in component["locations"])], sort_keys=True)

    same_sets(map(told, got), map(told, root.listed), "components of the image")
    # The layer of a package is the first whose list has it.
    origin = {}
    for tar in tars:
        digest = sha256(tar)
        for package in listed_in(tar):
            origin.setdefault(package, digest)
    same_sets(((c["name"], c["version"], place["layer"]) for c in of_type(got, "deb") for place in c["locations"]
               if place["path"] == "var/lib/dpkg/status"),
              ((*package, digest) for package, digest in origin.items() if package[0] != PURGED), "packages by layer")


if __name__ == "__main__":
    try:
        main([debian_as_dpkg_lists, python_inside_debian, ruby_inside_debian, java_inside_debian, go_inside_debian,
              javascript_inside_debian, what_debian_owns_is_listed_once, python_as_pip_lists, javascript_as_npm_lists,
              go_as_it_lists, rust_as_cargo_lists, rust_in_programs, java_as_maven_lists, the_same_as_an_image])
    finally:
        real.remove()
