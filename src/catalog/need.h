/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * need - what a component depends on, in the form in which components state it.
 */
#include "model/evidence.h"

/* "NAME@VERSION" where the file says which version is meant, the name alone where `version` is
 * empty. Both are copied. */
void pl_need_add(struct pl_sink *sink, struct pl_component *component, pl_str name, pl_str version);
