/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Installed packages of R ("Writing R Extensions", "The DESCRIPTION file"): each has its
 * DESCRIPTION in a folder of a library, in the form of Debian's control files:
 *
 *     Package: stringr
 *     Version: 1.5.0
 *     License: MIT + file LICENSE
 *     Depends: R (>= 3.3)
 *     Imports: cli, glue (>= 1.6.1),
 *         rlang
 *     Priority: base                              came with R itself
 *
 * Libraries are folders like R/library, R/site-library and R/x86_64-pc-linux-gnu-library/4.2. A
 * file of this name without a package is somebody else's.
 */
#include "catalog/cataloger.h"
#include "format/deb822.h"

static void add_needs(struct pl_sink *sink, struct pl_component *component, pl_str list)
{
    pl_str need = PL_STR_EMPTY;
    while (pl_str_next_piece(&list, ',', &need)) {
        pl_str constraint = PL_STR_EMPTY;
        pl_str_cut(need, '(', &need, &constraint);
        need = pl_str_trim(need);
        if (!pl_str_eq(need, PL_STR("R"))) {
            pl_sink_push(sink, &component->depends, need);
        }
    }
}

static enum pl_status read_r_installed(struct pl_sink *sink, const struct pl_catalog_file *file,
                                       struct pl_error *err)
{
    enum { PACKAGE, VERSION, LICENSE, MAINTAINER, DEPENDS, IMPORTS, LINKING, COUNT };
    static const char *const names[COUNT] = {"Package", "Version", "License",  "Maintainer",
                                             "Depends", "Imports", "LinkingTo"};
    pl_str values[COUNT] = {0};
    pl_str text = pl_span_str(file->content);
    struct pl_deb822_field field = {PL_STR_EMPTY, PL_STR_EMPTY};
    while (pl_deb822_next_field(&text, &field)) {
        for (size_t i = 0; i < COUNT; i++) {
            if (pl_str_eq(field.name, pl_str_from(names[i])) && values[i].len == 0) {
                values[i] = field.value;
            }
        }
    }
    if (values[PACKAGE].len == 0) {
        return PL_OK;
    }
    struct pl_component *component =
        pl_catalog_component(sink, PL_SCOPE_INSTALLED, "cran", values[PACKAGE], values[VERSION]);
    if (component) {
        pl_sink_push(sink, &component->licenses, pl_deb822_first_line(values[LICENSE]));
        component->vendor = pl_sink_str(sink, pl_deb822_first_line(values[MAINTAINER]));
        for (size_t i = DEPENDS; i < COUNT; i++) {
            add_needs(sink, component, values[i]);
        }
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_r_installed = {
    .name = "r-installed",
    .summary = "Installed packages of R, from the DESCRIPTION of each",
    .patterns = (const char *const[]){"**/library/*/DESCRIPTION", "**/site-library/*/DESCRIPTION",
                                      "**/R/*-library/*/*/DESCRIPTION", NULL},
    .read = read_r_installed,
};
