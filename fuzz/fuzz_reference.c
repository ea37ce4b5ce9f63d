/* SPDX-License-Identifier: Apache-2.0 */
/* What parses is written, whole and as people write it, as a name that parses to the same. */
#include "image/reference.h"
#include "target.h"

static void check_again(struct pl_arena *arena, pl_str text, const struct pl_reference *first)
{
    struct pl_error err = PL_ERROR_INIT;
    struct pl_reference again = {0};
    if (pl_reference_parse(arena, text, &again, &err) < 0 ||
        !pl_str_eq(first->registry, again.registry) ||
        !pl_str_eq(first->repository, again.repository) || !pl_str_eq(first->tag, again.tag) ||
        strcmp(first->digest.text, again.digest.text) != 0) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_error err = PL_ERROR_INIT;
    struct pl_reference reference = {0};
    pl_str text = pl_str_make((const char *)data, size);
    if (pl_reference_parse(&arena, text, &reference, &err) == PL_OK) {
        check_again(&arena, pl_reference_format(&arena, &reference), &reference);
        check_again(&arena, pl_reference_familiar(&arena, &reference), &reference);
    }
    pl_reference_parse_repository(&arena, text, &reference, &err);
    return 0;
}
