/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/signature.h"
#include "base/io.h"
#include "base/limits.h"
#include "format/digest.h"
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

struct pl_key {
    EVP_PKEY *pkey;
    /* NULL where the algorithm hashes by itself. */
    const EVP_MD *hash;
};

enum { ID_CHARS = 7 + 16 };

static enum pl_status check_kind(EVP_PKEY *pkey, const char *name, const EVP_MD **ret_hash,
                                 struct pl_error *err)
{
    char group[80] = "";
    if (EVP_PKEY_is_a(pkey, "ED25519")) {
        *ret_hash = NULL;
        return PL_OK;
    }
    if (EVP_PKEY_is_a(pkey, "EC") &&
        EVP_PKEY_get_group_name(pkey, group, sizeof(group), NULL) == 1 &&
        pl_str_eq(pl_str_from(group), PL_STR("prime256v1"))) {
        *ret_hash = EVP_sha256();
        return PL_OK;
    }
    const char *type = EVP_PKEY_get0_type_name(pkey);
    return pl_error_set(err, PL_E_UNSUPPORTED,
                        "%s: it is a key of the kind %s%s%s; P-256 and Ed25519 are understood",
                        name, type ? type : "unknown", group[0] ? " on " : "", group);
}

struct lock {
    pl_str passphrase;
    bool is_locked; /* the key is encrypted */
};

/* Asked for when a key is encrypted: there is nobody to type it. OpenSSL wipes its buffer. */
static int give_passphrase(char *buffer, int size, int is_writing, void *context)
{
    struct lock *lock = context;
    lock->is_locked = true;
    if (is_writing || lock->passphrase.len == 0 || lock->passphrase.len > (size_t)size) {
        return -1;
    }
    memcpy(buffer, lock->passphrase.ptr, lock->passphrase.len);
    return (int)lock->passphrase.len;
}

static enum pl_status no_private_key(const char *name, pl_str pem, const struct lock *lock,
                                     struct pl_error *err)
{
    if (lock->is_locked && lock->passphrase.len > 0) {
        return pl_error_set(err, PL_E_DENIED, "%s: the passphrase does not open the key", name);
    }
    if (lock->is_locked) {
        return pl_error_set(err, PL_E_USAGE,
                            "%s: the key is encrypted; its passphrase is taken from "
                            "--key-passphrase-file FILE, or else from " PL_KEY_PASSPHRASE_VARIABLE,
                            name);
    }
    if (pl_str_contains(pem, PL_STR("BEGIN ENCRYPTED SIGSTORE PRIVATE KEY")) ||
        pl_str_contains(pem, PL_STR("BEGIN ENCRYPTED COSIGN PRIVATE KEY"))) {
        return pl_error_set(err, PL_E_UNSUPPORTED,
                            "%s: the key is encrypted in cosign's own way, and cosign gives none "
                            "out; one of \"openssl genpkey\" works for both, for cosign by "
                            "\"cosign import-key-pair --key FILE\"",
                            name);
    }
    return pl_error_set(err, PL_E_USAGE, "%s: it holds no private key (PEM)%s", name,
                        pl_str_contains(pem, PL_STR("BEGIN PUBLIC KEY"))
                            ? " but a public one, which verifies and does not sign"
                            : "");
}

static enum pl_status no_public_key(const char *name, pl_str pem, struct pl_error *err)
{
    return pl_error_set(err, PL_E_USAGE, "%s: it holds no public key (PEM)%s", name,
                        pl_str_contains(pem, PL_STR("PRIVATE KEY"))
                            ? " but a private one; \"openssl pkey -pubout\" gives its public half"
                            : "");
}

static enum pl_status make_key(EVP_PKEY *pkey, const char *name, struct pl_key **ret,
                               struct pl_error *err)
{
    const EVP_MD *hash = NULL;
    enum pl_status st = check_kind(pkey, name, &hash, err);
    if (st < 0) {
        EVP_PKEY_free(pkey);
        return st;
    }
    struct pl_key *key = pl_mem_alloc(1, sizeof(*key));
    *key = (struct pl_key){pkey, hash};
    *ret = key;
    return PL_OK;
}

static BIO *open_text(pl_str text)
{
    BIO *bio = BIO_new_mem_buf(text.ptr, (int)text.len);
    if (!bio) {
        pl_mem_abort(text.len);
    }
    return bio;
}

enum pl_status pl_key_read_private(const char *path, pl_str passphrase, struct pl_key **ret,
                                   struct pl_error *err)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_KEY_BYTES);
    enum pl_status st = pl_io_read_file(path, &text, err);
    if (st < 0) {
        return st;
    }
    struct lock lock = {.passphrase = passphrase};
    BIO *bio = open_text(pl_buf_str(&text));
    EVP_PKEY *pkey = PEM_read_bio_PrivateKey(bio, NULL, give_passphrase, &lock);
    BIO_free(bio);
    st =
        pkey ? make_key(pkey, path, ret, err) : no_private_key(path, pl_buf_str(&text), &lock, err);
    if (text.len > 0) {
        OPENSSL_cleanse(text.ptr, text.len);
    }
    return st;
}

enum pl_status pl_key_parse_public(pl_str pem, const char *name, struct pl_key **ret,
                                   struct pl_error *err)
{
    if (pem.len > PL_LIMIT_KEY_BYTES) {
        return pl_error_set(err, PL_E_LIMIT, "%s is too large for a key", name);
    }
    BIO *bio = open_text(pem);
    EVP_PKEY *pkey = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
    BIO_free(bio);
    return pkey ? make_key(pkey, name, ret, err) : no_public_key(name, pem, err);
}

enum pl_status pl_key_read_public(const char *path, struct pl_key **ret, struct pl_error *err)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_KEY_BYTES);
    enum pl_status st = pl_io_read_file(path, &text, err);
    if (st == PL_OK) {
        st = pl_key_parse_public(pl_buf_str(&text), path, ret, err);
    }
    if (text.len > 0) {
        OPENSSL_cleanse(text.ptr, text.len); /* it may be a private one by mistake */
    }
    return st;
}

void pl_key_free(struct pl_key *key)
{
    if (key) {
        EVP_PKEY_free(key->pkey);
        free(key);
    }
}

pl_str pl_key_id(struct pl_arena *arena, const struct pl_key *key)
{
    unsigned char *der = NULL;
    int len = i2d_PUBKEY(key->pkey, &der);
    if (len <= 0) {
        return PL_STR("unknown");
    }
    struct pl_digest digest = pl_digest_of((pl_span){der, (size_t)len}, NULL);
    OPENSSL_free(der);
    return pl_arena_dup(arena, pl_str_sub(pl_digest_str(&digest), 0, ID_CHARS));
}

static EVP_MD_CTX *new_context(void)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (!context) {
        pl_mem_abort(sizeof(void *));
    }
    return context;
}

enum pl_status pl_key_sign(const struct pl_key *key, struct pl_arena *arena, pl_str message,
                           pl_str *ret, struct pl_error *err)
{
    EVP_MD_CTX *context = new_context();
    const unsigned char *bytes = (const unsigned char *)message.ptr;
    unsigned char *made = NULL;
    size_t len = 0;
    bool is_good = EVP_DigestSignInit(context, NULL, key->hash, NULL, key->pkey) == 1 &&
                   EVP_DigestSign(context, NULL, &len, bytes, message.len) == 1;
    if (is_good) {
        made = pl_arena_alloc(arena, len, 1);
        is_good = EVP_DigestSign(context, made, &len, bytes, message.len) == 1;
    }
    EVP_MD_CTX_free(context);
    if (!is_good) {
        return pl_error_set(err, PL_E_INTERNAL, "signing failed");
    }
    *ret = pl_str_make((const char *)made, len);
    return PL_OK;
}

enum pl_status pl_key_verify(const struct pl_key *key, pl_str message, pl_str signature,
                             struct pl_error *err)
{
    EVP_MD_CTX *context = new_context();
    bool is_good = EVP_DigestVerifyInit(context, NULL, key->hash, NULL, key->pkey) == 1 &&
                   EVP_DigestVerify(context, (const unsigned char *)signature.ptr, signature.len,
                                    (const unsigned char *)message.ptr, message.len) == 1;
    EVP_MD_CTX_free(context);
    return is_good ? PL_OK : pl_error_set(err, PL_E_TRUST, "the signature is not of this key");
}
