/* SPDX-License-Identifier: Apache-2.0 */
#include "format/digest.h"
#include <openssl/evp.h>

static const struct algorithm {
    const char *prefix;
    size_t hex_digits;
    const EVP_MD *(*method)(void);
} algorithms[] = {
    {"sha256:", 64, EVP_sha256},
    {"sha512:", 128, EVP_sha512},
};

struct pl_digest_state {
    EVP_MD_CTX *context;
    const struct algorithm *algorithm;
};

static const struct algorithm *algorithm_of(pl_str text)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(algorithms); i++) {
        if (pl_str_starts_with(text, pl_str_from(algorithms[i].prefix))) {
            return &algorithms[i];
        }
    }
    return NULL;
}

enum pl_status pl_digest_parse(pl_str text, struct pl_digest *ret, struct pl_error *err)
{
    const struct algorithm *algorithm = algorithm_of(text);
    if (!algorithm && pl_str_find_char(text, ':') != SIZE_MAX && text.len < 512) {
        return pl_error_set(err, PL_E_UNSUPPORTED,
                            "digest \"" PL_STR_FMT "\": only sha256 and sha512 are known",
                            PL_STR_ARG(text));
    }
    size_t prefix = algorithm ? strlen(algorithm->prefix) : 0;
    bool good = algorithm && text.len == prefix + algorithm->hex_digits;
    for (size_t i = prefix; good && i < text.len; i++) {
        char c = text.ptr[i];
        good = pl_char_is_digit(c) || (c >= 'a' && c <= 'f');
    }
    if (!good) {
        return pl_error_set(err, PL_E_PARSE, "\"" PL_STR_FMT "\" is not a digest",
                            PL_STR_ARG(pl_str_sub(text, 0, 160)));
    }
    memcpy(ret->text, text.ptr, text.len);
    ret->text[text.len] = '\0';
    return PL_OK;
}

static const struct algorithm *algorithm_like(const struct pl_digest *like)
{
    const struct algorithm *algorithm = like ? algorithm_of(pl_digest_str(like)) : NULL;
    return algorithm ? algorithm : &algorithms[0];
}

bool pl_digest_is_alike(const struct pl_digest *a, const struct pl_digest *b)
{
    return algorithm_like(a) == algorithm_like(b);
}

struct pl_digest_state *pl_digest_new(const struct pl_digest *like)
{
    struct pl_digest_state *state = pl_mem_alloc(1, sizeof(*state));
    state->algorithm = algorithm_like(like);
    state->context = EVP_MD_CTX_new();
    if (!state->context || !EVP_DigestInit_ex(state->context, state->algorithm->method(), NULL)) {
        pl_mem_abort(0);
    }
    return state;
}

void pl_digest_free(struct pl_digest_state *state)
{
    if (state) {
        EVP_MD_CTX_free(state->context);
        free(state);
    }
}

void pl_digest_update(struct pl_digest_state *state, pl_span bytes)
{
    EVP_DigestUpdate(state->context, bytes.ptr, bytes.len);
}

static struct pl_digest written(const char *prefix, const unsigned char *raw, unsigned int len)
{
    static const char hex[] = "0123456789abcdef";
    struct pl_digest digest;
    size_t used = strlen(prefix);
    memcpy(digest.text, prefix, used);
    for (unsigned int i = 0; i < len; i++) {
        digest.text[used++] = hex[raw[i] >> 4];
        digest.text[used++] = hex[raw[i] & 15];
    }
    digest.text[used] = '\0';
    return digest;
}

struct pl_digest pl_digest_finish(struct pl_digest_state *state)
{
    unsigned char raw[EVP_MAX_MD_SIZE];
    unsigned int len = 0;
    EVP_DigestFinal_ex(state->context, raw, &len);
    return written(state->algorithm->prefix, raw, len);
}

struct pl_digest pl_digest_sha1(pl_span bytes)
{
    unsigned char raw[EVP_MAX_MD_SIZE];
    unsigned int len = 0;
    if (!EVP_Digest(bytes.ptr, bytes.len, raw, &len, EVP_sha1(), NULL)) {
        pl_mem_abort(0);
    }
    return written("sha1:", raw, len);
}

struct pl_digest pl_digest_of(pl_span bytes, const struct pl_digest *like)
{
    struct pl_digest_state *state PL_CLEANUP(pl_digest_freep) = pl_digest_new(like);
    pl_digest_update(state, bytes);
    return pl_digest_finish(state);
}

enum pl_status pl_digest_verify(const char *what, const struct pl_digest *got,
                                const struct pl_digest *wanted, struct pl_error *err)
{
    if (strcmp(got->text, wanted->text) == 0) {
        return PL_OK;
    }
    return pl_error_set(err, PL_E_TRUST,
                        "%s is refused: its content has the digest %s, but it is addressed by %s",
                        what, got->text, wanted->text);
}
