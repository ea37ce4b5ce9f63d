/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shapes of records as OSV's exports of Debian, Ubuntu and GitHub have them; the scores are those
 * of the examples of CVSS 2.0 and 3.1.
 */
#include "model/advisory.h"
#include "model/finding.h"
#include "unit/arena.h"

static void add(struct pl_severity_vectors *list, const char *type, const char *score)
{
    *pl_vec_push(&arena, list) = (struct pl_severity_vector){pl_str_from(type), pl_str_from(score)};
}

/* Titles and kinds of real errata: ALSA-2023:5214, ALBA-2019:0973, RHBA-2024:6202. */
static void test_advisory__errata(void **state)
{
    double score = 0;
    struct pl_advisory security = {.id = PL_STR("ALSA-2023:5214"),
                                   .summary = PL_STR("Important: libwebp security update")};
    assert_int_equal(pl_advisory_severity(&security, NULL, &score), PL_SEVERITY_HIGH);
    assert_true(pl_advisory_is_security(&security));
    struct pl_advisory bug_fix = {.id = PL_STR("ALBA-2019:0973"),
                                  .summary = PL_STR("container-tools bug fix update")};
    assert_int_equal(pl_advisory_severity(&bug_fix, NULL, &score), PL_SEVERITY_UNKNOWN);
    assert_false(pl_advisory_is_security(&bug_fix));
    struct pl_advisory firmware = {.id = PL_STR("RHBA-2024:6202")};
    *pl_vec_push(&arena, &firmware.related) = PL_STR("CVE-2023-31315");
    assert_true(pl_advisory_is_security(&firmware));
    assert_true(pl_advisory_related_are_names(&firmware));
    *pl_vec_push(&arena, &firmware.aliases) = PL_STR("GHSA-jfh8-c2jp-5v3q");
    assert_true(pl_advisory_related_are_names(&firmware));
    *pl_vec_push(&arena, &firmware.upstream) = PL_STR("CVE-2023-31315");
    assert_false(pl_advisory_related_are_names(&firmware));
    struct pl_advisory own = {.id = PL_STR("CVE-2021-44228")};
    assert_false(pl_advisory_related_are_names(&own));
}

static void test_advisory__newest_vector_gives_the_score(void **state)
{
    struct pl_advisory advisory = {.urgency = PL_STR("LOW")};
    double score = 7;
    assert_int_equal(pl_advisory_severity(&advisory, NULL, &score), PL_SEVERITY_LOW);
    assert_true(score < 0);
    add(&advisory.severities, "CVSS_V2", "AV:N/AC:L/Au:N/C:C/I:C/A:C");
    assert_int_equal(pl_advisory_severity(&advisory, NULL, &score), PL_SEVERITY_CRITICAL);
    add(&advisory.severities, "CVSS_V3", "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N");
    add(&advisory.severities, "CVSS_V4", "not a vector");
    assert_int_equal(pl_advisory_severity(&advisory, NULL, &score), PL_SEVERITY_MEDIUM);
    assert_true(score > 6.05 && score < 6.15);
}

static void test_advisory__a_distributions_own_word_counts(void **state)
{
    struct pl_advisory advisory = {0};
    struct pl_affected affected = {.urgency = PL_STR("unimportant")};
    double score = -1;
    add(&advisory.severities, "CVSS_V3", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H");
    assert_int_equal(pl_advisory_severity(&advisory, &affected, &score), PL_SEVERITY_NEGLIGIBLE);
    assert_true(score > 9.75 && score < 9.85);
    affected.urgency = PL_STR("not yet assigned");
    assert_int_equal(pl_advisory_severity(&advisory, &affected, &score), PL_SEVERITY_CRITICAL);
    add(&advisory.severities, "Ubuntu", "low");
    assert_int_equal(pl_advisory_severity(&advisory, &affected, &score), PL_SEVERITY_LOW);
}

static void test_finding__order_and_words(void **state)
{
    struct pl_component a = {.name = PL_STR("a")};
    struct pl_component b = {.name = PL_STR("b")};
    struct pl_finding low = {.severity = PL_SEVERITY_LOW, .component = &a, .id = PL_STR("CVE-1")};
    struct pl_finding high = {.severity = PL_SEVERITY_HIGH, .component = &b, .id = PL_STR("CVE-1")};
    struct pl_finding next = {.severity = PL_SEVERITY_HIGH, .component = &b, .id = PL_STR("CVE-2")};
    assert_true(pl_finding_compare(&high, &low) < 0);
    assert_true(pl_finding_compare(&low, &high) > 0);
    assert_true(pl_finding_compare(&high, &next) < 0);
    assert_int_equal(pl_finding_compare(&next, &next), 0);
    assert_string_equal(pl_finding_status_to_string(PL_FINDING_NOT_AFFECTED), "not_affected");
    assert_string_equal(pl_fix_state_to_string(PL_FIX_WONT_FIX), "wont_fix");
    assert_string_equal(pl_finding_kind_to_string(PL_FINDING_VULNERABILITY), "vulnerability");
    assert_string_equal(pl_event_type_to_string(PL_EVENT_LAST_AFFECTED), "last_affected");
    assert_string_equal(pl_range_type_to_string(PL_RANGE_SEMVER), "SEMVER");
}

int pl_test_advisory(void)
{
    const struct CMUnitTest tests[] = {
        PL_ARENA_TEST(test_advisory__errata),
        PL_ARENA_TEST(test_advisory__newest_vector_gives_the_score),
        PL_ARENA_TEST(test_advisory__a_distributions_own_word_counts),
        cmocka_unit_test(test_finding__order_and_words),
    };
    return cmocka_run_group_tests_name("model/advisory", tests, NULL, NULL);
}
