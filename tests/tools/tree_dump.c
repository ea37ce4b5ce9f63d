/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads TOML and YAML as format/toml.h and format/yaml.h do, for tests/tools/toml_oracle.py and
 * yaml_oracle.py.
 *
 * usage: tree_dump toml|yaml
 *            documents on standard input, each after a line with its length in bytes; for each one
 *            line: "+" and JSON, or "-" and the error
 *        tree_dump toml|yaml FILE...
 *            reads each file and says how fast
 */
#include "base/io.h"
#include "format/toml.h"
#include "format/yaml.h"
#include <stdio.h>

enum { LARGEST = 64 << 20 };

static enum pl_status (*parse)(pl_str text, const char *name, json_t **ret, struct pl_error *err);

static void answer(pl_str text)
{
    json_t *document pl_autojson = NULL;
    struct pl_error err = PL_ERROR_INIT;
    if (parse(text, "document", &document, &err) < 0) {
        printf("-%s\n", err.msg);
        return;
    }
    char *json pl_autofree = json_dumps(document, JSON_COMPACT | JSON_ENSURE_ASCII);
    printf("+%s\n", json ? json : "null");
}

static int serve(void)
{
    char *line pl_autofree = NULL;
    size_t room = 0;
    while (getline(&line, &room, stdin) > 0) {
        size_t len = strtoul(line, NULL, 10);
        char *text pl_autofree = len <= LARGEST ? pl_mem_alloc(len, 1) : NULL;
        if (!text || fread(text, 1, len, stdin) != len) {
            return 1;
        }
        answer(pl_str_make(text, len));
        fflush(stdout);
    }
    return 0;
}

static int measure(const char *path)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(LARGEST);
    struct pl_error err = PL_ERROR_INIT;
    json_t *document pl_autojson = NULL;
    struct timespec from = {0};
    struct timespec to = {0};
    if (pl_io_read_file(path, &text, &err) < 0) {
        fprintf(stderr, "%s\n", err.msg);
        return 1;
    }
    clock_gettime(CLOCK_MONOTONIC, &from);
    enum pl_status st = parse(pl_buf_str(&text), path, &document, &err);
    clock_gettime(CLOCK_MONOTONIC, &to);
    double seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
    printf("%s: %s, %.1f MB/s\n", path, st < 0 ? err.msg : "ok", (double)text.len / 1e6 / seconds);
    return st < 0;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        return 2;
    }
    parse = strcmp(argv[1], "toml") == 0 ? pl_toml_parse : pl_yaml_parse_all;
    int failed = 0;
    for (int i = 2; i < argc; i++) {
        failed += measure(argv[i]);
    }
    return argc > 2 ? failed > 0 : serve();
}
