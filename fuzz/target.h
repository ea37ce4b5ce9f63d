/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * target - the one function of a fuzz target, as libFuzzer names it. Returns 0.
 */
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
