/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/need.h"
#include "base/limits.h"

void pl_need_add(struct pl_sink *sink, struct pl_component *component, pl_str name, pl_str version)
{
    /* The sink cuts what is longer, too. */
    char text[PL_LIMIT_FIELD_BYTES + 1];
    if (version.len == 0) {
        pl_sink_push(sink, &component->depends, name);
        return;
    }
    snprintf(text, sizeof(text), PL_STR_FMT "@" PL_STR_FMT, PL_STR_ARG(name), PL_STR_ARG(version));
    pl_sink_push(sink, &component->depends, pl_str_from(text));
}
