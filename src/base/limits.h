/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * limits - every ceiling in one place, each with its reason.
 *
 * The first group are defaults of the budget (base/budget.h), which a user may raise with
 * --limit NAME=VALUE; the rest are fixed, because nothing real comes near them.
 */

/* Uncompressed bytes of one layer or directory walk. The largest public images are about 30 GiB. */
#define PL_LIMIT_LAYER_BYTES (64ULL << 30)
/* Entries of one layer or directory walk. Images with node_modules reach some hundred thousand, the
 * root of a build machine some millions. */
#define PL_LIMIT_LAYER_ENTRIES 8000000ULL
/* Uncompressed to compressed bytes, once more than PL_LIMIT_RATIO_GRACE came out: deflate cannot
 * exceed 1032, and real layers stay below 200. */
#define PL_LIMIT_RATIO 1000ULL
#define PL_LIMIT_RATIO_GRACE (256ULL << 20)
/* One file that a cataloger reads: the rpm database of a full desktop is about 300 MiB. */
#define PL_LIMIT_FILE_BYTES (1ULL << 30)
/* All that catalogers keep of one layer, in memory; half of it is for the system's own packages. */
#define PL_LIMIT_EVIDENCE_BYTES (128ULL << 20)
/* Seconds of wall time for one layer. */
#define PL_LIMIT_LAYER_SECONDS 900ULL

/* Above this a file goes to an unlinked temporary file instead of memory: one that is kept until
 * its layer is at its end, and one that is done with before the next. */
#define PL_LIMIT_MEMORY_FILE_BYTES (8ULL << 20)
#define PL_LIMIT_BRIEF_FILE_BYTES (48ULL << 20)
/* Memory for one file that is used again for the next. */
#define PL_LIMIT_REUSED_BYTES (16ULL << 20)
/* Files of one layer that are read together and so held until the walk is over, with what each
 * costs beside its content: five thousand pom.xml with a repository's take some fifty MiB. Those
 * that are too large for memory lie in the temporary file. */
#define PL_LIMIT_HELD_BYTES (64ULL << 20)
#define PL_LIMIT_HELD_SPILLED_BYTES (4ULL << 30)
/* PATH_MAX of Linux; longer paths exist in no image that was ever run. */
#define PL_LIMIT_PATH_BYTES 4096
/* Nesting of directories in a tree that is walked: each level holds a descriptor. */
#define PL_LIMIT_TREE_DEPTH 200
/* Manifests, indexes and image configs: registries cap manifests at 4 MiB. */
#define PL_LIMIT_MANIFEST_BYTES (4ULL << 20)
#define PL_LIMIT_CONFIG_BYTES (8ULL << 20)
/* Seconds for one of these, or any other document of a registry: the largest needs some 70 KiB a
 * second then, and whoever drips them out cannot hold us for hours. */
#define PL_LIMIT_DOCUMENT_SECONDS 120
/* An image's name: a host of 253 bytes with its port, a repository of 255, a tag of 128, and a
 * digest of 135. */
#define PL_LIMIT_REFERENCE_BYTES 1024
/* A file of credentials (Docker's config.json), and what a credential helper answers: cloud
 * providers' tokens take a few KiB. */
#define PL_LIMIT_AUTH_FILE_BYTES (4 << 20)
#define PL_LIMIT_HELPER_BYTES (256 << 10)
/* Files that say where registries are, the rules in one of them, and the certificates of one
 * registry: all are written by hand. */
#define PL_LIMIT_REGISTRIES_CONF_BYTES (1 << 20)
#define PL_LIMIT_REGISTRY_RULES 4096
#define PL_LIMIT_CERT_BYTES (4 << 20)
#define PL_LIMIT_CERT_FILES 256
/* Layers of one image: overlayfs mounts no more than 500, Docker no more than 127. */
#define PL_LIMIT_LAYERS 512
/* Manifests that one index names: platforms are some ten, but the index of what refers to an image
 * grows with every signature. */
#define PL_LIMIT_INDEX_MANIFESTS 10000
/* What refers to one manifest: each may cost a question. */
#define PL_LIMIT_REFERRERS 2000
/* Indexes and manifests that are copied together, in all levels and under all tags. */
#define PL_LIMIT_COPIED_DOCUMENTS 200000
/* Members of a docker-archive or oci-archive: a few for each layer. */
#define PL_LIMIT_ARCHIVE_MEMBERS 65536
/* Nesting of JSON documents. */
#define PL_LIMIT_JSON_DEPTH 128
/* A lock file or manifest in JSON: the largest lock files have some ten MiB, and take ten times as
 * much memory when read. */
#define PL_LIMIT_JSON_BYTES (64 << 20)
/* A document in TOML, and the values and tables in it: the largest lock files have some MiB and
 * below two hundred thousand values, each of which takes up to 300 bytes when read. */
#define PL_LIMIT_TOML_BYTES (32 << 20)
#define PL_LIMIT_TOML_VALUES 1000000
/* Metadata in one egg or wheel: its own and what it brings along, which setuptools has twelve of.
 */
#define PL_LIMIT_PYTHON_METADATA 200
/* A file of Erlang or Elixir terms: lock files have some hundred KiB, and take some thirty times as
 * much memory when read. */
#define PL_LIMIT_ERLANG_BYTES (8 << 20)
/* Documents in YAML, with what their aliases amount to: lock files as above. %TAG directives: lock
 * files and manifests have none. */
#define PL_LIMIT_YAML_BYTES (32 << 20)
#define PL_LIMIT_YAML_VALUES 1000000
#define PL_LIMIT_YAML_TAG_DIRECTIVES 100
/* Documents in XML, and their elements, nesting, the attributes of one and the namespaces in scope:
 * a bill of materials of a whole system has some ten MiB, all others much less. The last two are
 * costly: each attribute is compared with each, each name with each namespace. */
#define PL_LIMIT_XML_BYTES (64 << 20)
#define PL_LIMIT_XML_NODES 2000000
#define PL_LIMIT_XML_DEPTH 100
#define PL_LIMIT_XML_ATTRIBUTES 128
#define PL_LIMIT_XML_NAMESPACES 128
/* Archives within one archive, together: how deep they nest (an ear has wars, those jars; some
 * unpack launchers twice), their members, and the bytes of those that are opened. One inner
 * archive, open: it lies in memory. A manifest of signed jars has a section for each member, and
 * some MiB. */
#define PL_LIMIT_ARCHIVE_DEPTH 16
#define PL_LIMIT_ARCHIVE_ENTRIES 1000000
#define PL_LIMIT_ARCHIVE_OPENED_BYTES (4ULL << 30)
#define PL_LIMIT_ARCHIVE_INNER_BYTES (512ULL << 20)
#define PL_LIMIT_JAVA_MANIFEST_BYTES (32 << 20)
#define PL_LIMIT_JAVA_TEXT_BYTES (4 << 20)
/* Of the pom.xml of one layer that are read together: parents above one another and BOMs within one
 * another, which people nest some five deep; what is kept of all; and look-ups. A monorepo of five
 * thousand modules needs some fifty MiB and ten million look-ups. */
#define PL_LIMIT_MAVEN_DEPTH 32
#define PL_LIMIT_MAVEN_BYTES (256 << 20)
#define PL_LIMIT_MAVEN_VALUE_BYTES (32 << 20)
#define PL_LIMIT_MAVEN_STEPS 100000000ULL
/* One advisory record; the largest real ones are about 10 MiB. */
#define PL_LIMIT_ADVISORY_BYTES (32ULL << 20)
/* Names (ids and aliases) that one advisory goes by, and URLs of a finding, that count: an erratum
 * of a kernel has some thousand. Each of the rows that an erratum makes has a list of them. */
#define PL_LIMIT_ADVISORY_NAMES 65536
#define PL_LIMIT_FINDING_WORDS 65536
#define PL_LIMIT_ERRATUM_WORDS 256
/* One document of a feed, open: NVD's years have some 200 MB, the largest OVAL file some 400 MB. */
#define PL_LIMIT_FEED_DOCUMENT_BYTES (1ULL << 30)
/* Documents up to this size are read in batches; a larger one is a job of its own, in a file. */
#define PL_LIMIT_FEED_SMALL_BYTES (1ULL << 20)
/* An archive of a feed that is read into memory as it is, so that its members are opened at random;
 * a larger one, unless it is our own download, is read as a stream. */
#define PL_LIMIT_FEED_ZIP_BYTES (64ULL << 20)
/* Text of large documents that are read at the same time; one that is larger goes alone. */
#define PL_LIMIT_FEED_FLIGHT_BYTES (256ULL << 20)
/* Archives within archives, and directories within directories, of a feed's source: a tar of
 * compressed documents is 1, years with subdirectories by number are 3. */
#define PL_LIMIT_FEED_NESTING 3
#define PL_LIMIT_FEED_DIR_DEPTH 16
/* URLs that one feed's line stands for: a distribution's releases times its repositories. */
#define PL_LIMIT_FEED_URLS 256
/* A publisher's list of changes as far as it is read, a document that only names another one, and
 * the records that are fetched one by one rather than all together. */
#define PL_LIMIT_FEED_CHANGES_BYTES (32ULL << 20)
#define PL_LIMIT_FEED_INDEX_BYTES (4ULL << 20)
#define PL_LIMIT_FEED_CHANGES 1000
/* A list of documents that are fetched one by one: one for each CVE that concerns a distribution,
 * which are tens of thousands. */
#define PL_LIMIT_FEED_LISTED 200000
#define PL_LIMIT_FEED_LIST_BYTES (16ULL << 20)
/* Intervals of versions in one statement of a feed: people write below ten. */
#define PL_LIMIT_FEED_SPANS 256
/* Suppressions of one file or database, each of which is read for every scan, and the names or
 * packages in one: people write them by hand. */
#define PL_LIMIT_SUPPRESSIONS 100000
#define PL_LIMIT_SUPPRESSION_ITEMS 1000
/* Any name, version, licence or other short text of a component. */
#define PL_LIMIT_FIELD_BYTES 65536
/* One version string: the version schemes are linear in it. */
#define PL_LIMIT_VERSION_BYTES 1024
/* One range of versions as a manifest has it; each comparison in it costs one pass over a version.
 */
#define PL_LIMIT_RANGE_BYTES 8192
/* Parentheses in a range; people write one pair or two. */
#define PL_LIMIT_RANGE_DEPTH 16
/* Components of one layer; a full desktop has some thousand. */
#define PL_LIMIT_COMPONENTS 200000
/* Files and licences are joined to packages by name, and a hostile image may give one name to many
 * packages: all joins of an image together. A full desktop has some ten thousand lists, and below
 * a million paths in those that have to be copied. */
#define PL_LIMIT_JOINS 8000000
/* What the packages of one database need and provide, each soname and command counted: a full
 * desktop has some hundred thousand. */
#define PL_LIMIT_RELATIONS 2000000
/* The control files of one Debian package, unpacked: its list of checksums takes most, some MiB. */
#define PL_LIMIT_DEB_CONTROL_BYTES (64 << 20)
/* The licences of one package: texlive's, the longest known, are below a hundred. */
#define PL_LIMIT_LICENSES 1000
/* Licences, hashes, needs of a package that several places state, together. */
#define PL_LIMIT_UNIFIED_STRINGS 1000
/* One package's header in an rpm database, and the entries in it: rpm refuses larger ones. */
#define PL_LIMIT_RPM_HEADER_BYTES (256 << 20)
#define PL_LIMIT_RPM_TAGS 65535
/* Directories that one package has files in; the kernel's sources have some thousand. */
#define PL_LIMIT_RPM_DIRS (1 << 20)
/* An advisory's id and a package's name; the longest real ones are below 200 bytes. */
#define PL_LIMIT_ADVISORY_ID_BYTES 256
#define PL_LIMIT_ADVISORY_NAME_BYTES 2048
/* Records of one export, and its bytes when open: all of OSV has below a million, some GiB. */
#define PL_LIMIT_EXPORT_RECORDS 8000000ULL
#define PL_LIMIT_EXPORT_BYTES (64ULL << 30)
/* One download; all of OSV in one zip is above 1 GiB. */
#define PL_LIMIT_DOWNLOAD_BYTES (8ULL << 30)
/* Headers of one answer with its trailers, and their bytes with those of what came before it (100,
 * 103): web servers themselves stop at a hundred and 8 to 64 KiB. */
#define PL_LIMIT_HTTP_HEADERS 512
#define PL_LIMIT_HTTP_HEADER_BYTES (256 << 10)
/* What is kept of a failure's body: the JSON of a registry's errors. */
#define PL_LIMIT_HTTP_FAILURE_BYTES (64 << 10)
/* Trusted certificates: the system's bundle has about 150 in 220 KiB. */
#define PL_LIMIT_TRUSTED_BYTES (16 << 20)
/* Members of one zip; every ecosystem of OSV stays below a million. */
#define PL_LIMIT_ZIP_ENTRIES 8000000ULL
/* One block of the advisory database once opened: all that is said of one package, or one record,
 * which is at most PL_LIMIT_ADVISORY_BYTES. */
#define PL_LIMIT_DB_BLOCK_BYTES (96ULL << 20)
/* A slice of the database as one open text, and what a patch of one changes, held in memory: the
 * largest ecosystem has some hundred MB, and a day changes a hundredth of it. */
#define PL_LIMIT_DB_SLICE_BYTES (16ULL << 30)
#define PL_LIMIT_DB_PATCH_BYTES (64ULL << 20)
/* The manifest of a generation: some hundred bytes for each of its slices. */
#define PL_LIMIT_DB_MANIFEST_BYTES (4ULL << 20)
/* A key in PEM: an RSA key of 16384 bits has 13 KB. A document that is signed in place of an image,
 * which has some hundred bytes, and the signatures of one image: a team's. */
#define PL_LIMIT_KEY_BYTES (64 << 10)
#define PL_LIMIT_SIGNED_PAYLOAD_BYTES (64 << 10)
#define PL_LIMIT_SIGNATURES 64
/* One message of gRPC: containerd itself sends and takes no larger ones. */
#define PL_LIMIT_GRPC_MESSAGE_BYTES (16 << 20)
/* Other programs' settings that are read: a client's configuration, a context of it. Some KiB. */
#define PL_LIMIT_CLIENT_CONFIG_BYTES (1 << 20)
/* One JSON answer of an engine: a list of all images of a build machine is about 1 MiB, the changes
 * in a container some MiB. Parsed, it takes some ten times as much memory. */
#define PL_LIMIT_ENGINE_ANSWER_BYTES (16 << 20)
/* An image or a container as one archive, uncompressed: the layers of the largest images. */
#define PL_LIMIT_ENGINE_ARCHIVE_BYTES (256ULL << 30)
/* The name of an image or a container as an engine takes it: the longest reference is 255 bytes of
 * repository, a registry, a tag and a digest. */
#define PL_LIMIT_ENGINE_NAME_BYTES 700
/* Names that are compared with one that an engine does not know. */
#define PL_LIMIT_ENGINE_NAMES 5000
/* Paths that a container has changed since its image; a database's data lies in volumes, which are
 * not counted. */
#define PL_LIMIT_CONTAINER_CHANGES 200000
/* Sections of one program: the largest object files, with a section for each function, have some
 * ten thousand. */
#define PL_LIMIT_SECTIONS 65536
/* Parts of a fat Mach-O file: one for each kind of processor. */
#define PL_LIMIT_FAT_PARTS 32
/* The list of crates in a Rust program, unpacked: cargo-auditable itself reads no more. */
#define PL_LIMIT_CRATES_BYTES (8 << 20)
/* A kernel's memory and a kernel module, unpacked: some 40 MiB each. */
#define PL_LIMIT_KERNEL_BYTES (128 << 20)
/* Dependencies that one bill of materials states: the largest have some hundred thousand. */
#define PL_LIMIT_SBOM_EDGES 2000000
