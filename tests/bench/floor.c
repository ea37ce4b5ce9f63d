/* SPDX-License-Identifier: Apache-2.0 */
/*
 * floor - the least that any scanner of layers must do.
 *
 * usage: bench_floor [--jobs N] [--stored] LAYER...
 *
 * For each gzip-compressed layer given: read it, hash it as stored, inflate it, hash what came out,
 * and walk the tar headers. The stored digest is compared with the end of the layer's name, as
 * blobs are named. Nothing is looked at beyond that. A layer is a file, or http://HOST:PORT/PATH,
 * which is asked for over a plain socket. The layers are shared out among N processes, one of them
 * the default. With --stored they are only read and hashed as stored. It shares no code with
 * plimsoll.
 */
#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <isa-l/igzip_lib.h>
#include <netdb.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
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
    size_t path_len = strlen(path);
    return path_len >= 2 * (size_t)len && strcmp(hex, path + path_len - 2 * (size_t)len) == 0;
}

/* A socket from which the body of http://HOST:PORT/PATH is read next, or -1. */
static int open_url(const char *url)
{
    char host[256];
    char port[16];
    char head[1024];
    int path_at = 0;
    if (sscanf(url, "http://%255[^:]:%15[0-9]%n", host, port, &path_at) != 2) {
        return -1;
    }
    struct addrinfo *address = NULL;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    if (getaddrinfo(host, port, &hints, &address) != 0) {
        return -1;
    }
    int fd = socket(address->ai_family, SOCK_STREAM, 0);
    bool is_connected = connect(fd, address->ai_addr, address->ai_addrlen) == 0;
    freeaddrinfo(address);
    int len = snprintf(head, sizeof(head), "GET %s HTTP/1.0\r\nHost: %s:%s\r\n\r\n", url + path_at,
                       host, port);
    if (!is_connected || write(fd, head, (size_t)len) != len) {
        return -1;
    }
    /* Byte by byte to the end of the head: a few hundred. */
    size_t got = 0;
    while (got + 1 < sizeof(head) && read(fd, head + got, 1) == 1) {
        got++;
        if (got >= 4 && memcmp(head + got - 4, "\r\n\r\n", 4) == 0) {
            return strncmp(head + 8, " 200", 4) == 0 ? fd : -1;
        }
    }
    return -1;
}

static int open_layer(const char *name)
{
    return strncmp(name, "http://", 7) == 0 ? open_url(name) : open(name, O_RDONLY);
}

static int hash_stored(const char *name, uint64_t *bytes)
{
    static unsigned char block[IN_BYTES];
    EVP_MD_CTX *stored = EVP_MD_CTX_new();
    int fd = open_layer(name);
    ssize_t got = -1;
    EVP_DigestInit_ex(stored, EVP_sha256(), NULL);
    while (fd >= 0 && (got = read(fd, block, sizeof(block))) > 0) {
        EVP_DigestUpdate(stored, block, (size_t)got);
        *bytes += (uint64_t)got;
    }
    bool is_same = got == 0 && matches_name(stored, name);
    EVP_MD_CTX_free(stored);
    close(fd);
    return is_same ? 0 : 1;
}

static int walk(const char *path, uint64_t *entries, uint64_t *bytes)
{
    struct layer *layer = calloc(1, sizeof(*layer));
    layer->fd = open_layer(path);
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

struct work {
    char **layers;
    int count;
    int jobs;
    bool stored_only;
};

static int run_share(const struct work *work, int share)
{
    uint64_t entries = 0;
    uint64_t bytes = 0;
    for (int i = share; i < work->count; i += work->jobs) {
        const char *name = work->layers[i];
        if ((work->stored_only ? hash_stored(name, &bytes) : walk(name, &entries, &bytes)) != 0) {
            fprintf(stderr, "%s: not a layer, or not what its name says\n", name);
            return 1;
        }
    }
    printf("%llu entries, %llu bytes\n", (unsigned long long)entries, (unsigned long long)bytes);
    return 0;
}

int main(int argc, char **argv)
{
    struct work work = {.layers = argv + 1, .count = argc - 1, .jobs = 1};
    while (work.count > 0 && work.layers[0][0] == '-') {
        bool is_jobs = strcmp(work.layers[0], "--jobs") == 0 && work.count > 1;
        work.stored_only = work.stored_only || !is_jobs;
        work.jobs = is_jobs ? (int)strtol(work.layers[1], NULL, 10) : work.jobs;
        work.layers += is_jobs ? 2 : 1;
        work.count -= is_jobs ? 2 : 1;
    }
    int failed = 0;
    for (int share = 1; share < work.jobs; share++) {
        if (fork() == 0) {
            exit(run_share(&work, share));
        }
    }
    failed = run_share(&work, 0);
    int state = 0;
    while (wait(&state) > 0) {
        failed |= state;
    }
    return failed ? 1 : 0;
}
