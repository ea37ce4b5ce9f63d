/* SPDX-License-Identifier: Apache-2.0 */
#include "model/os.h"
#include "base/buf.h"
#include "base/compiler.h"
#include "base/limits.h"
#include "model/suse.h"

/* How many leading numbers of VERSION_ID make the release: all of it. */
enum { ALL = -1 };

struct row {
    struct pl_distro distro;
    int parts;
    void (*name)(struct pl_arena *arena, const struct pl_os *os, const char *ecosystem,
                 pl_str release, struct pl_strs *list);
};

static void add(struct pl_arena *arena, struct pl_strs *list, const char *ecosystem, pl_str rest)
{
    pl_strs_add_unique(arena, list,
                       pl_arena_format(arena, "%s:" PL_STR_FMT, ecosystem, PL_STR_ARG(rest)));
}

/* "Debian:12" */
static void plain(struct pl_arena *arena, const struct pl_os *os, const char *ecosystem,
                  pl_str release, struct pl_strs *list)
{
    if (release.len > 0) {
        add(arena, list, ecosystem, release);
    }
}

/* "Wolfi": a rolling distribution. */
static void bare(struct pl_arena *arena, const struct pl_os *os, const char *ecosystem,
                 pl_str release, struct pl_strs *list)
{
    *pl_vec_push(arena, list) = pl_str_from(ecosystem);
}

/* "Alpine:v3.18". The development branch, edge, states a version that is not released yet
 * ("3.22.0_alpha20250108") and has no advisories of its own. */
static void alpine(struct pl_arena *arena, const struct pl_os *os, const char *ecosystem,
                   pl_str release, struct pl_strs *list)
{
    if (release.len > 0 && !pl_str_contains(os->version_id, PL_STR("_alpha"))) {
        add(arena, list, ecosystem, pl_arena_format(arena, "v" PL_STR_FMT, PL_STR_ARG(release)));
    }
}

/* "Ubuntu:22.04:LTS", "Ubuntu:23.10". The April releases of even years have long-term support. */
static void ubuntu(struct pl_arena *arena, const struct pl_os *os, const char *ecosystem,
                   pl_str release, struct pl_strs *list)
{
    uint64_t year = 0;
    pl_str rest = release;
    if (!pl_str_take_uint(&rest, 99, &year)) {
        return;
    }
    bool is_lts = year % 2 == 0 && pl_str_eq(rest, PL_STR(".04"));
    add(arena, list, ecosystem,
        is_lts ? pl_arena_format(arena, PL_STR_FMT ":LTS", PL_STR_ARG(release)) : release);
}

static bool is_stream(const struct pl_os *os)
{
    return pl_str_contains(os->name, PL_STR("Stream")) ||
           pl_str_contains(os->pretty_name, PL_STR("Stream"));
}

/* "rhel-9-for-x86_64-baseos-eus-rpms__9_DOT_2": a repository of longer support for one minor
 * release, as the content sets of Red Hat's images name them. Its product is
 * "rhel_eus:9.2::baseos"; the minor release is the system's where the set names none. */
static bool add_longer_support(struct pl_arena *arena, const struct pl_os *os,
                               const char *ecosystem, pl_str set, struct pl_strs *list)
{
    static const char *const kinds[] = {"eus", "e4s", "aus", "tus"};
    static const char *const repositories[] = {"baseos", "appstream"};
    bool is_added = false;
    for (size_t i = 0; i < PL_ARRAY_LEN(kinds); i++) {
        for (size_t k = 0; k < PL_ARRAY_LEN(repositories); k++) {
            pl_str word = pl_arena_format(arena, "-%s-%s-rpms", repositories[k], kinds[i]);
            if (pl_str_starts_with(set, PL_STR("rhel-")) && pl_str_contains(set, word)) {
                add(arena, list, ecosystem,
                    pl_arena_format(arena, "rhel_%s:" PL_STR_FMT "::%s", kinds[i],
                                    PL_STR_ARG(os->version_id), repositories[k]));
                is_added = true;
            }
        }
    }
    return is_added;
}

/* "rhocp-4.12-for-rhel-8-x86_64-rpms" is of the product "openshift:4.12::el8",
 * "rhel-9-for-x86_64-highavailability-rpms" of "enterprise_linux:9::highavailability": repositories
 * that a system has besides those that all have. */
static void add_layered(struct pl_arena *arena, const char *ecosystem, pl_str release, pl_str set,
                        struct pl_strs *list)
{
    static const char *const more[] = {"highavailability", "resilientstorage"};
    pl_str start = PL_STR("rhocp-");
    pl_str version = PL_STR_EMPTY;
    pl_str rest = PL_STR_EMPTY;
    if (pl_str_starts_with(set, start) &&
        pl_str_cut(pl_str_skip(set, start.len), '-', &version, &rest) &&
        pl_str_contains(rest,
                        pl_arena_format(arena, "for-rhel-" PL_STR_FMT "-", PL_STR_ARG(release)))) {
        add(arena, list, ecosystem,
            pl_arena_format(arena, "openshift:" PL_STR_FMT "::el" PL_STR_FMT, PL_STR_ARG(version),
                            PL_STR_ARG(release)));
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(more); i++) {
        if (pl_str_contains(set, pl_arena_format(arena, "-%s-rpms", more[i]))) {
            add(arena, list, ecosystem,
                pl_arena_format(arena, "enterprise_linux:" PL_STR_FMT "::%s", PL_STR_ARG(release),
                                more[i]));
        }
    }
}

/* "Red Hat:enterprise_linux:9::baseos": the CPE of the product without "cpe:/o:redhat:". What the
 * system says of itself comes first, then the repositories that every system of the release has,
 * and the release as a whole, which is what Red Hat says of packages that have no fix. Images of
 * longer support have their packages from there: fixed versions of later minor releases do not hold
 * for them. CentOS Stream runs ahead of Red Hat's releases, so that theirs do not hold for it.
 */
static void redhat(struct pl_arena *arena, const struct pl_os *os, const char *ecosystem,
                   pl_str release, struct pl_strs *list)
{
    static const char *const modern[] = {"baseos", "appstream", "crb", NULL};
    static const char *const older[] = {"server", "client", "workstation", "computenode", NULL};
    uint64_t major = 0;
    if (is_stream(os) || !pl_str_to_uint(release, 99, &major)) {
        return;
    }
    static const char *const prefixes[] = {"cpe:/o:redhat:enterprise_linux:",
                                           "cpe:/a:redhat:enterprise_linux:"};
    bool has_longer = false;
    pl_str sets = os->content_sets;
    pl_str set = PL_STR_EMPTY;
    while (pl_str_next_word(&sets, &set)) {
        has_longer = add_longer_support(arena, os, ecosystem, set, list) || has_longer;
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(prefixes) && !has_longer; i++) {
        if (pl_str_starts_with(os->cpe_name, pl_str_from(prefixes[i]))) {
            add(arena, list, ecosystem, pl_str_skip(os->cpe_name, strlen("cpe:/o:redhat:")));
        }
    }
    for (const char *const *name = major >= 8 ? modern : older; *name && !has_longer; name++) {
        add(arena, list, ecosystem,
            pl_arena_format(arena, "enterprise_linux:" PL_STR_FMT "::%s", PL_STR_ARG(release),
                            *name));
    }
    for (sets = os->content_sets; pl_str_next_word(&sets, &set);) {
        add_layered(arena, ecosystem, release, set, list);
    }
    add(arena, list, ecosystem,
        pl_arena_format(arena, "enterprise_linux:" PL_STR_FMT, PL_STR_ARG(release)));
}

/* The product of SUSE, or openSUSE, that a system is: PRETTY_NAME without the vendor; where there
 * is none, by id and version. Empty when neither says. */
static pl_str suse_product(struct pl_arena *arena, const struct pl_os *os, const char *vendor)
{
    static const struct {
        const char *id;
        const char *product;
        bool has_packs;
    } products[] = {
        {"opensuse-leap", "Leap", false},
        {"sl-micro", "Linux Micro", false},
        {"sle-micro", "Linux Enterprise Micro", false},
        {"sled", "Linux Enterprise Desktop", true},
        {"sles", "Linux Enterprise Server", true},
        {"sles_sap", "Linux Enterprise Server for SAP Applications", true},
    };
    pl_str prefix = pl_str_from(vendor);
    pl_str major = PL_STR_EMPTY;
    pl_str pack = PL_STR_EMPTY;
    if (pl_str_starts_with(os->pretty_name, prefix) && os->pretty_name.len > prefix.len + 1) {
        return pl_str_trim(pl_str_skip(os->pretty_name, prefix.len));
    }
    if (pl_str_eq(os->id, PL_STR("opensuse-tumbleweed"))) {
        return PL_STR("Tumbleweed");
    }
    pl_str_cut(os->version_id, '.', &major, &pack);
    for (size_t i = 0; os->version_id.len > 0 && i < PL_ARRAY_LEN(products); i++) {
        if (!pl_str_eq(os->id, pl_str_from(products[i].id))) {
            continue;
        }
        bool has_pack = products[i].has_packs && pack.len > 0;
        return pl_arena_format(arena, "%s " PL_STR_FMT "%s" PL_STR_FMT, products[i].product,
                               PL_STR_ARG(has_pack ? major : os->version_id), has_pack ? " SP" : "",
                               PL_STR_ARG(has_pack ? pack : PL_STR_EMPTY));
    }
    return PL_STR_EMPTY;
}

/* "openSUSE:Leap 15.5", "openSUSE:Tumbleweed" */
static void opensuse(struct pl_arena *arena, const struct pl_os *os, const char *ecosystem,
                     pl_str release, struct pl_strs *list)
{
    pl_str product = suse_product(arena, os, ecosystem);
    if (product.len > 0) {
        add(arena, list, ecosystem, product);
    }
}

/* "SUSE:Linux Enterprise Server 15 SP5". Since 15 the packages of a service pack come from modules,
 * each a product with advisories of its own; the same build of a package is in all that have it, so
 * that those are asked that a server may have, as images name none of theirs. What a system says to
 * have besides (extensions, modules, longer support) comes on top. SUSE's word for what follows the
 * end of general support ("Linux Enterprise Server 15 SP3-LTSS") is for who pays for it
 * (pl_os_paid_ecosystems). */
static void suse(struct pl_arena *arena, const struct pl_os *os, const char *ecosystem,
                 pl_str release, struct pl_strs *list)
{
    static const char *const modules[] = {
        "Basesystem",        "Containers",       "Desktop Applications",
        "Development Tools", "Legacy",           "Public Cloud",
        "Python 3",          "SAP Applications", "Server Applications",
        "Web and Scripting",
    };
    pl_str start = PL_STR("Linux Enterprise ");
    pl_str product = suse_product(arena, os, ecosystem);
    if (product.len == 0) {
        return;
    }
    add(arena, list, ecosystem, product);
    size_t sp = pl_str_find(product, PL_STR(" 15"));
    if (!pl_str_starts_with(product, start) || sp == SIZE_MAX ||
        pl_str_contains(product, PL_STR("Micro"))) {
        pl_suse_add_products(arena, os->products, list);
        return;
    }
    pl_str pack = pl_str_skip(product, sp);
    add(arena, list, ecosystem,
        pl_arena_format(arena, "Linux Enterprise Server" PL_STR_FMT, PL_STR_ARG(pack)));
    for (size_t i = 0; i < PL_ARRAY_LEN(modules); i++) {
        add(arena, list, ecosystem,
            pl_arena_format(arena, "Linux Enterprise Module for %s" PL_STR_FMT, modules[i],
                            PL_STR_ARG(pack)));
    }
    add(arena, list, ecosystem, pl_arena_format(arena, "Package Hub" PL_STR_FMT, PL_STR_ARG(pack)));
    pl_suse_add_products(arena, os->products, list);
}

/* "openEuler:22.03-LTS-SP3": VERSION is "22.03 (LTS-SP3)". */
static void openeuler(struct pl_arena *arena, const struct pl_os *os, const char *ecosystem,
                      pl_str release, struct pl_strs *list)
{
    size_t open = pl_str_find_char(os->version, '(');
    size_t close = pl_str_find_last_char(os->version, ')');
    if (release.len == 0 || open == SIZE_MAX || close == SIZE_MAX || close < open) {
        plain(arena, os, ecosystem, release, list);
        return;
    }
    pl_str suffix = pl_str_trim(pl_str_sub(os->version, open + 1, close - open - 1));
    add(arena, list, ecosystem,
        pl_arena_format(arena, PL_STR_FMT "-" PL_STR_FMT, PL_STR_ARG(release), PL_STR_ARG(suffix)));
}

static void nowhere(struct pl_arena *arena, const struct pl_os *os, const char *ecosystem,
                    pl_str release, struct pl_strs *list)
{
}

static const struct row rows[] = {
#define PL_DISTRO(id, type, ecosystem, by, parts, name)                                            \
    {{id, type, ecosystem, PL_DISTRO_BY_##by}, parts, name},
#include "model/distros.def"
#undef PL_DISTRO
};

/* Families, for ID_LIKE: whose packages can be read, though nobody's advisories are known to hold.
 */
static const struct row families[] = {
    {{"debian", "deb", "", PL_DISTRO_BY_SOURCE}, 0, nowhere},
    {{"ubuntu", "deb", "", PL_DISTRO_BY_SOURCE}, 0, nowhere},
    {{"alpine", "apk", "", PL_DISTRO_BY_SOURCE}, 0, nowhere},
    {{"rhel", "rpm", "", PL_DISTRO_BY_PACKAGE}, 0, nowhere},
    {{"fedora", "rpm", "", PL_DISTRO_BY_PACKAGE}, 0, nowhere},
    {{"centos", "rpm", "", PL_DISTRO_BY_PACKAGE}, 0, nowhere},
    {{"suse", "rpm", "", PL_DISTRO_BY_SOURCE}, 0, nowhere},
};

static const struct row *find_row(const struct row *table, size_t count, pl_str id)
{
    for (size_t i = 0; i < count; i++) {
        if (pl_str_eq_nocase(id, pl_str_from(table[i].distro.id))) {
            return &table[i];
        }
    }
    return NULL;
}

static const struct row *row_of(const struct pl_os *os)
{
    const struct row *row = find_row(rows, PL_ARRAY_LEN(rows), os->id);
    pl_str cursor = os->id_like;
    pl_str word = PL_STR_EMPTY;
    while (!row && pl_str_next_word(&cursor, &word)) {
        row = find_row(families, PL_ARRAY_LEN(families), word);
    }
    return row;
}

const struct pl_distro *pl_os_distro(const struct pl_os *os)
{
    const struct row *row = row_of(os);
    return row ? &row->distro : NULL;
}

static const struct {
    const char *id;
    const char *stated;
    const char *meant;
} releases[] = {
#define PL_DERIVATIVE(id)
#define PL_RELEASE(id, stated, meant) {id, stated, meant},
#include "model/releases.def"
#undef PL_RELEASE
};

static const char *const derivatives[] = {
#undef PL_DERIVATIVE
#define PL_DERIVATIVE(id) id,
#define PL_RELEASE(id, stated, meant)
#include "model/releases.def"
#undef PL_RELEASE
#undef PL_DERIVATIVE
};

/* The first `parts` numbers of a version, "3.18" of "3.18.4"; empty when there are fewer. */
static pl_str leading_numbers(pl_str version, int parts)
{
    pl_str rest = version;
    for (int i = 0; i < parts; i++) {
        uint64_t number = 0;
        if ((i > 0 && (rest.len == 0 || rest.ptr[0] != '.')) ||
            (i > 0 && (rest = pl_str_skip(rest, 1)).len == 0) ||
            !pl_str_take_uint(&rest, UINT32_MAX, &number)) {
            return PL_STR_EMPTY;
        }
    }
    return pl_str_sub(version, 0, version.len - rest.len);
}

static pl_str meant_release(pl_str id, pl_str stated)
{
    for (size_t i = 0; stated.len > 0 && i < PL_ARRAY_LEN(releases); i++) {
        if (pl_str_eq(id, pl_str_from(releases[i].id)) &&
            pl_str_eq(stated, pl_str_from(releases[i].stated))) {
            return pl_str_from(releases[i].meant);
        }
    }
    return PL_STR_EMPTY;
}

/* The release in the words of the advisories, or empty. */
static pl_str release_of(const struct pl_os *os, const struct row *row)
{
    pl_str version = os->version_id;
    pl_str meant = meant_release(os->id, version.len > 0 ? version : os->version_codename);
    if (meant.len == 0) {
        meant = meant_release(os->id, leading_numbers(version, 1));
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(derivatives); i++) {
        if (pl_str_eq(os->id, pl_str_from(derivatives[i]))) {
            return meant;
        }
    }
    if (meant.len > 0) {
        return meant;
    }
    /* Early images of Alpine state their version in PRETTY_NAME alone. */
    pl_str prefix = PL_STR("Alpine Linux v");
    if (version.len == 0 && pl_str_starts_with(os->pretty_name, prefix)) {
        version = pl_str_skip(os->pretty_name, prefix.len);
    }
    return row->parts == ALL ? version : leading_numbers(version, row->parts);
}

pl_str pl_os_id_of_name(pl_str name)
{
    static const char *const names[][2] = {
        {"alma", "almalinux"},
        {"amazon", "amzn"},
        {"cbl-mariner", "mariner"},
        {"opensuse.leap", "opensuse-leap"},
        {"opensuse.tumbleweed", "opensuse-tumbleweed"},
        {"oracle", "ol"},
        {"redhat", "rhel"},
        {"slem", "sle-micro"},
        {"suse linux enterprise server", "sles"},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(names); i++) {
        if (pl_str_eq_nocase(name, pl_str_from(names[i][0]))) {
            return pl_str_from(names[i][1]);
        }
    }
    return name;
}

void pl_os_split_distro(pl_str distro, pl_str *ret_name, pl_str *ret_version)
{
    /* Trivy puts there what /etc/system-release of Amazon's first Linux says. */
    pl_str ami = PL_STR("amazon-AMI release ");
    *ret_name = distro;
    *ret_version = PL_STR_EMPTY;
    if (pl_str_starts_with(distro, ami)) {
        *ret_name = PL_STR("amazon");
        *ret_version = pl_str_skip(distro, ami.len);
        return;
    }
    for (size_t i = distro.len; i-- > 0;) {
        if (distro.ptr[i] == '-' && i + 1 < distro.len && pl_char_is_digit(distro.ptr[i + 1])) {
            *ret_name = pl_str_sub(distro, 0, i);
            *ret_version = pl_str_skip(distro, i + 1);
            return;
        }
    }
}

struct pl_strs pl_os_ecosystems(struct pl_arena *arena, const struct pl_os *os)
{
    struct pl_strs list = {0};
    const struct row *row = row_of(os);
    if (row) {
        row->name(arena, os, row->distro.ecosystem, release_of(os, row), &list);
    }
    return list;
}

/* "SUSE:Linux Enterprise Server 15 SP3-LTSS", -ESPOS or -BCL. */
static bool is_longer_support(pl_str name)
{
    return pl_str_find_char(name, '-') != SIZE_MAX;
}

struct pl_strs pl_os_paid_ecosystems(struct pl_arena *arena, const struct pl_os *os)
{
    struct pl_strs list = {0};
    struct pl_strs own = pl_os_ecosystems(arena, os);
    pl_str ubuntu_start = PL_STR("Ubuntu:");
    pl_str suse_start = PL_STR("SUSE:Linux Enterprise Server ");
    for (size_t i = 0; i < own.count; i++) {
        pl_str name = own.items[i];
        if (pl_str_starts_with(name, ubuntu_start) && pl_str_ends_with(name, PL_STR(":LTS"))) {
            add(arena, &list, "Ubuntu:Pro", pl_str_skip(name, ubuntu_start.len));
        } else if (pl_str_starts_with(name, suse_start) && !is_longer_support(name)) {
            pl_str paid = pl_arena_format(arena, PL_STR_FMT "-LTSS", PL_STR_ARG(name));
            if (!pl_strs_contain(&own, paid)) {
                *pl_vec_push(arena, &list) = paid;
            }
        }
    }
    return list;
}

static const struct {
    const char *id;
    const char *release;
    const char *date;
} ends[] = {
#define PL_EOL(id, release, date) {id, release, date},
#include "model/eol.def"
#undef PL_EOL
};

/* Other names under which a distribution stands in eol.def. */
static pl_str eol_id(const struct pl_os *os)
{
    if (pl_str_eq(os->id, PL_STR("centos")) && is_stream(os)) {
        return PL_STR("centos-stream");
    }
    if (pl_str_eq(os->id, PL_STR("alma"))) {
        return PL_STR("almalinux");
    }
    return pl_str_eq(os->id, PL_STR("oracle")) ? PL_STR("ol") : os->id;
}

pl_str pl_os_release_name(struct pl_arena *arena, const struct pl_os *os)
{
    const struct row *row = row_of(os);
    pl_str release = row ? release_of(os, row) : PL_STR_EMPTY;
    return release.len > 0 ? pl_arena_format(arena, PL_STR_FMT ":" PL_STR_FMT,
                                             PL_STR_ARG(eol_id(os)), PL_STR_ARG(release))
                           : PL_STR_EMPTY;
}

pl_str pl_os_end_of_life(const struct pl_os *os)
{
    const struct row *row = row_of(os);
    if (!row) {
        return PL_STR_EMPTY;
    }
    pl_str id = eol_id(os);
    pl_str release = release_of(os, row);
    for (size_t i = 0; i < PL_ARRAY_LEN(ends); i++) {
        if (pl_str_eq(id, pl_str_from(ends[i].id)) &&
            pl_str_eq(release, pl_str_from(ends[i].release))) {
            return pl_str_from(ends[i].date);
        }
    }
    return PL_STR_EMPTY;
}

/* Lower wins; what is not listed is a distribution's own release file. */
static int precedence(pl_str path)
{
    static const struct {
        const char *path;
        int rank;
    } ranks[] = {
        {"etc/os-release", 0},     {"usr/lib/os-release", 1}, {"etc/redhat-release", 3},
        {"etc/system-release", 4}, {"etc/debian_version", 5}, {"etc/lsb-release", 6},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(ranks); i++) {
        if (pl_str_eq(path, pl_str_from(ranks[i].path))) {
            return ranks[i].rank;
        }
    }
    return 2;
}

static bool is_before(const struct pl_os_source *a, const struct pl_os_source *b)
{
    int order = precedence(a->path) - precedence(b->path);
    return order < 0 || (order == 0 && pl_str_cmp(a->path, b->path) < 0);
}

/* Each product in a file of its own, in the order of their names. */
static pl_str join_products(struct pl_arena *arena, const struct pl_os_source *sources,
                            size_t count)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_FIELD_BYTES);
    struct pl_strs products = {0};
    for (size_t i = 0; i < count; i++) {
        if (sources[i].os.products.len > 0) {
            *pl_vec_push(arena, &products) = sources[i].os.products;
        }
    }
    pl_strs_sort(&products);
    for (size_t i = 0; i < products.count; i++) {
        pl_buf_append(&text, i > 0 ? PL_STR(" ") : PL_STR_EMPTY);
        pl_buf_append(&text, products.items[i]);
    }
    return pl_arena_dup(arena, pl_buf_str(&text));
}

struct pl_os pl_os_merge(struct pl_arena *arena, const struct pl_os_source *sources, size_t count)
{
    const struct pl_os_source *best = NULL;
    for (size_t i = 0; i < count; i++) {
        /* A file that names no system cannot win over one that does. */
        bool names_more = best && best->os.id.len == 0 && sources[i].os.id.len > 0;
        bool names_less = best && best->os.id.len > 0 && sources[i].os.id.len == 0;
        if (!best || names_more || (!names_less && is_before(&sources[i], best))) {
            best = &sources[i];
        }
    }
    struct pl_os merged = best ? best->os : (struct pl_os){0};
    for (size_t i = 0; i < count && merged.version_id.len == 0; i++) {
        if (pl_str_eq(sources[i].os.id, merged.id)) {
            merged.version_id = sources[i].os.version_id;
        }
    }
    /* Each image that an image was built on may have left its own; the last has the most. */
    for (size_t i = 0; i < count; i++) {
        if (sources[i].os.content_sets.len > merged.content_sets.len) {
            merged.content_sets = sources[i].os.content_sets;
        }
    }
    merged.products = join_products(arena, sources, count);
    return merged;
}
