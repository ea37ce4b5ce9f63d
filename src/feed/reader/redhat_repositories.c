/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which products the packages of Red Hat's repositories are of ("repository to CPE",
 * security.access.redhat.com/data/meta/v1/repository-to-cpe.json). One object with
 *
 *   data         an object by the label of the repository, "rhel-9-for-x86_64-baseos-rpms", each
 *     cpes       product names as of CPE 2.2, "cpe:/o:redhat:enterprise_linux:9::baseos"
 *
 * A label may be of one minor release alone, "rhel-9-for-x86_64-baseos-eus-rpms__9_DOT_2"; content
 * sets of images name it so.
 *
 * A statement is put as an advisory is: the repository, a package of ecosystem "Red Hat
 * repository", has as its versions what Red Hat's ecosystems are called after, which is what stands
 * behind "cpe:/o:redhat:".
 */
#include "feed/reader/head.h"
#include "feed/reader/records.h"
#include "model/ecosystem.h"

static int bid(const struct pl_feed_document *document)
{
    pl_str data = PL_STR_EMPTY;
    return pl_head_member(document->text, "data", &data) && pl_str_starts_with(data, PL_STR("{")) &&
                   pl_str_contains(document->text, PL_STR("\"cpes\"")) &&
                   pl_str_contains(document->text, PL_STR("cpe:/"))
               ? 80
               : 0;
}

/* "enterprise_linux:9::baseos" of "cpe:/o:redhat:enterprise_linux:9::baseos"; empty for others'. */
static pl_str product_of(pl_str cpe)
{
    static const pl_str prefixes[] = {PL_STR_INIT("cpe:/o:redhat:"), PL_STR_INIT("cpe:/a:redhat:")};
    for (size_t i = 0; i < PL_ARRAY_LEN(prefixes); i++) {
        if (pl_str_starts_with(cpe, prefixes[i])) {
            return pl_str_skip(cpe, prefixes[i].len);
        }
    }
    return PL_STR_EMPTY;
}

static enum pl_status take_repository(struct pl_feed_sink *sink,
                                      const struct pl_feed_record *record, void *context,
                                      struct pl_error *err)
{
    const json_t *cpes = pl_json_array(record->json, "cpes");
    struct pl_advisory advisory = {
        .id = pl_arena_format(record->arena, "REPOSITORY-" PL_STR_FMT, PL_STR_ARG(record->key))};
    struct pl_affected *affected = pl_vec_push(record->arena, &advisory.affected);
    (void)context;
    if (!cpes || record->key.len == 0) {
        pl_feed_malformed(sink, "the repository \"" PL_STR_FMT "\" has no list of products",
                          PL_STR_ARG(record->key));
        return PL_OK;
    }
    affected->ecosystem = PL_STR(PL_REPOSITORY_ECOSYSTEM);
    affected->name = record->key;
    for (size_t i = 0; i < json_array_size(cpes); i++) {
        pl_str product = product_of(pl_json_text(json_array_get(cpes, i)));
        if (product.len > 0) {
            *pl_vec_push(record->arena, &affected->versions) = product;
        }
    }
    if (affected->versions.count == 0) {
        pl_feed_skip(sink, "repository without a product of Red Hat's");
        return PL_OK;
    }
    return pl_feed_take(sink, &advisory, err);
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    static const char *const path[] = {"data", NULL};
    return pl_feed_records(sink, document->text, path, "repository", take_repository, NULL, err);
}

const struct pl_feed pl_feed_redhat_repositories = {
    .name = "redhat-repositories",
    .summary = "Red Hat's repositories, and the products that their packages are of",
    .url = "https://security.access.redhat.com/data/meta/v1/repository-to-cpe.json",
    .reading = PL_FEED_ALWAYS,
    .ecosystems = "Red Hat",
    .bid = bid,
    .read = read_document,
};
