/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Linux kernels as they are booted, and compressed modules.
 *
 * A kernel for x86 (Documentation/arch/x86/boot.rst of Linux) has "HdrS" at 0x202 and at 0x20e the
 * place of its version, less 0x200: "6.1.0-18-amd64 (debian-kernel@...) #1 SMP ...". On other
 * machines the file is the kernel's memory itself, compressed as a whole, as it is, or behind a
 * header for EFI ("MZ", at 4 "zimg", at 8 and 12 place and size of the compressed data); it has the
 * banner "Linux version 6.1.0-18-arm64 (...)" in it.
 *
 * A module is an ELF file (program/kernel_module.h), compressed with gzip, xz or zstd.
 */
#include "base/limits.h"
#include "catalog/program/kernel_module.h"
#include "format/decompress.h"
#include "format/elf.h"
#include "format/xz.h"

static enum pl_status decode(pl_span bytes, enum pl_compression compression, struct pl_buf *into,
                             struct pl_error *err)
{
    enum { STEP_BYTES = 1 << 20 };
    struct pl_decoder *decoder PL_CLEANUP(pl_decoder_freep) = pl_decoder_new(compression);
    for (;;) {
        char *at = pl_buf_reserve(into, STEP_BYTES);
        size_t made = 0;
        if (!at) {
            return pl_buf_status(into, "what is unpacked", err);
        }
        enum pl_status st = pl_decoder_step(decoder, &bytes, (uint8_t *)at, STEP_BYTES, &made, err);
        if (st < 0) {
            return st;
        }
        into->len += made;
        if (made == 0) {
            return pl_decoder_is_complete(decoder)
                       ? PL_OK
                       : pl_error_set(err, PL_E_PARSE, "compressed data is cut off");
        }
    }
}

/* *ret_plain is `bytes` itself when it is not compressed. */
static enum pl_status unpack(pl_span bytes, struct pl_buf *into, pl_span *ret_plain,
                             struct pl_error *err)
{
    enum pl_compression compression = pl_compression_detect(bytes);
    enum pl_status st = PL_OK;
    if (pl_xz_detect(bytes)) {
        st = pl_xz_unpack(bytes, into, err);
    } else if (compression != PL_COMPRESSION_NONE) {
        st = decode(bytes, compression, into, err);
    } else {
        *ret_plain = bytes;
        return PL_OK;
    }
    if (st == PL_OK) {
        *ret_plain = pl_str_span(pl_buf_str(into));
    }
    return st;
}

static enum pl_status read_module(struct pl_sink *sink, struct pl_program *program, pl_span bytes,
                                  struct pl_error *err)
{
    enum pl_status st = pl_elf_read(program->scratch, bytes, &program->object, err);
    if (st < 0) {
        return pl_error_wrap(err, "module");
    }
    return pl_kernel_module_read(sink, program)
               ? PL_OK
               : pl_error_set(err, PL_E_PARSE, "module has no vermagic in its .modinfo");
}

/* The version in the header of a kernel for x86; empty when there is none. */
static pl_str boot_version(pl_span bytes)
{
    enum { MAGIC_AT = 0x202, VERSION_AT = 0x20e, BASE = 0x200 };
    if (bytes.len < VERSION_AT + 2 || memcmp(bytes.ptr + MAGIC_AT, "HdrS", 4) != 0) {
        return PL_STR_EMPTY;
    }
    pl_span text = pl_span_part(bytes, BASE + pl_bytes_le16(bytes.ptr + VERSION_AT), 128);
    return pl_str_make((const char *)text.ptr, strnlen((const char *)text.ptr, text.len));
}

/* The compressed data behind a header for EFI, or all bytes. */
static pl_span efi_payload(pl_span bytes)
{
    bool is_wrapped =
        bytes.len >= 16 && memcmp(bytes.ptr, "MZ", 2) == 0 && memcmp(bytes.ptr + 4, "zimg", 4) == 0;
    return is_wrapped
               ? pl_span_part(bytes, pl_bytes_le32(bytes.ptr + 8), pl_bytes_le32(bytes.ptr + 12))
               : bytes;
}

static enum pl_status read_image(struct pl_sink *sink, const struct pl_program *program,
                                 pl_span bytes, struct pl_error *err)
{
    static const char banner[] = "Linux version ";
    pl_str version = boot_version(bytes);
    struct pl_buf plain pl_autobuf = PL_BUF_INIT(PL_LIMIT_KERNEL_BYTES);
    if (version.len == 0) {
        pl_span memory = {NULL, 0};
        enum pl_status st = unpack(efi_payload(bytes), &plain, &memory, err);
        if (st < 0) {
            return pl_error_wrap(err, "kernel");
        }
        size_t at = pl_str_find(pl_span_str(memory), pl_str_from(banner));
        if (at == SIZE_MAX) {
            return pl_error_set(err, PL_E_UNSUPPORTED,
                                "is called as a kernel is, but has no version where kernels have");
        }
        version = pl_str_sub(pl_span_str(memory), at + strlen(banner), 64);
    }
    pl_kernel_report(sink, program, version);
    return PL_OK;
}

static enum pl_status read_kernel_image(struct pl_sink *sink, const struct pl_catalog_file *file,
                                        struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_map seen pl_automap = {0};
    struct pl_program program = {.path = file->path, .scratch = &scratch, .seen = &seen};
    if (!pl_str_contains(pl_program_name(&program), PL_STR(".ko."))) {
        return read_image(sink, &program, file->content, err);
    }
    struct pl_buf plain pl_autobuf = PL_BUF_INIT(PL_LIMIT_KERNEL_BYTES);
    pl_span module = {NULL, 0};
    enum pl_status st = unpack(file->content, &plain, &module, err);
    return st < 0 ? pl_error_wrap(err, "module") : read_module(sink, &program, module, err);
}

const struct pl_cataloger pl_cataloger_kernel_image = {
    .name = "kernel-image",
    .summary = "Linux kernels as they are booted, and compressed kernel modules",
    .patterns = (const char *const[]){"boot/vmlinuz-*", "**/vmlinuz", "**/*.ko.gz", "**/*.ko.xz",
                                      "**/*.ko.zst", NULL},
    .read = read_kernel_image,
};
