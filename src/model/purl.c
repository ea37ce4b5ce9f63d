/* SPDX-License-Identifier: Apache-2.0 */
/*
 * purl - package URLs (ECMA-427, https://github.com/package-url/purl-spec).
 *
 *     pkg:type/namespace/name@version?qualifiers#subpath
 *
 * A purl is taken apart from its ends, before anything is percent-decoded: the subpath follows the
 * last '#', the qualifiers the last '?', the version the last '@' of the last segment (a '@' in an
 * earlier segment is an npm scope that should have been encoded). Slashes around the type and
 * between segments may be repeated. What remains is split at slashes; each piece is then decoded.
 * The type and the keys of qualifiers are case-insensitive and written in lower case; a qualifier
 * with an empty value is the same as none. Subpaths lose empty, "." and ".." segments.
 *
 * Written canonically, ASCII letters, digits, and ". - _ ~ :" stay and every other byte is encoded;
 * the slashes between segments of namespace and subpath are not. Types differ in what is case
 * folded: model/purl_types.def.
 */
#include "model/purl.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/vec.h"

enum flag {
    LOWER_NAMESPACE = 1 << 0,
    LOWER_NAME = 1 << 1,
    LOWER_VERSION = 1 << 2,
    NEEDS_NAMESPACE = 1 << 3,
    NO_NAMESPACE = 1 << 4,
    NEEDS_UUID = 1 << 5, /* names are not unique without the qualifier "uuid" */
    PATH_NAME = 1 << 6, /* the namespace is one host, the name a path with slashes */
    DASH_NAME = 1 << 7, /* '_' and '-' are the same, and a run of them is one */
    UNDERSCORE_NAME = 1 << 8, /* what is neither letter nor digit becomes '_' */
    NO_MODULE_NAME = 1 << 9, /* a distribution is named, not a module with "::" */
    CHROME_NAME = 1 << 10, /* 32 letters a to p; versions of one to four numbers */
    LOWER_DATABRICKS = 1 << 11, /* Databricks folds case, Azure ML does not */
};

static const struct {
    const char *type;
    unsigned flags;
} types[] = {
#define PL_PURL_TYPE(type, flags) {type, flags},
#include "model/purl_types.def"
#undef PL_PURL_TYPE
};

static unsigned flags_of(pl_str type)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(types); i++) {
        if (pl_str_eq(type, pl_str_from(types[i].type))) {
            return types[i].flags;
        }
    }
    return 0;
}

static bool is_type_char(char c)
{
    return pl_char_is_alnum(c) || c == '.' || c == '-';
}

static bool is_key_char(char c)
{
    return is_type_char(c) || c == '_';
}

/* A letter, then what `is_inner` allows. */
static bool is_word(pl_str s, bool (*is_inner)(char))
{
    for (size_t i = 0; i < s.len; i++) {
        if (!is_inner(s.ptr[i])) {
            return false;
        }
    }
    return s.len > 0 && pl_char_is_alpha(s.ptr[0]);
}

static int hex_value(char c)
{
    if (pl_char_is_digit(c)) {
        return c - '0';
    }
    c = pl_char_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Percent-decodes; what comes out is UTF-8 without NUL. */
static enum pl_status decode(struct pl_arena *arena, pl_str s, pl_str *ret, struct pl_error *err)
{
    char *copy = pl_arena_alloc(arena, s.len + 1, 1);
    size_t len = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] != '%') {
            copy[len++] = s.ptr[i];
            continue;
        }
        int high = s.len - i > 2 ? hex_value(s.ptr[i + 1]) : -1;
        int low = high >= 0 ? hex_value(s.ptr[i + 2]) : -1;
        if (low < 0) {
            return pl_error_set(err, PL_E_PARSE, "purl: incomplete percent-encoding");
        }
        copy[len++] = (char)(high * 16 + low);
        i += 2;
    }
    pl_str decoded = pl_str_make(copy, len);
    if (!pl_str_is_utf8(decoded) || pl_str_find_char(decoded, '\0') != SIZE_MAX) {
        return pl_error_set(err, PL_E_PARSE, "purl: not UTF-8 text");
    }
    *ret = decoded;
    return PL_OK;
}

static bool is_kept_segment(pl_str segment, bool drop_dots)
{
    return segment.len > 0 &&
           !(drop_dots && (pl_str_eq(segment, PL_STR(".")) || pl_str_eq(segment, PL_STR(".."))));
}

/* Decodes a path segment by segment and joins what is kept with single slashes. */
static enum pl_status decode_path(struct pl_arena *arena, pl_str path, bool drop_dots, pl_str *ret,
                                  struct pl_error *err)
{
    char *joined = pl_arena_alloc(arena, path.len + 1, 1);
    size_t len = 0;
    pl_str segment = PL_STR_EMPTY;
    while (pl_str_next_piece(&path, '/', &segment)) {
        enum pl_status status = decode(arena, segment, &segment, err);
        if (status < 0) {
            return status;
        }
        if (!is_kept_segment(segment, drop_dots)) {
            continue;
        }
        if (len > 0) {
            joined[len++] = '/';
        }
        memcpy(joined + len, segment.ptr, segment.len);
        len += segment.len;
    }
    *ret = pl_str_make(joined, len);
    return PL_OK;
}

static int compare_qualifiers(const void *a, const void *b)
{
    const struct pl_purl_qualifier *left = a;
    const struct pl_purl_qualifier *right = b;
    return pl_str_cmp(left->key, right->key);
}

struct qualifiers {
    PL_VEC_FIELDS(struct pl_purl_qualifier);
};

static enum pl_status parse_qualifiers(struct pl_arena *arena, pl_str text, struct pl_purl *purl,
                                       struct pl_error *err)
{
    struct qualifiers list = {0};
    pl_str pair = PL_STR_EMPTY;
    while (pl_str_next_piece(&text, '&', &pair)) {
        pl_str key = PL_STR_EMPTY;
        pl_str value = PL_STR_EMPTY;
        pl_str_cut(pair, '=', &key, &value);
        if (pair.len == 0) {
            continue;
        }
        if (!is_word(key, is_key_char)) {
            return pl_error_set(err, PL_E_PARSE, "purl: \"" PL_STR_FMT "\" cannot name a qualifier",
                                PL_STR_ARG(key));
        }
        enum pl_status status = decode(arena, value, &value, err);
        if (status < 0) {
            return status;
        }
        if (value.len > 0) {
            *pl_vec_push(arena, &list) =
                (struct pl_purl_qualifier){pl_arena_lower(arena, key), value};
        }
    }
    if (list.count > 1) {
        qsort(list.items, list.count, sizeof(*list.items), compare_qualifiers);
    }
    for (size_t i = 1; i < list.count; i++) {
        if (pl_str_eq(list.items[i].key, list.items[i - 1].key)) {
            return pl_error_set(err, PL_E_PARSE, "purl: qualifier \"" PL_STR_FMT "\" stated twice",
                                PL_STR_ARG(list.items[i].key));
        }
    }
    purl->qualifiers = list.items;
    purl->qualifier_count = list.count;
    return PL_OK;
}

static bool is_chrome_name(pl_str name)
{
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] < 'a' || name.ptr[i] > 'p') {
            return false;
        }
    }
    return name.len == 32;
}

static bool is_chrome_version(pl_str version)
{
    size_t numbers = 0;
    pl_str number = PL_STR_EMPTY;
    while (pl_str_next_piece(&version, '.', &number)) {
        uint64_t value = 0;
        if (++numbers > 4 || !pl_str_to_uint(number, 65535, &value)) {
            return false;
        }
    }
    return true;
}

static pl_str normalize_name(struct pl_arena *arena, pl_str name, unsigned flags)
{
    if (!(flags & (LOWER_NAME | DASH_NAME | UNDERSCORE_NAME))) {
        return name;
    }
    char *copy = pl_arena_alloc(arena, name.len + 1, 1);
    size_t len = 0;
    for (size_t i = 0; i < name.len; i++) {
        char c = flags & LOWER_NAME ? pl_char_lower(name.ptr[i]) : name.ptr[i];
        if ((flags & DASH_NAME) && c == '_') {
            c = '-';
        }
        if ((flags & UNDERSCORE_NAME) && !pl_char_is_alnum(c)) {
            c = '_';
        }
        if (!(flags & DASH_NAME) || c != '-' || len == 0 || copy[len - 1] != '-') {
            copy[len++] = c;
        }
    }
    return pl_str_make(copy, len);
}

/* Git hosts that fold the case of their paths. */
static bool is_folding_host(pl_str host)
{
    return pl_str_eq_nocase(host, PL_STR("github")) ||
           pl_str_eq_nocase(host, PL_STR("github.com")) ||
           pl_str_eq_nocase(host, PL_STR("bitbucket.org"));
}

/* The type's rules, on decoded parts; PL_E_PARSE when the parts make no purl of this type. */
static enum pl_status normalize(struct pl_arena *arena, struct pl_purl *purl, struct pl_error *err)
{
    unsigned flags = flags_of(purl->type);
    if ((flags & LOWER_DATABRICKS) &&
        pl_str_contains(pl_purl_qualifier(purl, PL_STR("repository_url")), PL_STR("databricks"))) {
        flags |= LOWER_NAME;
    }
    if ((flags & PATH_NAME) && is_folding_host(purl->namespace)) {
        flags |= LOWER_NAMESPACE | LOWER_NAME;
    }
    if (flags & LOWER_NAMESPACE) {
        purl->namespace = pl_arena_lower(arena, purl->namespace);
    }
    if (flags & LOWER_VERSION) {
        purl->version = pl_arena_lower(arena, purl->version);
    }
    purl->name = normalize_name(arena, purl->name, flags);
    if (((flags & NEEDS_NAMESPACE) && purl->namespace.len == 0) ||
        ((flags & NO_NAMESPACE) && purl->namespace.len > 0)) {
        return pl_error_set(err, PL_E_PARSE, "purl: type \"" PL_STR_FMT "\" %s a namespace",
                            PL_STR_ARG(purl->type),
                            flags & NO_NAMESPACE ? "does not have" : "needs");
    }
    if ((flags & NEEDS_UUID) && pl_purl_qualifier(purl, PL_STR("uuid")).len == 0) {
        return pl_error_set(err, PL_E_PARSE, "purl: type \"" PL_STR_FMT "\" needs a uuid",
                            PL_STR_ARG(purl->type));
    }
    if (((flags & NO_MODULE_NAME) && pl_str_contains(purl->name, PL_STR("::"))) ||
        ((flags & CHROME_NAME) &&
         (!is_chrome_name(purl->name) || !is_chrome_version(purl->version)))) {
        return pl_error_set(err, PL_E_PARSE,
                            "purl: \"" PL_STR_FMT "\" is no name for type \"%.*s\"",
                            PL_STR_ARG(purl->name), PL_STR_ARG(purl->type));
    }
    return PL_OK;
}

static pl_str trim_slashes(pl_str s)
{
    while (s.len > 0 && s.ptr[0] == '/') {
        s = pl_str_skip(s, 1);
    }
    while (s.len > 0 && s.ptr[s.len - 1] == '/') {
        s = pl_str_sub(s, 0, s.len - 1);
    }
    return s;
}

/* Cuts `*text` at the last `mark`; what follows it is *ret_tail, empty when there is none. */
static void cut_last(pl_str *text, char mark, pl_str *ret_tail)
{
    size_t at = pl_str_find_last_char(*text, mark);
    *ret_tail = at == SIZE_MAX ? PL_STR_EMPTY : pl_str_skip(*text, at + 1);
    *text = pl_str_sub(*text, 0, at);
}

/* The encoded parts of "namespace/name@version". */
static void cut_name(pl_str text, unsigned flags, pl_str *ret_namespace, pl_str *ret_name,
                     pl_str *ret_version)
{
    size_t slash = pl_str_find_last_char(text, '/');
    size_t at = pl_str_find_last_char(text, '@');
    *ret_version = PL_STR_EMPTY;
    if (at != SIZE_MAX && (slash == SIZE_MAX || at > slash)) {
        *ret_version = pl_str_skip(text, at + 1);
        text = pl_str_sub(text, 0, at);
    }
    if (flags & PATH_NAME) {
        slash = pl_str_find_char(text, '/');
    }
    *ret_namespace = slash == SIZE_MAX ? PL_STR_EMPTY : pl_str_sub(text, 0, slash);
    *ret_name = slash == SIZE_MAX ? text : pl_str_skip(text, slash + 1);
}

enum pl_status pl_purl_parse(struct pl_arena *arena, pl_str text, struct pl_purl *ret,
                             struct pl_error *err)
{
    if (text.len > PL_LIMIT_FIELD_BYTES) {
        return pl_error_set(err, PL_E_LIMIT, "purl: longer than %d bytes", PL_LIMIT_FIELD_BYTES);
    }
    if (text.len < 4 || !pl_str_eq_nocase(pl_str_sub(text, 0, 4), PL_STR("pkg:"))) {
        return pl_error_set(err, PL_E_PARSE, "purl: does not begin with \"pkg:\"");
    }
    text = pl_str_skip(text, 4);
    pl_str subpath = PL_STR_EMPTY;
    pl_str qualifiers = PL_STR_EMPTY;
    cut_last(&text, '#', &subpath);
    cut_last(&text, '?', &qualifiers);
    while (text.len > 0 && text.ptr[0] == '/') {
        text = pl_str_skip(text, 1);
    }
    struct pl_purl purl = {0};
    if (!pl_str_cut(text, '/', &purl.type, &text) || !is_word(purl.type, is_type_char)) {
        return pl_error_set(err, PL_E_PARSE, "purl: no valid type before a slash");
    }
    purl.type = pl_arena_lower(arena, purl.type);
    /* A slash at the end is dropped but before a version: "a/@1" has no name. */
    cut_name(trim_slashes(text), flags_of(purl.type), &purl.namespace, &purl.name, &purl.version);
    enum pl_status status = decode_path(arena, purl.namespace, false, &purl.namespace, err);
    if (status == PL_OK) {
        status = decode(arena, purl.name, &purl.name, err);
    }
    if (status == PL_OK) {
        status = decode(arena, purl.version, &purl.version, err);
    }
    if (status == PL_OK) {
        status = decode_path(arena, subpath, true, &purl.subpath, err);
    }
    if (status == PL_OK) {
        status = parse_qualifiers(arena, qualifiers, &purl, err);
    }
    if (status == PL_OK && purl.name.len == 0) {
        status = pl_error_set(err, PL_E_PARSE, "purl: no name");
    }
    if (status == PL_OK) {
        status = normalize(arena, &purl, err);
    }
    if (status == PL_OK) {
        *ret = purl;
    }
    return status;
}

static void append_encoded(struct pl_buf *buf, pl_str s, bool keep_slashes)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (is_key_char(c) || c == '~' || c == ':' || (keep_slashes && c == '/')) {
            pl_buf_append_char(buf, c);
        } else {
            pl_buf_append_format(buf, "%%%02X", (unsigned char)c);
        }
    }
}

/* Segment by segment, so that stray slashes and dots do not survive. */
static void append_path(struct pl_buf *buf, pl_str path, bool drop_dots, char lead)
{
    pl_str segment = PL_STR_EMPTY;
    while (pl_str_next_piece(&path, '/', &segment)) {
        if (is_kept_segment(segment, drop_dots)) {
            pl_buf_append_char(buf, lead);
            append_encoded(buf, segment, false);
            lead = '/';
        }
    }
}

/* A copy with lower-case keys in order; false for a key that is none or stated twice. */
static bool sort_qualifiers(struct pl_arena *arena, struct pl_purl *purl)
{
    struct pl_purl_qualifier *sorted =
        PL_ARENA_ARRAY(arena, struct pl_purl_qualifier, purl->qualifier_count);
    size_t count = 0;
    for (size_t i = 0; i < purl->qualifier_count; i++) {
        const struct pl_purl_qualifier *from = &purl->qualifiers[i];
        if (!is_word(from->key, is_key_char)) {
            return false;
        }
        if (from->value.len > 0) {
            sorted[count++] =
                (struct pl_purl_qualifier){pl_arena_lower(arena, from->key), from->value};
        }
    }
    if (count > 1) {
        qsort(sorted, count, sizeof(*sorted), compare_qualifiers);
    }
    purl->qualifiers = sorted;
    purl->qualifier_count = count;
    for (size_t i = 1; i < count; i++) {
        if (pl_str_eq(sorted[i].key, sorted[i - 1].key)) {
            return false;
        }
    }
    return true;
}

pl_str pl_purl_format(struct pl_arena *arena, const struct pl_purl *parts)
{
    struct pl_purl purl = *parts;
    if (!is_word(purl.type, is_type_char) || purl.name.len == 0 || !sort_qualifiers(arena, &purl)) {
        return PL_STR_EMPTY;
    }
    purl.type = pl_arena_lower(arena, purl.type);
    if (normalize(arena, &purl, NULL) < 0) {
        return PL_STR_EMPTY;
    }
    /* Every byte may become three; a purl from components has a handful of fields. */
    struct pl_buf buf pl_autobuf = PL_BUF_INIT(64ULL * PL_LIMIT_FIELD_BYTES);
    pl_buf_append(&buf, PL_STR("pkg:"));
    pl_buf_append(&buf, purl.type);
    append_path(&buf, purl.namespace, false, '/');
    pl_buf_append_char(&buf, '/');
    append_encoded(&buf, purl.name, flags_of(purl.type) & PATH_NAME);
    if (purl.version.len > 0) {
        pl_buf_append_char(&buf, '@');
        append_encoded(&buf, purl.version, false);
    }
    for (size_t i = 0; i < purl.qualifier_count; i++) {
        pl_buf_append_char(&buf, i == 0 ? '?' : '&');
        pl_buf_append(&buf, purl.qualifiers[i].key);
        pl_buf_append_char(&buf, '=');
        append_encoded(&buf, purl.qualifiers[i].value, false);
    }
    append_path(&buf, purl.subpath, true, '#');
    return buf.overflowed ? PL_STR_EMPTY : pl_arena_dup(arena, pl_buf_str(&buf));
}

pl_str pl_purl_qualifier(const struct pl_purl *purl, pl_str key)
{
    for (size_t i = 0; i < purl->qualifier_count; i++) {
        if (pl_str_eq(purl->qualifiers[i].key, key)) {
            return purl->qualifiers[i].value;
        }
    }
    return PL_STR_EMPTY;
}

pl_str pl_purl_full_version(struct pl_arena *arena, const struct pl_purl *purl)
{
    pl_str epoch = pl_purl_qualifier(purl, PL_STR("epoch"));
    bool has_epochs = pl_str_eq(purl->type, PL_STR("rpm")) || pl_str_eq(purl->type, PL_STR("deb"));
    if (!has_epochs || epoch.len == 0 || purl->version.len == 0 ||
        pl_str_find_char(purl->version, ':') != SIZE_MAX) {
        return purl->version;
    }
    return pl_arena_format(arena, PL_STR_FMT ":" PL_STR_FMT, PL_STR_ARG(epoch),
                           PL_STR_ARG(purl->version));
}
