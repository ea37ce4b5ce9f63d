/* SPDX-License-Identifier: Apache-2.0 */
#include "command/registry_options.h"
#include "base/budget.h"
#include "base/io.h"
#include <errno.h>
#include <limits.h>
#include <unistd.h>

enum { MOST_TOKEN_BYTES = 64 << 10 };

#define DEFAULT_CACHE_BYTES (1ULL << 30)

static enum pl_status read_token(const char *file, struct pl_arena *arena, pl_str *ret,
                                 struct pl_error *err)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(MOST_TOKEN_BYTES);
    enum pl_status st = strcmp(file, "-") == 0
                            ? pl_io_read_all(STDIN_FILENO, "standard input", &text, err)
                            : pl_io_read_file(file, &text, err);
    pl_str token = pl_str_trim(pl_buf_str(&text));
    if (st < 0) {
        return pl_error_wrap(err, "--registry-token");
    }
    for (size_t i = 0; i < token.len; i++) {
        if (token.ptr[i] <= ' ' || token.ptr[i] == 0x7f) {
            token.len = 0;
        }
    }
    if (token.len == 0) {
        return pl_error_set(err, PL_E_USAGE, "--registry-token %s: it holds no token", file);
    }
    *ret = pl_arena_dup(arena, token);
    explicit_bzero(text.ptr, text.len);
    return PL_OK;
}

enum pl_status pl_registry_options_read(const struct pl_args *args, struct pl_arena *arena,
                                        struct pl_registry_options *ret, struct pl_error *err)
{
    struct pl_registry_options options = {
        .ca_file = pl_args_value(args, "registry-ca", NULL),
        .client_cert = pl_args_value(args, "registry-cert", NULL),
        .client_key = pl_args_value(args, "registry-key", NULL),
    };
    if (!options.client_cert != !options.client_key) {
        return pl_error_set(err, PL_E_USAGE, "--registry-cert and --registry-key go together");
    }
    const char *files[] = {options.ca_file, options.client_cert, options.client_key};
    for (size_t i = 0; i < PL_ARRAY_LEN(files); i++) {
        if (files[i] && access(files[i], R_OK) != 0) {
            return pl_error_sys(err, errno, "%s", files[i]);
        }
    }
    const char *host = NULL;
    for (size_t i = 0; (host = pl_args_nth(args, "insecure-registry", i)) != NULL; i++) {
        *pl_vec_push(arena, &options.insecure) = pl_str_from(host);
    }
    const char *token = pl_args_value(args, "registry-token", NULL);
    enum pl_status st = token ? read_token(token, arena, &options.token, err) : PL_OK;
    if (st == PL_OK) {
        *ret = options;
    }
    return st;
}

enum pl_status pl_command_cache_open(struct pl_cache **ret, struct pl_error *err)
{
    char buffer[PATH_MAX];
    uint64_t max_bytes = DEFAULT_CACHE_BYTES;
    const char *size = getenv("PLIMSOLL_CACHE_SIZE");
    enum pl_status st =
        size && size[0] ? pl_amount_parse(pl_str_from(size), &max_bytes, err) : PL_OK;
    if (st < 0) {
        return pl_error_wrap(err, "PLIMSOLL_CACHE_SIZE");
    }
    st = pl_cache_open(pl_command_cache_dir(buffer, sizeof(buffer)), max_bytes, ret, err);
    return st < 0 ? pl_error_wrap(err, "the cache") : st;
}

enum pl_status pl_command_cache_for_scan(const struct pl_args *args, struct pl_cache **ret,
                                         struct pl_error *err)
{
    if (pl_args_flag(args, "no-cache")) {
        return PL_OK;
    }
    struct pl_error why = PL_ERROR_INIT;
    enum pl_status st = pl_command_cache_open(ret, &why);
    if (st == PL_E_USAGE) {
        *err = why;
        return st;
    }
    if (st < 0) {
        fprintf(stderr,
                "plimsoll: %s; nothing is kept for the next scan (--no-cache silences this)\n",
                why.msg);
    }
    return PL_OK;
}
