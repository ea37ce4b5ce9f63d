/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/selection.h"
#include "base/buf.h"
#include "base/limits.h"
#include "model/ecosystem.h"

/* Systems by what they are called in os-release. */
static const struct {
    const char *id;
    const char *ecosystem;
} systems[] = {
#define PL_DISTRO(id, type, ecosystem, by, parts, name) {id, ecosystem},
#include "model/distros.def"
#undef PL_DISTRO
};

static char fold_char(char c)
{
    return c == '-' || c == '_' ? ' ' : pl_char_lower(c);
}

/* In lower case, with blanks. */
static pl_str fold(struct pl_arena *arena, pl_str name)
{
    char *folded = pl_arena_alloc(arena, name.len, 1);
    for (size_t i = 0; i < name.len; i++) {
        folded[i] = fold_char(name.ptr[i]);
    }
    return pl_str_make(folded, name.len);
}

/* "debian:12" is "debian" and "12". */
static pl_str base_of(pl_str name, pl_str *ret_release)
{
    pl_str base = name;
    *ret_release = PL_STR_EMPTY;
    pl_str_cut(name, ':', &base, ret_release);
    return base;
}

/* Without regard to case, '-' and '_' being blanks: `name` is folded already. */
static bool is_same(pl_str name, pl_str text)
{
    bool same = name.len == text.len;
    for (size_t i = 0; i < name.len && same; i++) {
        same = fold_char(text.ptr[i]) == name.ptr[i];
    }
    return same;
}

/* The place of a system in the table, by a folded id; the table's length when it is none. */
static size_t find_system(pl_str id)
{
    size_t at = 0;
    while (at < PL_ARRAY_LEN(systems) && !is_same(id, pl_str_from(systems[at].id))) {
        at++;
    }
    return at;
}

/* The ecosystem of a folded name without its release, as its owner writes it or folded. */
static pl_str ecosystem_of(pl_str base)
{
    size_t at = find_system(pl_os_id_of_name(base));
    return at < PL_ARRAY_LEN(systems) ? pl_str_from(systems[at].ecosystem) : base;
}

/* What a scan of this system asks, as far as its release alone decides that. A release is a version
 * ("12", "v23.06") or a codename ("bookworm"). */
static void add_system(struct pl_arena *arena, const char *id, pl_str release, struct pl_strs *into)
{
    struct pl_os os = {.id = pl_str_from(id), .version_id = release};
    struct pl_strs lists[2] = {pl_os_ecosystems(arena, &os), {0}};
    if (lists[0].count == 0) {
        os = (struct pl_os){.id = os.id, .version_codename = release};
        lists[0] = pl_os_ecosystems(arena, &os);
    }
    lists[1] = pl_os_paid_ecosystems(arena, &os);
    for (size_t i = 0; i < PL_ARRAY_LEN(lists); i++) {
        for (size_t k = 0; k < lists[i].count; k++) {
            pl_strs_add_unique(arena, into, fold(arena, lists[i].items[k]));
        }
    }
}

/* `name` is folded. */
static void add_name(struct pl_arena *arena, struct pl_feed_selection *selection, pl_str name)
{
    pl_str release = PL_STR_EMPTY;
    pl_str base = base_of(name, &release);
    size_t at = find_system(pl_os_id_of_name(base));
    pl_str ecosystem = name;
    pl_strs_add_unique(arena, &selection->names, name);
    if (at < PL_ARRAY_LEN(systems)) {
        ecosystem = pl_arena_format(arena, "%s%s" PL_STR_FMT, systems[at].ecosystem,
                                    release.len > 0 ? ":" : "", PL_STR_ARG(release));
        if (release.len > 0) {
            add_system(arena, systems[at].id, release, &selection->ecosystems);
        }
    }
    pl_strs_add_unique(arena, &selection->ecosystems, fold(arena, ecosystem));
}

enum pl_status pl_feed_selection_add(struct pl_arena *arena, struct pl_feed_selection *selection,
                                     pl_str list, struct pl_error *err)
{
    pl_str name = PL_STR_EMPTY;
    pl_str rest = list;
    for (bool more = true; more; list = rest) {
        pl_str release = PL_STR_EMPTY;
        more = pl_str_cut(list, ',', &name, &rest);
        name = pl_str_trim(more ? name : list);
        pl_str base = base_of(name, &release);
        if (base.len == 0 || (base.len < name.len && release.len == 0)) {
            return pl_error_set(err, PL_E_USAGE,
                                "\"" PL_STR_FMT "\" is no ecosystem; they are named like debian:12 "
                                "or npm, with commas between them",
                                PL_STR_ARG(name));
        }
        add_name(arena, selection, fold(arena, name));
    }
    pl_strs_sort(&selection->names);
    return PL_OK;
}

void pl_feed_selection_add_name(struct pl_arena *arena, struct pl_feed_selection *selection,
                                pl_str ecosystem)
{
    size_t before = selection->names.count;
    add_name(arena, selection, fold(arena, ecosystem));
    if (selection->names.count > before) {
        pl_strs_sort(&selection->names);
    }
}

bool pl_feed_selection_has(const struct pl_feed_selection *selection, pl_str ecosystem)
{
    pl_str release = PL_STR_EMPTY;
    pl_str base = base_of(ecosystem, &release);
    for (size_t i = 0; i < selection->ecosystems.count; i++) {
        if (is_same(base_of(selection->ecosystems.items[i], &release), base)) {
            return true;
        }
    }
    return selection->ecosystems.count == 0 || !pl_ecosystem_has_packages(ecosystem);
}

/* "9", "9.2" */
static bool is_number(pl_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!pl_char_is_digit(text.ptr[i]) && text.ptr[i] != '.') {
            return false;
        }
    }
    return text.len > 0;
}

/* May a release be over before this? Numbers end before a blank or hyphen as well: "22.03" is in
 * "22.03-LTS-SP3"; and who wants a product wants its longer support, "15 SP3-LTSS". */
static bool is_end(pl_str rest, bool is_of_number)
{
    pl_str paid = PL_STR(" ltss");
    return rest.len == 0 || rest.ptr[0] == ':' || (is_of_number && fold_char(rest.ptr[0]) == ' ') ||
           is_same(paid, pl_str_sub(rest, 0, paid.len));
}

/* Do the words of `release`, between colons or blanks, hold those of `wanted`, one after the other?
 * `wanted` is folded. */
static bool holds_words(pl_str release, pl_str wanted, bool is_of_number)
{
    bool is_start = true;
    for (size_t i = 0; i + wanted.len <= release.len; i++) {
        pl_str here = pl_str_skip(release, i);
        /* Alpine's releases begin with a v. */
        if (is_start && pl_char_lower(here.ptr[0]) == 'v' && here.len > wanted.len &&
            wanted.ptr[0] != 'v') {
            here = pl_str_skip(here, 1);
        }
        if (is_start && is_same(wanted, pl_str_sub(here, 0, wanted.len)) &&
            is_end(pl_str_skip(here, wanted.len), is_of_number)) {
            return true;
        }
        is_start = release.ptr[i] == ':' || (is_of_number && release.ptr[i] == ' ');
    }
    return false;
}

/* "15.5" is a service pack of SUSE's: "Linux Enterprise Server 15 SP5". */
static bool holds_service_pack(pl_str release, pl_str wanted)
{
    char text[32];
    pl_str major = PL_STR_EMPTY;
    pl_str pack = PL_STR_EMPTY;
    if (!pl_str_cut(wanted, '.', &major, &pack) || wanted.len > 16) {
        return false;
    }
    snprintf(text, sizeof(text), PL_STR_FMT " sp" PL_STR_FMT, PL_STR_ARG(major), PL_STR_ARG(pack));
    return holds_words(release, pl_str_from(text), true);
}

/* "enterprise_linux:9::appstream", "rhel_eus:9.2::baseos": a product's own version is that of the
 * system; of "openshift:4.15::el9" the last word says it. Repositories of any minor release are of
 * its major one, as a scan's are; products that tell of neither ("jboss_core_services:1") may be of
 * any system. */
static bool holds_red_hat(pl_str release, pl_str wanted)
{
    pl_str mark = PL_STR(":el");
    pl_str product = PL_STR_EMPTY;
    pl_str version = PL_STR_EMPTY;
    uint64_t major = 0;
    uint64_t own = 0;
    if (!pl_str_take_uint(&wanted, UINT32_MAX, &major)) {
        return false;
    }
    size_t at = pl_str_find(release, mark);
    pl_str rest = pl_str_skip(release, at == SIZE_MAX ? release.len : at + mark.len);
    if (pl_str_take_uint(&rest, UINT32_MAX, &own)) {
        return own == major;
    }
    bool is_system = pl_str_starts_with(release, PL_STR("enterprise_linux:")) ||
                     pl_str_starts_with(release, PL_STR("rhel_"));
    if (!is_system || !pl_str_cut(release, ':', &product, &version) ||
        !pl_str_take_uint(&version, UINT32_MAX, &own)) {
        return !is_system;
    }
    version = pl_str_sub(version, 0, pl_str_find_char(version, ':'));
    return own == major && (wanted.len == 0 || version.len == 0 || pl_str_eq(version, wanted));
}

static bool holds_release(pl_str base, pl_str release, pl_str wanted)
{
    bool is_of_number = is_number(wanted);
    if (is_of_number && pl_str_eq(base, PL_STR("Red Hat"))) {
        return holds_red_hat(release, wanted);
    }
    return holds_words(release, wanted, is_of_number) ||
           (is_of_number && pl_str_eq(base, PL_STR("SUSE")) && holds_service_pack(release, wanted));
}

bool pl_feed_selection_takes(const struct pl_feed_selection *selection, pl_str ecosystem)
{
    pl_str release = PL_STR_EMPTY;
    pl_str base = base_of(ecosystem, &release);
    for (size_t i = 0; i < selection->ecosystems.count; i++) {
        pl_str wanted = PL_STR_EMPTY;
        if (is_same(base_of(selection->ecosystems.items[i], &wanted), base) &&
            (wanted.len == 0 || release.len == 0 || holds_release(base, release, wanted))) {
            return true;
        }
    }
    return selection->ecosystems.count == 0 || !pl_ecosystem_has_packages(ecosystem);
}

/* `base` is folded; the list is as its owners write it. */
static bool is_in(pl_str base, const struct pl_strs *ecosystems)
{
    for (size_t i = 0; i < ecosystems->count; i++) {
        if (is_same(base, ecosystems->items[i]) ||
            pl_str_eq(ecosystem_of(base), ecosystems->items[i])) {
            return true;
        }
    }
    return false;
}

pl_str pl_feed_selection_lacks(const struct pl_feed_selection *selection,
                               const struct pl_strs *ecosystems)
{
    for (size_t i = 0; i < selection->names.count; i++) {
        pl_str release = PL_STR_EMPTY;
        pl_str base = base_of(selection->names.items[i], &release);
        if (!is_in(base, ecosystems) && !is_in(base, &selection->elsewhere)) {
            return selection->names.items[i];
        }
    }
    return PL_STR_EMPTY;
}

pl_str pl_feed_selection_text(struct pl_arena *arena, const struct pl_feed_selection *selection)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_FIELD_BYTES);
    for (size_t i = 0; i < selection->names.count; i++) {
        pl_buf_append(&text, i > 0 ? PL_STR(",") : PL_STR_EMPTY);
        pl_buf_append(&text, selection->names.items[i]);
    }
    return pl_arena_dup(arena, pl_buf_str(&text));
}
