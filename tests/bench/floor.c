/* SPDX-License-Identifier: Apache-2.0 */
/*
 * floor - the least that any scanner of layers must do, on one thread.
 *
 * For each gzip-compressed layer given: read it, hash it as stored, inflate it, hash what came out,
 * and walk the tar headers. The stored digest is compared with the file's name, as blobs of an OCI
 * layout are named. Nothing is looked at beyond that. It shares no code with plimsoll.
 */
#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <isa-l/igzip_lib.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { IN_BYTES = 256 << 10, OUT_BYTES = 256 << 10 };

struct layer {
    int fd;
    struct inflate_state inflate;
    EVP_MD_CTX *stored;
    EVP_MD_CTX *open;
    uint8_t in[IN_BYTES];
    uint8_t out[OUT_BYTES];
    uint64_t open_bytes;
    bool at_end;
};

static la_ssize_t pull(struct archive *archive, void *context, const void **ret)
{
    struct layer *layer = context;
    (void)archive;
    while (!layer->at_end) {
        if (layer->inflate.avail_in == 0) {
            ssize_t got = read(layer->fd, layer->in, sizeof(layer->in));
            if (got < 0) {
                return -1;
            }
            layer->at_end = got == 0;
            EVP_DigestUpdate(layer->stored, layer->in, (size_t)got);
            layer->inflate.next_in = layer->in;
            layer->inflate.avail_in = (uint32_t)got;
        }
        layer->inflate.next_out = layer->out;
        layer->inflate.avail_out = sizeof(layer->out);
        if (isal_inflate(&layer->inflate) < 0) {
            return -1;
        }
        size_t made = sizeof(layer->out) - layer->inflate.avail_out;
        if (layer->inflate.block_state == ISAL_BLOCK_FINISH) {
            layer->inflate.avail_in = 0;
        }
        if (made > 0) {
            EVP_DigestUpdate(layer->open, layer->out, made);
            layer->open_bytes += made;
            *ret = layer->out;
            return (la_ssize_t)made;
        }
    }
    return 0;
}

static bool matches_name(EVP_MD_CTX *context, const char *path)
{
    unsigned char raw[EVP_MAX_MD_SIZE];
    unsigned int len = 0;
    char hex[2 * EVP_MAX_MD_SIZE + 1];
    EVP_DigestFinal_ex(context, raw, &len);
    for (unsigned int i = 0; i < len; i++) {
        snprintf(hex + 2 * i, 3, "%02x", raw[i]);
    }
    const char *slash = strrchr(path, '/');
    return strcmp(hex, slash ? slash + 1 : path) == 0;
}

static int walk(const char *path, uint64_t *entries, uint64_t *bytes)
{
    struct layer *layer = calloc(1, sizeof(*layer));
    layer->fd = open(path, O_RDONLY);
    layer->stored = EVP_MD_CTX_new();
    layer->open = EVP_MD_CTX_new();
    EVP_DigestInit_ex(layer->stored, EVP_sha256(), NULL);
    EVP_DigestInit_ex(layer->open, EVP_sha256(), NULL);
    isal_inflate_init(&layer->inflate);
    layer->inflate.crc_flag = ISAL_GZIP;
    struct archive *archive = archive_read_new();
    struct archive_entry *entry = NULL;
    archive_read_support_format_tar(archive);
    int failed = layer->fd < 0 || archive_read_open(archive, layer, NULL, pull, NULL) != ARCHIVE_OK;
    int code = ARCHIVE_OK;
    while (!failed && (code = archive_read_next_header(archive, &entry)) >= ARCHIVE_WARN &&
           code != ARCHIVE_EOF) {
        (*entries)++;
    }
    const void *rest = NULL;
    while (!failed && pull(archive, layer, &rest) > 0) {
    }
    unsigned char raw[EVP_MAX_MD_SIZE];
    unsigned int len = 0;
    EVP_DigestFinal_ex(layer->open, raw, &len);
    failed = failed || code != ARCHIVE_EOF || !matches_name(layer->stored, path);
    *bytes += layer->open_bytes;
    archive_read_free(archive);
    EVP_MD_CTX_free(layer->stored);
    EVP_MD_CTX_free(layer->open);
    close(layer->fd);
    free(layer);
    return failed;
}

int main(int argc, char **argv)
{
    uint64_t entries = 0;
    uint64_t bytes = 0;
    for (int i = 1; i < argc; i++) {
        if (walk(argv[i], &entries, &bytes) != 0) {
            fprintf(stderr, "%s: not a layer, or not what its name says\n", argv[i]);
            return 1;
        }
    }
    printf("%llu entries, %llu bytes\n", (unsigned long long)entries, (unsigned long long)bytes);
    return 0;
}
