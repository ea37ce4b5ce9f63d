/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cvss - base scores of CVSS vectors (FIRST).
 *
 *     AV:N/AC:L/Au:N/C:P/I:P/A:P                      2.0, guide section 3.2.1
 *     CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H    3.0 and 3.1, specification section 7.1
 *     CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/...      4.0: model/cvss4.c
 *
 * A vector is metrics with one value each, in any order, none twice; the mandatory ones must be
 * there. 3.0 and 3.1 differ only in how they round up: 3.1 says how in integers, so that floating
 * point cannot push 4.00000001 to 4.1.
 */
#include "base/compiler.h"
#include "model/cvss_vector.h"
#include "model/severity.h"
#include <math.h>

struct metric {
    const char *name;
    const char *values; /* separated by blanks */
};

struct version {
    const char *prefix;
    const struct metric *metrics;
    int count;
    int mandatory; /* the first ones */
    double (*score)(const struct pl_cvss_vector *vector);
};

enum { V2_AV, V2_AC, V2_AU, V2_C, V2_I, V2_A };

static const struct metric metrics2[] = {
    {"AV", "L A N"},       {"AC", "H M L"},
    {"Au", "M S N"},       {"C", "N P C"},
    {"I", "N P C"},        {"A", "N P C"},
    {"E", "U POC F H ND"}, {"RL", "OF TF W U ND"},
    {"RC", "UC UR C ND"},  {"CDP", "N L LM MH H ND"},
    {"TD", "N L M H ND"},  {"CR", "L M H ND"},
    {"IR", "L M H ND"},    {"AR", "L M H ND"},
};

enum { V3_AV, V3_AC, V3_PR, V3_UI, V3_S, V3_C, V3_I, V3_A };

static const struct metric metrics3[] = {
    {"AV", "N A L P"},  {"AC", "L H"},       {"PR", "N L H"},      {"UI", "N R"},
    {"S", "U C"},       {"C", "N L H"},      {"I", "N L H"},       {"A", "N L H"},
    {"E", "X U P F H"}, {"RL", "X O T W U"}, {"RC", "X U R C"},    {"CR", "X L M H"},
    {"IR", "X L M H"},  {"AR", "X L M H"},   {"MAV", "X N A L P"}, {"MAC", "X L H"},
    {"MPR", "X N L H"}, {"MUI", "X N R"},    {"MS", "X U C"},      {"MC", "X N L H"},
    {"MI", "X N L H"},  {"MA", "X N L H"},
};

/* In the order of the enum in cvss_vector.h; the supplemental metrics, which never count, last. */
static const struct metric metrics4[] = {
    {"AV", "N A L P"},    {"AC", "L H"},
    {"AT", "N P"},        {"PR", "N L H"},
    {"UI", "N P A"},      {"VC", "H L N"},
    {"VI", "H L N"},      {"VA", "H L N"},
    {"SC", "H L N"},      {"SI", "H L N"},
    {"SA", "H L N"},      {"E", "X A P U"},
    {"CR", "X H M L"},    {"IR", "X H M L"},
    {"AR", "X H M L"},    {"MAV", "X N A L P"},
    {"MAC", "X L H"},     {"MAT", "X N P"},
    {"MPR", "X N L H"},   {"MUI", "X N P A"},
    {"MVC", "X H L N"},   {"MVI", "X H L N"},
    {"MVA", "X H L N"},   {"MSC", "X H L N"},
    {"MSI", "X S H L N"}, {"MSA", "X S H L N"},
    {"S", "X N P"},       {"AU", "X N Y"},
    {"R", "X A U I"},     {"V", "X D C"},
    {"RE", "X L M H"},    {"U", "X Clear Green Amber Red"},
};

/* The weight of a value: `letters` and `weights` run in parallel. */
static double weigh(const struct pl_cvss_vector *vector, int metric, const char *letters,
                    const double *weights)
{
    const char *at = strchr(letters, pl_cvss_value(vector, metric));
    return at ? weights[at - letters] : 0;
}

/* Guide to CVSS 2.0, section 3.2.1. */
static double score2(const struct pl_cvss_vector *v)
{
    static const double impacts[] = {0, 0.275, 0.660};
    double impact =
        10.41 * (1 - (1 - weigh(v, V2_C, "NPC", impacts)) * (1 - weigh(v, V2_I, "NPC", impacts)) *
                         (1 - weigh(v, V2_A, "NPC", impacts)));
    double exploitability = 20 * weigh(v, V2_AV, "LAN", (const double[]){0.395, 0.646, 1.0}) *
                            weigh(v, V2_AC, "HML", (const double[]){0.35, 0.61, 0.71}) *
                            weigh(v, V2_AU, "MSN", (const double[]){0.45, 0.56, 0.704});
    double factor = impact > 0 ? 1.176 : 0;
    double score = (0.6 * impact + 0.4 * exploitability - 1.5) * factor;
    return round(score * 10) / 10;
}

/* Specification of CVSS 3.0 and 3.1, section 7.1, before rounding. */
static double raw_score3(const struct pl_cvss_vector *v)
{
    static const double impacts[] = {0, 0.22, 0.56};
    bool changed = pl_cvss_value(v, V3_S) == 'C';
    double base = 1 - (1 - weigh(v, V3_C, "NLH", impacts)) * (1 - weigh(v, V3_I, "NLH", impacts)) *
                          (1 - weigh(v, V3_A, "NLH", impacts));
    double impact = changed ? 7.52 * (base - 0.029) - 3.25 * pow(base - 0.02, 15) : 6.42 * base;
    if (impact <= 0) {
        return 0;
    }
    const double *privileges =
        changed ? (const double[]){0.85, 0.68, 0.5} : (const double[]){0.85, 0.62, 0.27};
    double exploitability =
        8.22 * weigh(v, V3_AV, "NALP", (const double[]){0.85, 0.62, 0.55, 0.2}) *
        weigh(v, V3_AC, "LH", (const double[]){0.77, 0.44}) * weigh(v, V3_PR, "NLH", privileges) *
        weigh(v, V3_UI, "NR", (const double[]){0.85, 0.62});
    return fmin(changed ? 1.08 * (impact + exploitability) : impact + exploitability, 10);
}

static double score30(const struct pl_cvss_vector *vector)
{
    return ceil(raw_score3(vector) * 10) / 10;
}

/* Appendix A of 3.1. */
static double score31(const struct pl_cvss_vector *vector)
{
    long scaled = lround(raw_score3(vector) * 100000);
    return scaled % 10000 == 0 ? (double)scaled / 100000 : (double)(scaled / 10000 + 1) / 10;
}

static const struct version versions[] = {
    {"CVSS:4.0/", metrics4, PL_ARRAY_LEN(metrics4), 11, pl_cvss4_score},
    {"CVSS:3.1/", metrics3, PL_ARRAY_LEN(metrics3), 8, score31},
    {"CVSS:3.0/", metrics3, PL_ARRAY_LEN(metrics3), 8, score30},
    /* The only version without a prefix. */
    {"", metrics2, PL_ARRAY_LEN(metrics2), 6, score2},
};

static const struct version *find_version(pl_str vector)
{
    const struct version *version = versions;
    while (!pl_str_starts_with(vector, pl_str_from(version->prefix))) {
        version++;
    }
    return version;
}

static bool is_allowed(const struct metric *metric, pl_str value)
{
    pl_str cursor = pl_str_from(metric->values);
    pl_str allowed = PL_STR_EMPTY;
    while (pl_str_next_word(&cursor, &allowed)) {
        if (pl_str_eq(allowed, value)) {
            return true;
        }
    }
    return false;
}

/* Files one "AV:N" under its metric; false when it is none, its value is not allowed, or it was
 * there before. */
static bool take_metric(const struct version *version, pl_str piece, struct pl_cvss_vector *parsed)
{
    pl_str name = PL_STR_EMPTY;
    pl_str value = PL_STR_EMPTY;
    pl_str_cut(piece, ':', &name, &value);
    for (int i = 0; i < version->count; i++) {
        const struct metric *metric = &version->metrics[i];
        if (pl_str_eq(name, pl_str_from(metric->name))) {
            bool is_new = parsed->values[i].len == 0;
            parsed->values[i] = value;
            return is_new && is_allowed(metric, value);
        }
    }
    return false;
}

enum pl_status pl_cvss_score(pl_str vector, double *ret_score, struct pl_error *err)
{
    const struct version *version = find_version(vector);
    if (pl_str_ends_with(vector, PL_STR("/"))) {
        return pl_error_set(err, PL_E_PARSE, "CVSS vector: ends in a slash");
    }
    struct pl_cvss_vector parsed = {0};
    pl_str cursor = pl_str_skip(vector, strlen(version->prefix));
    pl_str piece = PL_STR_EMPTY;
    while (pl_str_next_piece(&cursor, '/', &piece)) {
        if (!take_metric(version, piece, &parsed)) {
            return pl_error_set(err, PL_E_PARSE,
                                "CVSS vector: \"" PL_STR_FMT "\" is no metric here",
                                PL_STR_ARG(pl_str_sub(piece, 0, 40)));
        }
    }
    for (int i = 0; i < version->mandatory; i++) {
        if (parsed.values[i].len == 0) {
            return pl_error_set(err, PL_E_PARSE, "CVSS vector: metric %s is missing",
                                version->metrics[i].name);
        }
    }
    *ret_score = version->score(&parsed);
    return PL_OK;
}
