/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/peek.h"

enum pl_status pl_peek_start(struct pl_peek *peek, const struct pl_content_reader *reader,
                             struct pl_error *err)
{
    *peek = (struct pl_peek){.reader = reader};
    enum pl_status st = reader->read(reader->context, &peek->first, &peek->first_offset, err);
    peek->has_first = st == PL_OK;
    return st;
}

void pl_peek_skip_code(struct pl_peek *peek)
{
    if (peek->first_offset == 0) {
        pl_elf_code(peek->first, &peek->unread);
    }
}

static enum pl_status next_piece(struct pl_peek *peek, pl_span *ret_piece, uint64_t *ret_offset,
                                 struct pl_error *err)
{
    if (!peek->has_first) {
        return peek->reader->read(peek->reader->context, ret_piece, ret_offset, err);
    }
    peek->has_first = false;
    *ret_piece = peek->first;
    *ret_offset = peek->first_offset;
    return PL_OK;
}

static enum pl_status read_piece(void *context, pl_span *ret_piece, uint64_t *ret_offset,
                                 struct pl_error *err)
{
    struct pl_peek *peek = context;
    const struct pl_elf_range *unread = &peek->unread;
    for (;;) {
        pl_span piece = {NULL, 0};
        uint64_t offset = 0;
        enum pl_status st = next_piece(peek, &piece, &offset, err);
        if (st < 0) {
            return st;
        }
        uint64_t end = offset + piece.len;
        if (offset < unread->start && end > unread->start) {
            /* What lies behind the range comes next. */
            if (end > unread->end) {
                peek->has_first = true;
                peek->first_offset = unread->end;
                peek->first = pl_span_part(piece, unread->end - offset, UINT64_MAX);
            }
            piece.len = (size_t)(unread->start - offset);
        } else if (offset >= unread->start && offset < unread->end) {
            uint64_t cut = unread->end - offset;
            if (cut >= piece.len) {
                continue;
            }
            piece = pl_span_part(piece, cut, UINT64_MAX);
            offset = unread->end;
        }
        *ret_piece = piece;
        *ret_offset = offset;
        return PL_OK;
    }
}

struct pl_content_reader pl_peek_reader(struct pl_peek *peek)
{
    return (struct pl_content_reader){
        .read = read_piece, .context = peek, .hole_bytes = peek->unread.end - peek->unread.start};
}
