/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * poms - several pom.xml as few lines, and what is found in each of them:
 *
 *     = app/pom.xml              begins a file
 *     project g:a:1              its own coordinates; parts may be empty
 *     parent g:p:1 ../other      and the relativePath, if any ("-": an empty one)
 *     property name=value
 *     manage g:b:2:test          version and scope may be left out
 *     import g:bom:1
 *     depend g:b:1:test          likewise; a fifth part is put in as it is
 *     profile                    what follows is in one that is active by default
 *     xml <...>                  put in as it is
 */
#include "listing.h"

struct poms {
    struct pl_arena arena;
    PL_VEC_FIELDS(struct pl_catalog_file);
};

struct pom_parts {
    struct pl_buf own;
    struct pl_buf properties;
    struct pl_buf managed;
    struct pl_buf dependencies;
};

static inline void pom_element(struct pl_buf *into, const char *name, pl_str text)
{
    if (text.len > 0) {
        pl_buf_append_format(into, "<%s>" PL_STR_FMT "</%s>\n", name, PL_STR_ARG(text), name);
    }
}

static inline void pom_coordinates(struct pl_buf *into, pl_str text, const char *more)
{
    static const char *const names[] = {"groupId", "artifactId", "version", "scope", NULL};
    pl_str part = PL_STR_EMPTY;
    for (size_t i = 0; pl_str_next_piece(&text, ':', &part); i++) {
        if (i < PL_ARRAY_LEN(names) - 1) {
            pom_element(into, names[i], part);
        } else {
            pl_buf_append(into, part);
        }
    }
    pl_buf_append(into, pl_str_from(more));
}

static inline void pom_dependency(struct pl_buf *into, pl_str text, const char *more)
{
    pl_buf_append(into, PL_STR("<dependency>"));
    pom_coordinates(into, text, more);
    pl_buf_append(into, PL_STR("</dependency>\n"));
}

static inline void pom_parent(struct pl_buf *into, pl_str text)
{
    pl_str path = PL_STR_EMPTY;
    bool has_path = pl_str_cut(text, ' ', &text, &path);
    pl_buf_append(into, PL_STR("<parent>"));
    pom_coordinates(into, text, "");
    if (has_path && pl_str_eq(path, PL_STR("-"))) {
        pl_buf_append(into, PL_STR("<relativePath/>"));
    } else {
        pom_element(into, "relativePath", path);
    }
    pl_buf_append(into, PL_STR("</parent>\n"));
}

static inline void pom_line(struct pom_parts *parts, pl_str word, pl_str text)
{
    if (pl_str_eq(word, PL_STR("project"))) {
        pom_coordinates(&parts->own, text, "");
    } else if (pl_str_eq(word, PL_STR("parent"))) {
        pom_parent(&parts->own, text);
    } else if (pl_str_eq(word, PL_STR("property"))) {
        pl_str name = PL_STR_EMPTY;
        pl_str value = PL_STR_EMPTY;
        pl_str_cut(text, '=', &name, &value);
        pl_buf_append_format(&parts->properties, "<" PL_STR_FMT ">" PL_STR_FMT "</" PL_STR_FMT ">",
                             PL_STR_ARG(name), PL_STR_ARG(value), PL_STR_ARG(name));
    } else if (pl_str_eq(word, PL_STR("manage"))) {
        pom_dependency(&parts->managed, text, "");
    } else if (pl_str_eq(word, PL_STR("import"))) {
        pom_dependency(&parts->managed, text, "<type>pom</type><scope>import</scope>");
    } else if (pl_str_eq(word, PL_STR("depend"))) {
        pom_dependency(&parts->dependencies, text, "");
    } else if (pl_str_eq(word, PL_STR("xml"))) {
        pl_buf_append(&parts->own, text);
    } else {
        fail_msg("'" PL_STR_FMT "' is no line of a pom", PL_STR_ARG(word));
    }
}

static inline void pom_close(struct pom_parts *parts, struct pl_buf *into)
{
    pl_buf_append(into, pl_buf_str(&parts->own));
    pl_buf_append_format(
        into,
        "<properties>" PL_STR_FMT "</properties>\n<dependencyManagement><dependencies>\n" PL_STR_FMT
        "</dependencies></dependencyManagement>\n<dependencies>\n" PL_STR_FMT "</dependencies>\n",
        PL_STR_ARG(pl_buf_str(&parts->properties)), PL_STR_ARG(pl_buf_str(&parts->managed)),
        PL_STR_ARG(pl_buf_str(&parts->dependencies)));
    pl_buf_release(&parts->own);
    pl_buf_release(&parts->properties);
    pl_buf_release(&parts->managed);
    pl_buf_release(&parts->dependencies);
}

static inline struct pom_parts pom_open(void)
{
    enum { MOST = 1 << 24 };
    return (struct pom_parts){PL_BUF_INIT(MOST), PL_BUF_INIT(MOST), PL_BUF_INIT(MOST),
                              PL_BUF_INIT(MOST)};
}

/* The lines up to the next file. */
static inline pl_str pom_text(struct pl_arena *arena, pl_str *lines)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(1 << 26);
    struct pom_parts parts = pom_open();
    bool is_profile = false;
    pl_str line = PL_STR_EMPTY;
    pl_buf_append(&text, PL_STR("<project xmlns=\"http://maven.apache.org/POM/4.0.0\">\n"));
    while (lines->len > 0 && lines->ptr[0] != '=' && pl_str_next_line(lines, &line)) {
        pl_str word = PL_STR_EMPTY;
        pl_str_cut(line, ' ', &word, &line);
        if (pl_str_eq(word, PL_STR("profile"))) {
            pom_close(&parts, &text);
            parts = pom_open();
            is_profile = true;
            pl_buf_append(&text, PL_STR("<profiles><profile><activation><activeByDefault>true"
                                        "</activeByDefault></activation>\n"));
        } else {
            pom_line(&parts, word, line);
        }
    }
    pom_close(&parts, &text);
    pl_buf_append(&text, pl_str_from(is_profile ? "</profile></profiles>" : ""));
    pl_buf_append(&text, PL_STR("</project>\n"));
    return pl_arena_dup(arena, pl_buf_str(&text));
}

static inline void poms_add(struct poms *poms, pl_str path, pl_str content)
{
    struct pl_catalog_file *file = pl_vec_push(&poms->arena, poms);
    file->path = pl_arena_dup(&poms->arena, path);
    file->content = pl_str_span(pl_arena_dup(&poms->arena, content));
}

static inline void poms_of(struct poms *poms, const char *text)
{
    pl_str lines = pl_str_from(text);
    pl_str line = PL_STR_EMPTY;
    *poms = (struct poms){0};
    while (pl_str_next_line(&lines, &line)) {
        assert_true(pl_str_starts_with(line, PL_STR("= ")));
        poms_add(poms, pl_str_skip(line, 2), pom_text(&poms->arena, &lines));
    }
}

/* "= path" and what a listing has of it, for each file of which something is said. */
static inline void poms_list(struct pl_arena *arena, const struct pl_cataloger *cataloger,
                             struct poms *poms, struct pl_buf *into)
{
    struct pl_evidence_file **found = inspect_together(arena, cataloger, poms->items, poms->count);
    for (size_t i = 0; i < poms->count; i++) {
        if (found[i]->components.count + found[i]->gaps.count > 0) {
            pl_buf_append_format(into, "= " PL_STR_FMT "\n", PL_STR_ARG(found[i]->path));
            list_evidence(into, found[i]);
        }
    }
}
