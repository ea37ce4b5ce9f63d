/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * assessed - what the report for people says of findings that VEX documents speak of and that
 * count: that they are there, with what to do, or that somebody is looking into them. With
 * `with_differences` also who says so, and where. Nothing where there are none.
 */
#include "report/format.h"

void pl_assessed_write(const struct pl_report *report, const struct pl_report_options *options,
                       struct pl_writer *writer);
