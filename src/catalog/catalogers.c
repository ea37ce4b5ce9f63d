/* SPDX-License-Identifier: Apache-2.0 */
#include "base/compiler.h"
#include "catalog/cataloger.h"

#define PL_CATALOGER(name) extern const struct pl_cataloger pl_cataloger_##name;
#include "catalog/catalogers.def"
#undef PL_CATALOGER

/* The closing NULL keeps the array from being empty and is not counted. */
static const struct pl_cataloger *const all_catalogers[] = {
#define PL_CATALOGER(name) &pl_cataloger_##name,
#include "catalog/catalogers.def"
#undef PL_CATALOGER
    NULL,
};

const struct pl_cataloger *const *pl_catalogers(size_t *ret_count)
{
    *ret_count = PL_ARRAY_LEN(all_catalogers) - 1;
    return all_catalogers;
}
