/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http_retry.h"
#include "net/http_header.h"
#include <errno.h>
#include <sys/random.h>

bool pl_http_is_retry_status(unsigned status)
{
    return status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

uint64_t pl_http_backoff_ms(const struct pl_http_timings *timings, unsigned tries, uint32_t dice)
{
    enum { MOST_DOUBLINGS = 10 };
    unsigned doublings = tries > 0 ? tries - 1 : 0;
    if (doublings > MOST_DOUBLINGS) {
        doublings = MOST_DOUBLINGS;
    }
    uint64_t whole = (uint64_t)timings->backoff_ms << doublings;
    return whole - dice % (whole / 4 + 1);
}

static void sleep_ms(uint64_t ms)
{
    struct timespec left = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
    while (nanosleep(&left, &left) < 0 && errno == EINTR) {
    }
}

enum pl_status pl_http_pause(const struct pl_http_timings *timings, unsigned tries,
                             const struct pl_http_response *answer, struct pl_error *err)
{
    uint32_t dice = 0;
    if (getrandom(&dice, sizeof(dice), GRND_NONBLOCK) < 0) {
        dice = 0; /* early at boot; the pause is then the whole one */
    }
    uint64_t ms = pl_http_backoff_ms(timings, tries, dice);
    uint64_t seconds = 0;
    if (answer && pl_http_retry_after_parse(pl_http_header_value(answer, "retry-after"),
                                            pl_http_header_value(answer, "date"), &seconds)) {
        if (seconds > timings->most_wait_s) {
            return pl_error_set(err, PL_E_NET,
                                "the server answers with status %u and asks to come back in %llu "
                                "seconds, longer than the %u that are waited",
                                answer->status, (unsigned long long)seconds, timings->most_wait_s);
        }
        ms = seconds * 1000 > ms ? seconds * 1000 : ms;
    }
    sleep_ms(ms);
    return PL_OK;
}
