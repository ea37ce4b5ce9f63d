/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * names - what several feeds take names apart by.
 */
#include "base/arena.h"

/* The first "CVE-2024-3094" in a longer text, a part of it; empty when there is none. */
pl_str pl_feed_cve(pl_str text);

/* "curl-7.76.1-26.el9.x86_64", "bash-0:5.1.8-6.el9.src", with or without ".rpm": false when there
 * is no version in it. *ret_arch is empty when the last part is none. */
bool pl_feed_nevra(pl_str text, pl_str *ret_name, pl_str *ret_evr, pl_str *ret_arch);

/* Percent-encoding taken off; what is no such encoding stays. */
pl_str pl_feed_unescaped(struct pl_arena *arena, pl_str text);
