/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * suppressed - what the report for people says of findings that do not count.
 *
 * One line on how many and why in any case, one on suppressions that have expired, and on demand a
 * table of the findings and a list of the suppressions that meant nothing. Nothing where there are
 * none.
 */
#include "report/format.h"

void pl_suppressed_write(const struct pl_report *report, const struct pl_report_options *options,
                         struct pl_writer *writer);
