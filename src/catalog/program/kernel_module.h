/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * kernel_module - what a module of the Linux kernel says of itself in its section .modinfo: fields
 * KEY=VALUE with a NUL after each (modinfo(8) shows them). "vermagic" begins with the release of
 * the kernel that it was built for, "version" is the module's own where it has one.
 */
#include "catalog/program/program.h"

/* Adds a component for the module; false when the object is none. */
bool pl_kernel_module_read(struct pl_sink *sink, const struct pl_program *program);

/* Adds the kernel whose banner, "Linux version 6.1.0-18-amd64 (...) ...", or release begins with
 * `release`. */
void pl_kernel_report(struct pl_sink *sink, const struct pl_program *program, pl_str release);
