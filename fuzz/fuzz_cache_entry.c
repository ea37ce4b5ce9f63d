/* SPDX-License-Identifier: Apache-2.0 */
/* An entry as it may lie in the cache's directory: the input, and what the input is packed to. */
#include "cache/entry.h"
#include "target.h"
#include <assert.h>

enum { CEILING = 1 << 16 };

static void read_entry(pl_str bytes, pl_str key)
{
    struct pl_arena arena pl_autoarena = {0};
    pl_str value = PL_STR_EMPTY;
    if (pl_cache_entry_read(&arena, bytes, key, CEILING, &value)) {
        assert(value.len <= CEILING);
        unsigned sum = 0;
        for (size_t i = 0; i < value.len; i++) {
            sum += (unsigned char)value.ptr[i];
        }
        assert(sum <= 255 * value.len);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const pl_str input = pl_str_make((const char *)data, size);
    pl_str key = PL_STR_EMPTY;
    if (pl_cache_entry_key(input, &key)) {
        assert(key.len <= PL_CACHE_KEY_BYTES);
        read_entry(input, key);
    }
    read_entry(input, PL_STR("key"));
    /* The other way round: what was packed is found, and under no other key. */
    pl_str value = pl_str_sub(input, 0, CEILING);
    struct pl_buf packed pl_autobuf = PL_BUF_INIT(pl_cache_entry_bound(PL_STR("key"), value));
    assert(pl_cache_entry_pack(&packed, PL_STR("key"), value));
    struct pl_arena arena pl_autoarena = {0};
    pl_str got = PL_STR_EMPTY;
    assert(pl_cache_entry_read(&arena, pl_buf_str(&packed), PL_STR("key"), CEILING, &got));
    assert(pl_str_eq(got, value));
    assert(!pl_cache_entry_read(&arena, pl_buf_str(&packed), PL_STR("kez"), CEILING, &got));
    /* One of its bytes is another. */
    if (size >= 3) {
        size_t at = (size_t)(data[0] | data[1] << 8) % packed.len;
        packed.ptr[at] = (char)(packed.ptr[at] ^ data[2]);
        read_entry(pl_buf_str(&packed), PL_STR("key"));
    }
    return 0;
}
