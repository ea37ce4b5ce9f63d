/* SPDX-License-Identifier: Apache-2.0 */
/*
 * .terraform.lock.hcl of Terraform and OpenTofu (developer.hashicorp.com/terraform, "Dependency
 * Lock File"): blocks, in the form in which "terraform init" writes them:
 *
 *     provider "registry.terraform.io/hashicorp/aws" {
 *       version     = "5.72.1"
 *       constraints = "> 5.72.0"
 *       hashes = [
 *         "h1:jhd5O5o0CfZC...",                   of what is in the archive
 *         "zh:0dea6843836e...",                   SHA-256 of an archive, one for each platform
 *       ]
 *     }
 */
#include "catalog/distinct.h"

/* The first string in quotes; empty when there is none. */
static pl_str quoted(pl_str line)
{
    pl_str before = PL_STR_EMPTY;
    pl_str text = PL_STR_EMPTY;
    pl_str after = PL_STR_EMPTY;
    pl_str_cut(line, '"', &before, &text);
    pl_str_cut(text, '"', &text, &after);
    return text;
}

static enum pl_status read_terraform_lock(struct pl_sink *sink, const struct pl_catalog_file *file,
                                          struct pl_error *err)
{
    struct pl_distinct list pl_autodistinct = {
        .sink = sink, .type = "terraform", .scope = PL_SCOPE_DECLARED};
    const struct pl_distinct_facts facts = {0};
    pl_str text = pl_span_str(file->content);
    pl_str line = PL_STR_EMPTY;
    pl_str provider = PL_STR_EMPTY;
    struct pl_component *component = NULL;
    while (pl_str_next_line(&text, &line)) {
        pl_str words = line;
        pl_str word = PL_STR_EMPTY;
        pl_str_next_word(&words, &word);
        if (pl_str_eq(word, PL_STR("provider"))) {
            provider = quoted(line);
        } else if (pl_str_starts_with(word, PL_STR("version")) && provider.len > 0) {
            component = pl_distinct_add(&list, provider, quoted(line), &facts);
            provider = PL_STR_EMPTY;
        } else if (pl_str_starts_with(word, PL_STR("\"zh:")) && component) {
            pl_catalog_add_hash(sink, component, PL_STR("sha256"), pl_str_skip(quoted(line), 3));
        } else if (pl_str_eq(word, PL_STR("}"))) {
            if (provider.len > 0) {
                pl_catalog_component(sink, PL_SCOPE_DECLARED, "terraform", provider, PL_STR_EMPTY);
            }
            component = NULL;
            provider = PL_STR_EMPTY;
        }
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_terraform_lock = {
    .name = "terraform-lock",
    .summary = ".terraform.lock.hcl: providers of Terraform and OpenTofu",
    .patterns = (const char *const[]){"**/.terraform.lock.hcl", NULL},
    .read = read_terraform_lock,
};
