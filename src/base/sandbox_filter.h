/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * sandbox_filter - which system calls a sandboxed child may make (seccomp). Private to
 * base/sandbox.
 *
 * An inspector has a list of what it may do, a fetcher one of what it may not, since what libcurl
 * and the name service call is not ours to list. Both are false when the kernel refuses the filter.
 */
#include <stdbool.h>

bool pl_sandbox_filter_inspecting(bool with_tree);
bool pl_sandbox_filter_fetching(void);
