/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first byte picks what the rest is read as. What decodes must encode, and what was encoded
 * must decode again and encode to the same bytes.
 */
#include "db/info.h"
#include "db/record.h"
#include "target.h"
#include <stdlib.h>

enum { CEILING = 256 << 20 };

static void expect_same(const struct pl_buf *a, const struct pl_buf *b)
{
    if (!pl_str_eq(pl_buf_str(a), pl_buf_str(b))) {
        abort();
    }
}

static void try_record(struct pl_arena *arena, pl_str bytes)
{
    struct pl_advisory advisory = {.id = PL_STR_EMPTY};
    struct pl_db_key_refs keys = {0};
    struct pl_error err = PL_ERROR_INIT;
    if (pl_db_record_decode(arena, bytes, &advisory, &keys, &err) < 0) {
        return;
    }
    for (size_t i = 0; i < keys.count; i++) {
        *pl_vec_push(arena, &advisory.affected) =
            (struct pl_affected){.ecosystem = keys.items[i].ecosystem, .name = keys.items[i].name};
    }
    struct pl_buf first pl_autobuf = PL_BUF_INIT(CEILING);
    struct pl_buf second pl_autobuf = PL_BUF_INIT(CEILING);
    pl_db_record_encode(&first, &advisory);
    struct pl_affecteds named = advisory.affected;
    if (pl_db_record_decode(arena, pl_buf_str(&first), &advisory, &keys, &err) < 0) {
        abort();
    }
    advisory.affected = named;
    pl_db_record_encode(&second, &advisory);
    expect_same(&first, &second);
}

static bool recode_claim(struct pl_arena *arena, pl_str bytes, struct pl_buf *into)
{
    struct pl_db_claim claim = {0};
    struct pl_error err = PL_ERROR_INIT;
    if (pl_db_claim_decode(arena, bytes, &claim, &err) < 0) {
        return false;
    }
    pl_db_claim_encode(into, &claim);
    return true;
}

static bool recode_list(struct pl_arena *arena, pl_str bytes, struct pl_buf *into)
{
    struct pl_strs versions = {0};
    uint64_t list = 0;
    struct pl_error err = PL_ERROR_INIT;
    if (pl_db_list_decode(arena, bytes, &list, &versions, &err) < 0) {
        return false;
    }
    pl_db_list_encode(into, list, &versions);
    return true;
}

/* What can be read is written so that it reads the same. */
static void try_twice(struct pl_arena *arena, pl_str bytes,
                      bool (*recode)(struct pl_arena *arena, pl_str bytes, struct pl_buf *into))
{
    struct pl_buf first pl_autobuf = PL_BUF_INIT(CEILING);
    struct pl_buf second pl_autobuf = PL_BUF_INIT(CEILING);
    if (!recode(arena, bytes, &first)) {
        return;
    }
    if (!recode(arena, pl_buf_str(&first), &second)) {
        abort();
    }
    expect_same(&first, &second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_db_meta meta = {.modified = PL_STR_EMPTY};
    pl_str bytes = pl_str_skip(pl_str_make((const char *)data, size), 1);
    if (size == 0) {
        return 0;
    }
    if (data[0] % 4 == 0) {
        try_record(&arena, bytes);
    } else if (data[0] % 4 == 1) {
        try_twice(&arena, bytes, recode_claim);
    } else if (data[0] % 4 == 2) {
        try_twice(&arena, bytes, recode_list);
    } else {
        pl_db_meta_decode(&arena, bytes, &meta, NULL);
    }
    return 0;
}
