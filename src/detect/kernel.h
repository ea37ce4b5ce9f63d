/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * kernel - which packages of the Linux kernel do not run where they are installed.
 *
 * A container runs on its host's kernel, whatever its own packages are; headers and sources run
 * nowhere. Advisories about the kernel name the source package, so that linux-libc-dev, which
 * nearly every image with a compiler has, would bear thousands of them. What is found of such
 * packages is told apart from the rest (PL_APART_NOT_RUNNING). Programs that are built of the
 * kernel's source and do run (perf, bpftool, cpupower) stay with the others.
 */
#include "model/finding.h"

/* Where the packages are. */
struct pl_kernel_place {
    bool is_container; /* an image or a container: no kernel is booted from here */
    pl_str running; /* of the machine itself: the release of its kernel (uname -r); else empty */
};

/* Sets findings apart that speak of kernels, or parts of them, that do not run: headers anywhere;
 * kernels in containers; and on a machine those beside the running one, provided that this is among
 * `components`. Elsewhere (a disk's root file system, a bill of materials) it cannot be told which
 * kernel runs, and kernels count. */
void pl_kernel_set_apart(const struct pl_kernel_place *place,
                         const struct pl_components *components, struct pl_findings *findings);
