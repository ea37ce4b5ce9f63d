/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replays a corpus without libFuzzer: each file of the directory given as the argument, and every
 * prefix of the small ones, so that each target also meets truncated input.
 */
#include "base/io.h"
#include "target.h"
#include <dirent.h>
#include <limits.h>

enum { LARGEST_SEED = 16 << 20, ALL_PREFIXES_BELOW = 2048 };

/* A copy of exactly the size, so that AddressSanitizer sees a read past the end. */
static void run_one(pl_str content)
{
    uint8_t *copy pl_autofree = pl_mem_alloc(content.len, 1);
    if (content.len > 0) {
        memcpy(copy, content.ptr, content.len);
    }
    LLVMFuzzerTestOneInput(copy, content.len);
}

static int replay_file(const char *path)
{
    struct pl_buf content pl_autobuf = PL_BUF_INIT(LARGEST_SEED);
    struct pl_error err = PL_ERROR_INIT;
    if (pl_io_read_file(path, &content, &err) < 0) {
        fprintf(stderr, "%s\n", err.msg);
        return 1;
    }
    pl_str all = pl_buf_str(&content);
    size_t step = all.len < ALL_PREFIXES_BELOW ? 1 : all.len / 64;
    for (size_t len = 0; len < all.len; len += step) {
        run_one(pl_str_sub(all, 0, len));
    }
    run_one(all);
    return 0;
}

int main(int argc, char **argv)
{
    DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
    if (!dir) {
        fprintf(stderr, "usage: %s CORPUS-DIRECTORY\n", argv[0]);
        return 2;
    }
    int failed = 0;
    int replayed = 0;
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        char path[PATH_MAX];
        if (entry->d_name[0] != '.' &&
            snprintf(path, sizeof(path), "%s/%s", argv[1], entry->d_name) < (int)sizeof(path)) {
            failed += replay_file(path);
            replayed++;
        }
    }
    closedir(dir);
    printf("%d inputs replayed\n", replayed);
    return failed == 0 && replayed > 0 ? 0 : 1;
}
