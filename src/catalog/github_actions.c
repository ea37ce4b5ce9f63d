/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Workflows and composite actions of GitHub (docs.github.com, "Workflow syntax for GitHub Actions",
 * jobs.<job_id>.steps[*].uses and jobs.<job_id>.uses; "Metadata syntax", runs.steps[*].uses):
 *
 *     uses: owner/repository@ref             uses: ./.github/actions/own
 *     uses: owner/repository/path@ref        uses: docker://alpine:3.8
 *
 * A package is the repository, as advisories name it, whatever the path in it; its version is the
 * ref as written: a tag, a branch or a commit. Actions of the repository itself and images of
 * containers are none.
 */
#include "catalog/distinct.h"
#include "format/yaml.h"

static void add_use(struct pl_distinct *list, const json_t *uses)
{
    pl_str text = pl_json_text(uses);
    pl_str action = PL_STR_EMPTY;
    pl_str ref = PL_STR_EMPTY;
    if (pl_str_starts_with(text, PL_STR(".")) || pl_str_contains(text, PL_STR("://")) ||
        !pl_str_cut(text, '@', &action, &ref)) {
        return;
    }
    size_t owner = pl_str_find_char(action, '/');
    if (owner == SIZE_MAX) {
        return;
    }
    size_t path = pl_str_find_char(pl_str_skip(action, owner + 1), '/');
    pl_str name = path == SIZE_MAX ? action : pl_str_sub(action, 0, owner + 1 + path);
    pl_distinct_add(list, name, ref, &(struct pl_distinct_facts){.relation = PL_RELATION_DIRECT});
}

static void add_steps(struct pl_distinct *list, const json_t *steps)
{
    for (size_t i = 0; i < json_array_size(steps); i++) {
        add_use(list, json_object_get(json_array_get(steps, i), "uses"));
    }
}

static enum pl_status read_github_actions(struct pl_sink *sink, const struct pl_catalog_file *file,
                                          struct pl_error *err)
{
    json_t *workflow pl_autojson = NULL;
    if (pl_str_contains(file->path, PL_STR("node_modules/"))) {
        return PL_OK;
    }
    enum pl_status st = pl_yaml_parse(pl_span_str(file->content), "the file", &workflow, err);
    if (st < 0) {
        return st;
    }
    struct pl_distinct list pl_autodistinct = {
        .sink = sink, .type = "githubactions", .scope = PL_SCOPE_DECLARED};
    struct pl_json_member each = {0};
    while (pl_json_next(json_object_get(workflow, "jobs"), &each)) {
        add_use(&list, json_object_get(each.value, "uses"));
        add_steps(&list, json_object_get(each.value, "steps"));
    }
    add_steps(&list, json_object_get(json_object_get(workflow, "runs"), "steps"));
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_github_actions = {
    .name = "github-actions",
    .summary = "Actions that GitHub workflows and composite actions use",
    .patterns =
        (const char *const[]){
            "**/.github/workflows/*.yml",
            "**/.github/workflows/*.yaml",
            "**/.github/actions/*/action.yml",
            "**/.github/actions/*/action.yaml",
            NULL,
        },
    .read = read_github_actions,
};
