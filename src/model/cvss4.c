/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cvss4 - the score of CVSS 4.0 (FIRST, specification document section 8).
 *
 * Six equivalence classes (EQ1 to EQ6) sort a vector into one of 270 MacroVectors, each with the
 * score of its most severe members. The vector's own score lies below that by the mean, over the
 * classes, of how far it is from the most severe member (in steps of single metrics) in proportion
 * to the depth of the class, times the drop to the next lower MacroVector in that class. EQ3 and
 * EQ6 share metrics and are walked together.
 */
#include "base/compiler.h"
#include "model/cvss_vector.h"
#include <math.h>

/* Tenths of a score; 0 where there is no such MacroVector. One beyond the last value of each class
 * is there so that the next lower one can be asked for. */
static const unsigned char macro_scores[4][3][4][4][4][3] = {
#define PL_CVSS4_MACRO(a, b, c, d, e, f, tenths) [a][b][c][d][e][f] = (tenths),
#include "model/cvss4.def"
#undef PL_CVSS4_MACRO
};

/* Values from most to least severe, for the metrics that have distances. */
static const char *const severity_order[] = {
    [PL_CVSS4_AV] = "NALP", [PL_CVSS4_AC] = "LH",   [PL_CVSS4_AT] = "NP",   [PL_CVSS4_PR] = "NLH",
    [PL_CVSS4_UI] = "NPA",  [PL_CVSS4_VC] = "HLN",  [PL_CVSS4_VI] = "HLN",  [PL_CVSS4_VA] = "HLN",
    [PL_CVSS4_SC] = "SHLN", [PL_CVSS4_SI] = "SHLN", [PL_CVSS4_SA] = "SHLN", [PL_CVSS4_E] = "APU",
    [PL_CVSS4_CR] = "HML",  [PL_CVSS4_IR] = "HML",  [PL_CVSS4_AR] = "HML",
};

/* The value that counts: the modified metric's when it is defined, and the worst case for threat
 * and requirements that are not. */
static char effective(const struct pl_cvss_vector *vector, int metric)
{
    if (metric < PL_CVSS4_E) {
        char modified = pl_cvss_value(vector, PL_CVSS4_MODIFIED + metric);
        return modified != 'X' ? modified : pl_cvss_value(vector, metric);
    }
    char value = pl_cvss_value(vector, metric);
    return value != 'X' ? value : severity_order[metric][0];
}

struct eqs {
    int eq1, eq2, eq3, eq4, eq5, eq6;
};

static int macro_score(struct eqs eqs)
{
    return macro_scores[eqs.eq1][eqs.eq2][eqs.eq3][eqs.eq4][eqs.eq5][eqs.eq6];
}

static struct eqs classify(const struct pl_cvss_vector *v)
{
#define IS(metric, value) (effective(v, PL_CVSS4_##metric) == (value))
    struct eqs eqs = {0};
    if (!(IS(AV, 'N') && IS(PR, 'N') && IS(UI, 'N'))) {
        bool any = IS(AV, 'N') || IS(PR, 'N') || IS(UI, 'N');
        eqs.eq1 = any && !IS(AV, 'P') ? 1 : 2;
    }
    eqs.eq2 = IS(AC, 'L') && IS(AT, 'N') ? 0 : 1;
    if (!(IS(VC, 'H') && IS(VI, 'H'))) {
        eqs.eq3 = IS(VC, 'H') || IS(VI, 'H') || IS(VA, 'H') ? 1 : 2;
    }
    if (!(IS(SI, 'S') || IS(SA, 'S'))) {
        eqs.eq4 = IS(SC, 'H') || IS(SI, 'H') || IS(SA, 'H') ? 1 : 2;
    }
    eqs.eq5 = IS(E, 'A') ? 0 : IS(E, 'P') ? 1 : 2;
    bool needs = (IS(CR, 'H') && IS(VC, 'H')) || (IS(IR, 'H') && IS(VI, 'H')) ||
                 (IS(AR, 'H') && IS(VA, 'H'));
    eqs.eq6 = needs ? 0 : 1;
#undef IS
    return eqs;
}

static int level(int metric, char value)
{
    const char *at = strchr(severity_order[metric], value);
    return at && value != '\0' ? (int)(at - severity_order[metric]) : 0;
}

/* The steps from the first of the most severe members in `maxima` (NULL-terminated, one letter for
 * each of `metrics`) that is at least as severe in every metric; `metrics` ends with -1. */
static int distance(const struct pl_cvss_vector *vector, const int *metrics,
                    const char *const *maxima)
{
    for (; *maxima; maxima++) {
        int steps = 0;
        bool is_above = true;
        for (int i = 0; metrics[i] >= 0; i++) {
            int step =
                level(metrics[i], effective(vector, metrics[i])) - level(metrics[i], (*maxima)[i]);
            is_above = is_above && step >= 0;
            steps += step;
        }
        if (is_above) {
            return steps;
        }
    }
    return 0;
}

/* The most severe members of each value of each class (specification, table 30 and those before
 * it), and the depths of the classes in steps. */
static const char *const maxima1[3][4] = {{"NNN"}, {"ANN", "NLN", "NNP"}, {"PNN", "ALP"}};
static const char *const maxima2[2][3] = {{"LN"}, {"HN", "LP"}};
static const char *const maxima36[3][2][6] = {
    {{"HHHHHH"}, {"HHLMMH", "HHHMMM"}},
    {{"LHHHHH", "HLHHHH"}, {"LHLHMH", "LHHHMM", "HLHMHM", "HLLMHH", "LLHHHM"}},
    {{NULL}, {"LLLHHH"}},
};
static const char *const maxima4[3][2] = {{"HSS"}, {"HHH"}, {"LLL"}};
static const int depth1[3] = {1, 4, 5};
static const int depth2[2] = {1, 2};
static const int depth36[3][2] = {{7, 6}, {8, 8}, {1, 10}};
static const int depth4[3] = {6, 5, 4};

/* The next lower MacroVector of EQ3 and EQ6 together; of two ways down the higher score. */
static int lower36(struct eqs eqs)
{
    struct eqs by3 = eqs;
    struct eqs by6 = eqs;
    by3.eq3++;
    by6.eq6++;
    if (eqs.eq3 == 0 && eqs.eq6 == 0) {
        int left = macro_score(by6);
        int right = macro_score(by3);
        return left > right ? left : right;
    }
    if (eqs.eq3 == 1 && eqs.eq6 == 0) {
        return macro_score(by6);
    }
    return macro_score(by3);
}

struct mean {
    double sum;
    int count;
};

/* Adds one class, unless there is nothing below it. */
static void add_drop(struct mean *mean, int value, int lower, int steps, int depth)
{
    if (lower > 0) {
        mean->sum += (value - lower) * (double)steps / depth;
        mean->count++;
    }
}

double pl_cvss4_score(const struct pl_cvss_vector *vector)
{
    static const int metrics1[] = {PL_CVSS4_AV, PL_CVSS4_PR, PL_CVSS4_UI, -1};
    static const int metrics2[] = {PL_CVSS4_AC, PL_CVSS4_AT, -1};
    static const int metrics36[] = {PL_CVSS4_VC, PL_CVSS4_VI, PL_CVSS4_VA, PL_CVSS4_CR,
                                    PL_CVSS4_IR, PL_CVSS4_AR, -1};
    static const int metrics4[] = {PL_CVSS4_SC, PL_CVSS4_SI, PL_CVSS4_SA, -1};
    bool has_impact = false;
    for (int metric = PL_CVSS4_VC; metric <= PL_CVSS4_SA; metric++) {
        has_impact = has_impact || effective(vector, metric) != 'N';
    }
    if (!has_impact) {
        return 0;
    }
    struct eqs eqs = classify(vector);
    int value = macro_score(eqs);
    struct eqs below1 = eqs;
    struct eqs below2 = eqs;
    struct eqs below4 = eqs;
    struct eqs below5 = eqs;
    below1.eq1++;
    below2.eq2++;
    below4.eq4++;
    below5.eq5++;
    struct mean mean = {0};
    add_drop(&mean, value, macro_score(below1), distance(vector, metrics1, maxima1[eqs.eq1]),
             depth1[eqs.eq1]);
    add_drop(&mean, value, macro_score(below2), distance(vector, metrics2, maxima2[eqs.eq2]),
             depth2[eqs.eq2]);
    add_drop(&mean, value, lower36(eqs), distance(vector, metrics36, maxima36[eqs.eq3][eqs.eq6]),
             depth36[eqs.eq3][eqs.eq6]);
    add_drop(&mean, value, macro_score(below4), distance(vector, metrics4, maxima4[eqs.eq4]),
             depth4[eqs.eq4]);
    add_drop(&mean, value, macro_score(below5), 0, 1);
    double tenths = value - (mean.count > 0 ? mean.sum / mean.count : 0);
    /* Halves round up; the small addition keeps a half that floating point put just below from
     * rounding down, as the reference implementation does. */
    tenths = floor(tenths + 0.5 + 1e-5);
    return tenths < 0 ? 0 : tenths > 100 ? 10 : tenths / 10;
}
