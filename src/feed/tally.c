/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/tally.h"
#include <stdio.h>

void pl_tally_skip(struct pl_tally *tally, const char *reason, uint64_t count)
{
    size_t at = 0;
    while (at < tally->reasons && strcmp(tally->skipped[at].reason, reason) != 0) {
        at++;
    }
    if (at == PL_TALLY_REASONS) {
        at--;
        tally->skipped[at].reason = "other reasons";
    } else if (at == tally->reasons) {
        tally->skipped[at].reason = reason;
        tally->skipped[at].count = 0;
        tally->reasons++;
    }
    tally->skipped[at].count += count;
}

uint64_t pl_tally_skipped(const struct pl_tally *tally, const char *reason)
{
    for (size_t i = 0; i < tally->reasons; i++) {
        if (strcmp(tally->skipped[i].reason, reason) == 0) {
            return tally->skipped[i].count;
        }
    }
    return 0;
}

void pl_tally_note(struct pl_tally_problems *problems, uint64_t sequence, const char *text)
{
    size_t at = problems->count;
    if (at == PL_TALLY_PROBLEMS) {
        if (problems->items[at - 1].sequence <= sequence) {
            return;
        }
        at--;
    } else {
        problems->count++;
    }
    while (at > 0 && problems->items[at - 1].sequence > sequence) {
        problems->items[at] = problems->items[at - 1];
        at--;
    }
    /* Names of files out of archives stand in it: an error's text is fit for a terminal. */
    struct pl_error printable = PL_ERROR_INIT;
    pl_error_set(&printable, PL_E_PARSE, "%s", text);
    problems->items[at].sequence = sequence;
    snprintf(problems->items[at].text, sizeof(problems->items[at].text), "%s", printable.msg);
}

void pl_tally_add(struct pl_tally *sum, const struct pl_tally *more)
{
    sum->documents += more->documents;
    sum->bytes += more->bytes;
    sum->taken += more->taken;
    sum->exploitations += more->exploitations;
    sum->malformed += more->malformed;
    for (size_t i = 0; i < more->reasons; i++) {
        pl_tally_skip(sum, more->skipped[i].reason, more->skipped[i].count);
    }
    for (size_t i = 0; i < more->problems.count; i++) {
        pl_tally_note(&sum->problems, more->problems.items[i].sequence,
                      more->problems.items[i].text);
    }
}
