/* SPDX-License-Identifier: Apache-2.0 */
#include "base/nearest.h"

/* No command, option, format or image has a longer name; longer words are no typing error of one.
 */
enum { LONGEST = 128 };

struct pl_nearest pl_nearest_start(pl_str given)
{
    return (struct pl_nearest){.given = given, .best_distance = SIZE_MAX};
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The optimal string alignment distance, over three rows of the table. */
static size_t distance(pl_str a, pl_str b)
{
    size_t rows[3][LONGEST + 1] = {{0}};
    for (size_t j = 0; j <= b.len; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= a.len; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i - 1) % 3];
        const size_t *above2 = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t replaced = above[j - 1] + (a.ptr[i - 1] != b.ptr[j - 1]);
            row[j] = smaller(replaced, smaller(above[j], row[j - 1]) + 1);
            bool swapped =
                i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] && a.ptr[i - 2] == b.ptr[j - 1];
            if (swapped) {
                row[j] = smaller(row[j], above2[j - 2] + 1);
            }
        }
    }
    return rows[a.len % 3][b.len];
}

size_t pl_nearest_distance(pl_str a, pl_str b, size_t most)
{
    size_t difference = a.len > b.len ? a.len - b.len : b.len - a.len;
    if (a.len > LONGEST || b.len > LONGEST || difference > most) {
        return SIZE_MAX;
    }
    size_t edits = distance(a, b);
    return edits <= most ? edits : SIZE_MAX;
}

void pl_nearest_offer(struct pl_nearest *nearest, const char *candidate)
{
    pl_str known = pl_str_from(candidate);
    size_t most = known.len < 6 ? (known.len + 1) / 2 : 3;
    size_t edits = pl_nearest_distance(nearest->given, known, most);
    if (nearest->given.len > 0 && edits < known.len && edits < nearest->best_distance) {
        nearest->best = candidate;
        nearest->best_distance = edits;
    }
}
