/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Modules of the Linux kernel, and the kernel itself as an ELF file (vmlinux), whose constants have
 * the banner that /proc/version shows: "Linux version 6.1.0-18-amd64 (...) #1 SMP ...". Kernels as
 * they are booted, and modules that are compressed, are read by catalog/kernel_image.c.
 */
#include "catalog/program/kernel_module.h"

static enum pl_status read_kernel(struct pl_sink *sink, const struct pl_program *program,
                                  struct pl_error *err)
{
    static const char banner[] = "Linux version ";
    if (pl_kernel_module_read(sink, program) ||
        !pl_str_starts_with(pl_program_name(program), PL_STR("vmlinux"))) {
        return PL_OK;
    }
    for (size_t i = 0; i < program->object.count; i++) {
        const struct pl_section *section = &program->object.sections[i];
        pl_str text = pl_span_str(section->bytes);
        size_t at = section->kind == PL_SECTION_CONSTANT ? pl_str_find(text, pl_str_from(banner))
                                                         : SIZE_MAX;
        if (at != SIZE_MAX) {
            pl_kernel_report(sink, program, pl_str_sub(text, at + strlen(banner), 64));
            return PL_OK;
        }
    }
    return PL_OK;
}

const struct pl_program_reader pl_program_reader_kernel = {
    .name = "kernel",
    .summary = "Modules of the Linux kernel, and the kernel as an ELF file",
    .read = read_kernel,
};
