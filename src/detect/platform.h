/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * platform - is a system what a CPE name says?
 */
#include "model/report.h"

/* By CPE 2.2 ("cpe:/o:redhat:enterprise_linux:9::baseos") or 2.3. What the name leaves open fits
 * anything, and a version what begins with its numbers. A product of Red Hat's fits when its
 * repositories are asked. Allocates in the arena. */
bool pl_platform_is(struct pl_arena *arena, const struct pl_subject *subject, pl_str cpe);
