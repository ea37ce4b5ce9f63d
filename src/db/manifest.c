/* SPDX-License-Identifier: Apache-2.0 */
#include "db/manifest.h"
#include "base/limits.h"
#include "format/digest.h"
#include "format/json.h"
#include "format/json_writer.h"

enum { SCHEMA = 1 };

static int compare_slices(const void *a, const void *b)
{
    const struct pl_db_slice_info *left = a;
    const struct pl_db_slice_info *right = b;
    return pl_str_cmp(left->name, right->name);
}

static void name_generation(const struct pl_db_manifest *manifest, char into[PL_DB_DIGITS + 1])
{
    struct pl_digest_state *state PL_CLEANUP(pl_digest_freep) = pl_digest_new(NULL);
    for (size_t i = 0; i < manifest->slices.count; i++) {
        const struct pl_db_slice_info *slice = &manifest->slices.items[i];
        pl_digest_update(state, pl_str_span(slice->name));
        pl_digest_update(state, pl_str_span(PL_STR("\n")));
        pl_digest_update(state, pl_str_span(slice->digits));
        pl_digest_update(state, pl_str_span(PL_STR("\n")));
    }
    struct pl_digest digest = pl_digest_finish(state);
    pl_str digits = pl_digest_str(&digest);
    digits = pl_str_sub(pl_str_skip(digits, pl_str_find_char(digits, ':') + 1), 0, PL_DB_DIGITS);
    memcpy(into, digits.ptr, digits.len);
    into[digits.len] = '\0';
}

void pl_db_manifest_seal(struct pl_db_manifest *manifest)
{
    if (manifest->slices.count > 1) {
        qsort(manifest->slices.items, manifest->slices.count, sizeof(*manifest->slices.items),
              compare_slices);
    }
    name_generation(manifest, manifest->generation);
}

pl_str pl_db_manifest_fetched(const struct pl_db_manifest *manifest)
{
    pl_str latest = PL_STR_EMPTY;
    for (size_t i = 0; i < manifest->slices.count; i++) {
        if (pl_str_cmp(manifest->slices.items[i].fetched, latest) > 0) {
            latest = manifest->slices.items[i].fetched;
        }
    }
    return latest;
}

static void write_number(struct pl_json_writer *json, const char *key, uint64_t value)
{
    pl_json_writer_key(json, key);
    pl_json_writer_uint(json, value);
}

static void write_slice(struct pl_json_writer *json, const struct pl_db_slice_info *slice)
{
    pl_json_writer_begin_object(json);
    pl_json_writer_member(json, "name", slice->name);
    pl_json_writer_member(json, "content", slice->digits);
    write_number(json, "records", slice->records);
    write_number(json, "packages", slice->keys);
    write_number(json, "exploitations", slice->exploitations);
    write_number(json, "size_bytes", slice->size_bytes);
    pl_json_writer_member(json, "modified", slice->modified);
    pl_json_writer_key(json, "ecosystems");
    pl_json_writer_begin_array(json);
    for (size_t i = 0; i < slice->ecosystems.count; i++) {
        pl_json_writer_string(json, slice->ecosystems.items[i]);
    }
    pl_json_writer_end_array(json);
    const struct {
        const char *key;
        pl_str value;
    } origins[] = {{"source", slice->source},
                   {"etag", slice->etag},
                   {"last_modified", slice->last_modified},
                   {"selection", slice->selection},
                   {"cursor", slice->cursor},
                   {"fetched", slice->fetched}};
    for (size_t i = 0; i < PL_ARRAY_LEN(origins); i++) {
        if (origins[i].value.len > 0) {
            pl_json_writer_member(json, origins[i].key, origins[i].value);
        }
    }
    pl_json_writer_end_object(json);
}

enum pl_status pl_db_manifest_write(const struct pl_db_manifest *manifest, struct pl_buf *into,
                                    struct pl_error *err)
{
    struct pl_writer writer;
    struct pl_json_writer json;
    pl_writer_init_buf(&writer, into);
    pl_json_writer_init(&json, &writer);
    pl_json_writer_begin_object(&json);
    write_number(&json, "schema", SCHEMA);
    pl_json_writer_member(&json, "generation", pl_str_from(manifest->generation));
    pl_json_writer_member(&json, "created", manifest->created);
    pl_json_writer_key(&json, "slices");
    pl_json_writer_begin_array(&json);
    for (size_t i = 0; i < manifest->slices.count; i++) {
        write_slice(&json, &manifest->slices.items[i]);
    }
    pl_json_writer_end_array(&json);
    pl_json_writer_end_object(&json);
    pl_json_writer_finish(&json);
    return pl_writer_finish(&writer, err);
}

static pl_str keep(struct pl_arena *arena, const json_t *object, const char *key)
{
    return pl_arena_dup(arena, pl_json_str(object, key));
}

/* They become the name of a file. */
static bool are_digits(pl_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!pl_char_is_digit(c) && (c < 'a' || c > 'f')) {
            return false;
        }
    }
    return text.len == PL_DB_DIGITS;
}

static enum pl_status parse_slice(struct pl_arena *arena, const json_t *item,
                                  struct pl_db_slice_info *slice, struct pl_error *err)
{
    *slice = (struct pl_db_slice_info){.name = keep(arena, item, "name"),
                                       .digits = keep(arena, item, "content"),
                                       .records = pl_json_uint(item, "records"),
                                       .keys = pl_json_uint(item, "packages"),
                                       .exploitations = pl_json_uint(item, "exploitations"),
                                       .size_bytes = pl_json_uint(item, "size_bytes"),
                                       .modified = keep(arena, item, "modified"),
                                       .source = keep(arena, item, "source"),
                                       .etag = keep(arena, item, "etag"),
                                       .last_modified = keep(arena, item, "last_modified"),
                                       .selection = keep(arena, item, "selection"),
                                       .cursor = keep(arena, item, "cursor"),
                                       .fetched = keep(arena, item, "fetched")};
    const json_t *ecosystems = pl_json_array(item, "ecosystems");
    for (size_t i = 0; i < json_array_size(ecosystems); i++) {
        *pl_vec_push(arena, &slice->ecosystems) =
            pl_arena_dup(arena, pl_json_text(json_array_get(ecosystems, i)));
    }
    if (slice->name.len == 0 || !are_digits(slice->digits)) {
        return pl_error_set(err, PL_E_PARSE, "a slice has no name, or no 32 digits of its content");
    }
    return PL_OK;
}

enum pl_status pl_db_manifest_parse(struct pl_arena *arena, pl_str text, struct pl_db_manifest *ret,
                                    struct pl_error *err)
{
    json_t *document pl_autojson = NULL;
    struct pl_db_manifest manifest = {.created = PL_STR_EMPTY};
    enum pl_status st = pl_json_parse(text, "the database's manifest", &document, err);
    if (st < 0) {
        return st;
    }
    if (pl_json_uint(document, "schema") != SCHEMA) {
        return pl_error_set(err, PL_E_UNSUPPORTED,
                            "the database was made by another version of plimsoll; run \"plimsoll "
                            "db update\"");
    }
    manifest.created = keep(arena, document, "created");
    const json_t *slices = pl_json_array(document, "slices");
    for (size_t i = 0; i < json_array_size(slices) && st == PL_OK; i++) {
        st = parse_slice(arena, json_array_get(slices, i), pl_vec_push(arena, &manifest.slices),
                         err);
    }
    if (st < 0) {
        return st;
    }
    pl_db_manifest_seal(&manifest);
    if (!pl_str_eq(pl_str_from(manifest.generation), pl_json_str(document, "generation"))) {
        return pl_error_set(err, PL_E_PARSE,
                            "the database's manifest does not fit its generation's name");
    }
    *ret = manifest;
    return PL_OK;
}
