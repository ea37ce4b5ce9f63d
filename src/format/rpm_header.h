/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * rpm_header - the header of an rpm package, as a package file and the installed database hold it.
 *
 * Views into the blob: nothing is copied, and all that is handed out lives as long as the blob.
 * pl_rpm_header_open checks the outer sizes; each getter checks the entry that it reads, so that a
 * damaged entry counts as absent and does not spoil the others.
 */
#include "base/error.h"
#include "base/str.h"

/* Tags that are read here; the numbers are those of rpm's tag list (rpm-tags(7)). */
enum pl_rpm_tag {
    PL_RPM_TAG_NAME = 1000,
    PL_RPM_TAG_VERSION = 1001,
    PL_RPM_TAG_RELEASE = 1002,
    PL_RPM_TAG_EPOCH = 1003,
    PL_RPM_TAG_VENDOR = 1011,
    PL_RPM_TAG_LICENSE = 1014,
    PL_RPM_TAG_ARCH = 1022,
    PL_RPM_TAG_OLD_FILE_NAMES = 1027,
    PL_RPM_TAG_FILE_MODES = 1030,
    PL_RPM_TAG_SOURCE_RPM = 1044,
    PL_RPM_TAG_PROVIDE_NAMES = 1047,
    PL_RPM_TAG_REQUIRE_NAMES = 1049,
    PL_RPM_TAG_DIR_INDEXES = 1116,
    PL_RPM_TAG_BASE_NAMES = 1117,
    PL_RPM_TAG_DIR_NAMES = 1118,
    PL_RPM_TAG_MODULARITY_LABEL = 5096,
};

struct pl_rpm_header {
    pl_span index; /* 16 bytes for each entry */
    pl_span data;
};

/* A cursor over the values of one entry, of one of the kinds below. */
struct pl_rpm_values {
    pl_span left;
    uint32_t count;
};

/* `blob` begins with the two sizes, without the magic of a package file. PL_E_PARSE, PL_E_LIMIT. */
enum pl_status pl_rpm_header_open(pl_span blob, struct pl_rpm_header *ret_header,
                                  struct pl_error *err);

/* The first string of a string, string array or translated string. Empty when absent. */
pl_str pl_rpm_header_str(const struct pl_rpm_header *header, enum pl_rpm_tag tag);

/* The first of a list of 32-bit integers. False when absent. */
bool pl_rpm_header_uint32(const struct pl_rpm_header *header, enum pl_rpm_tag tag,
                          uint32_t *ret_value);

/* Cursors with no value in them when the entry is absent or of another kind. */
struct pl_rpm_values pl_rpm_header_strs(const struct pl_rpm_header *header, enum pl_rpm_tag tag);
struct pl_rpm_values pl_rpm_header_uint32s(const struct pl_rpm_header *header, enum pl_rpm_tag tag);
struct pl_rpm_values pl_rpm_header_uint16s(const struct pl_rpm_header *header, enum pl_rpm_tag tag);

/* Take the next value; false at the end. Each goes with the getter of its kind alone. */
bool pl_rpm_values_next_str(struct pl_rpm_values *values, pl_str *ret_value);
bool pl_rpm_values_next_uint32(struct pl_rpm_values *values, uint32_t *ret_value);
bool pl_rpm_values_next_uint16(struct pl_rpm_values *values, uint16_t *ret_value);
