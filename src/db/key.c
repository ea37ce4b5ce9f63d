/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How each ecosystem compares package names. A name is put into its ecosystem's canonical form both
 * when the database is built and when it is asked, so that "Flask_Login" finds "flask-login".
 * Ecosystems that are not in the table compare names byte by byte.
 */
#include "base/compiler.h"
#include "db/record.h"

/* PEP 503: lower case, and each run of '-', '_' and '.' is one '-'. */
static void append_pep503(struct pl_buf *buf, pl_str name)
{
    bool in_run = false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool separates = c == '-' || c == '_' || c == '.';
        if (!separates) {
            pl_buf_append_char(buf, pl_char_lower(c));
        } else if (!in_run) {
            pl_buf_append_char(buf, '-');
        }
        in_run = separates;
    }
}

static void append_lower(struct pl_buf *buf, pl_str name)
{
    for (size_t i = 0; i < name.len; i++) {
        pl_buf_append_char(buf, pl_char_lower(name.ptr[i]));
    }
}

static const struct {
    const char *ecosystem; /* without release */
    void (*append)(struct pl_buf *buf, pl_str name);
} name_rules[] = {
    /* PEP 503, "Normalized Names". */
    {"PyPI", append_pep503},
    /* NuGet ids, Composer names and GitHub repositories are compared without case. */
    {"NuGet", append_lower},
    {"Packagist", append_lower},
    {"GitHub Actions", append_lower},
    {"VSCode", append_lower},
};

void pl_db_key_encode(struct pl_buf *buf, pl_str ecosystem, pl_str name)
{
    pl_buf_append(buf, ecosystem);
    pl_buf_append_char(buf, '\0');
    pl_str base = PL_STR_EMPTY;
    pl_str release = PL_STR_EMPTY;
    pl_str_cut(ecosystem, ':', &base, &release);
    for (size_t i = 0; i < PL_ARRAY_LEN(name_rules); i++) {
        if (pl_str_eq(base, pl_str_from(name_rules[i].ecosystem))) {
            name_rules[i].append(buf, name);
            return;
        }
    }
    pl_buf_append(buf, name);
}
