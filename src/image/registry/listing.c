/* SPDX-License-Identifier: Apache-2.0 */
#include "image/registry/listing.h"
#include "base/limits.h"
#include "image/registry/link.h"
#include "image/registry/location.h"
#include "image/registry/session.h"

/* Docker Hub gives 100 tags a page, and the largest repositories have some ten thousand. */
enum { MOST_PAGES = 2000, MOST_NAMES = 200000, MOST_NAMES_BYTES = 32 << 20 };

void pl_registry_names_add(struct pl_registry_names *names, pl_str name)
{
    if (name.len > 0 && names->names.count < MOST_NAMES &&
        names->bytes + name.len <= MOST_NAMES_BYTES) {
        names->bytes += name.len;
        *pl_vec_push(names->arena, &names->names) =
            pl_arena_format(names->arena, PL_STR_FMT, PL_STR_ARG(name));
    }
}

static enum pl_status take_page(struct pl_registry *registry, const struct pl_registry_list *list,
                                const struct pl_http_response *response, struct pl_error *err)
{
    if (response->status != 200) {
        return pl_registry_refused(registry, response, list->what, err);
    }
    json_t *page pl_autojson = NULL;
    enum pl_status st = pl_json_parse(response->body, list->what, &page, err);
    return st < 0 ? st : list->take(list->context, page, err);
}

enum pl_status pl_registry_list(struct pl_registry *registry, const struct pl_registry_list *list,
                                struct pl_error *err)
{
    struct pl_arena urls pl_autoarena = {0};
    const char *url = NULL;
    for (int pages = 0; pages < MOST_PAGES; pages++) {
        struct pl_arena scratch pl_autoarena = {0};
        struct pl_registry_request request = {.action = list->action,
                                              .path = list->path,
                                              .url = url,
                                              .http = {.max_bytes = PL_LIMIT_MANIFEST_BYTES}};
        struct pl_http_response response = {0};
        enum pl_status st = pl_registry_send(registry, &scratch, &request, &response, err);
        if (st == PL_OK) {
            st = take_page(registry, list, &response, err);
        }
        pl_str next = PL_STR_EMPTY;
        pl_str link = pl_link_next(pl_http_header_value(&response, "link"));
        if (st == PL_OK && link.len > 0) {
            st = pl_registry_location(&urls, response.url, link, &next, err);
        }
        if (st < 0 || link.len == 0) {
            return st;
        }
        if (url && pl_str_eq(next, pl_str_from(url))) {
            return pl_error_set(err, PL_E_PARSE, "%s: its pages lead round in a circle",
                                list->what);
        }
        url = next.ptr;
    }
    return pl_error_set(err, PL_E_LIMIT, "%s has more than %d pages", list->what, MOST_PAGES);
}
