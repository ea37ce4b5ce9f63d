/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/reader/names.h"
#include "base/buf.h"
#include "base/compiler.h"
#include "net/http.h"

pl_str pl_feed_cve(pl_str text)
{
    size_t at = pl_str_find(text, PL_STR("CVE-"));
    if (at == SIZE_MAX) {
        return PL_STR_EMPTY;
    }
    text = pl_str_skip(text, at);
    size_t len = strlen("CVE-");
    while (len < text.len && (pl_char_is_digit(text.ptr[len]) || text.ptr[len] == '-')) {
        len++;
    }
    return len > strlen("CVE-") ? pl_str_sub(text, 0, len) : PL_STR_EMPTY;
}

static bool is_arch(pl_str text)
{
    static const char *const known[] = {"aarch64", "athlon", "i386",        "i486",    "i586",
                                        "i686",    "ia64",   "loongarch64", "noarch",  "nosrc",
                                        "ppc",     "ppc64",  "ppc64le",     "riscv64", "s390",
                                        "s390x",   "src",    "x86_64"};
    for (size_t i = 0; i < PL_ARRAY_LEN(known); i++) {
        if (pl_str_eq(text, pl_str_from(known[i]))) {
            return true;
        }
    }
    return false;
}

bool pl_feed_nevra(pl_str text, pl_str *ret_name, pl_str *ret_evr, pl_str *ret_arch)
{
    if (pl_str_ends_with(text, PL_STR(".rpm"))) {
        text = pl_str_sub(text, 0, text.len - 4);
    }
    size_t dot = pl_str_find_last_char(text, '.');
    pl_str arch = dot == SIZE_MAX ? PL_STR_EMPTY : pl_str_skip(text, dot + 1);
    if (is_arch(arch)) {
        text = pl_str_sub(text, 0, dot);
    } else {
        arch = PL_STR_EMPTY;
    }
    size_t release = pl_str_find_last_char(text, '-');
    size_t version =
        release == SIZE_MAX ? SIZE_MAX : pl_str_find_last_char(pl_str_sub(text, 0, release), '-');
    if (version == SIZE_MAX || version == 0 || release == version + 1 || release + 1 == text.len) {
        return false;
    }
    *ret_name = pl_str_sub(text, 0, version);
    *ret_evr = pl_str_skip(text, version + 1);
    *ret_arch = arch;
    return true;
}

pl_str pl_feed_unescaped(struct pl_arena *arena, pl_str text)
{
    struct pl_buf buf pl_autobuf = PL_BUF_INIT(text.len + 1);
    pl_http_append_unescaped(&buf, text);
    return pl_arena_dup(arena, pl_buf_str(&buf));
}
