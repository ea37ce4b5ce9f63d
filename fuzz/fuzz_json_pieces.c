/* SPDX-License-Identifier: Apache-2.0 */
/* What Jansson reads, the pieces go through, and each of them is JSON of its own; where a piece is
 * not well formed inside, Jansson refuses the whole. */
#include "base/limits.h"
#include "format/json.h"
#include "format/json_pieces.h"
#include "target.h"

static json_t *whole(pl_str text)
{
    return json_loadb(text.ptr, text.len, JSON_DECODE_ANY, NULL);
}

static size_t go_through(pl_str text, const char *const *path, bool is_json)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_json_pieces pieces;
    struct pl_error err = PL_ERROR_INIT;
    pl_str key;
    pl_str value;
    size_t count = 0;
    enum pl_status st = pl_json_pieces_open(&pieces, &arena, text, path, &err);
    while (st == PL_OK && (st = pl_json_pieces_next(&pieces, &key, &value, &err)) == PL_OK) {
        json_t *piece pl_autojson = is_json ? whole(value) : NULL;
        if (is_json &&
            (!piece || !pl_str_eq(pl_json_piece_text(&arena, value), pl_json_text(piece)))) {
            abort();
        }
        count++;
    }
    if (st == PL_E_PARSE && err.pos > text.len) {
        abort();
    }
    if (is_json && !path[0] && st != PL_E_NOT_FOUND && st != PL_E_LIMIT) {
        abort();
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const no_path[] = {NULL};
    static const char *const path[] = {"a", "b", NULL};
    pl_str text = pl_str_make((const char *)data, size);
    json_t *document pl_autojson = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);
    size_t count = go_through(text, no_path, document != NULL);
    if (document && count != 0 && json_is_object(document) && count != json_object_size(document)) {
        abort();
    }
    go_through(text, path, document != NULL);
    return 0;
}
