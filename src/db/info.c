/* SPDX-License-Identifier: Apache-2.0 */
#include "db/info.h"
#include "base/wire.h"

void pl_db_meta_encode(struct pl_buf *buf, const struct pl_db_meta *meta)
{
    pl_wire_put_str(buf, meta->modified);
    pl_wire_put_uint(buf, meta->ecosystems.count);
    for (size_t i = 0; i < meta->ecosystems.count; i++) {
        pl_wire_put_str(buf, meta->ecosystems.items[i]);
    }
}

enum pl_status pl_db_meta_decode(struct pl_arena *arena, pl_str bytes, struct pl_db_meta *ret,
                                 struct pl_error *err)
{
    struct pl_wire wire = pl_wire_over(bytes);
    struct pl_db_meta meta = {.modified = pl_wire_str(&wire)};
    size_t ecosystems = pl_wire_count(&wire, 1);
    for (size_t i = 0; i < ecosystems; i++) {
        *pl_vec_push(arena, &meta.ecosystems) = pl_wire_str(&wire);
    }
    if (wire.bad || wire.at != wire.end) {
        return pl_error_set(err, PL_E_PARSE, "the database's description is not well formed");
    }
    *ret = meta;
    return PL_OK;
}
