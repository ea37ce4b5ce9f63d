/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/program/kernel_module.h"

struct module {
    pl_str name;
    pl_str version;
    pl_str vermagic;
    pl_str author;
    pl_str license;
};

static void take_field(struct module *module, pl_str field)
{
    const struct {
        const char *key;
        pl_str *value;
    } fields[] = {
        {"author", &module->author},     {"license", &module->license}, {"name", &module->name},
        {"vermagic", &module->vermagic}, {"version", &module->version},
    };
    pl_str key = PL_STR_EMPTY;
    pl_str value = PL_STR_EMPTY;
    if (!pl_str_cut(field, '=', &key, &value)) {
        return;
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(fields); i++) {
        if (fields[i].value->len == 0 && pl_str_eq(key, pl_str_from(fields[i].key))) {
            *fields[i].value = value;
        }
    }
}

/* "ext4" of "ext4.ko.xz": modules state no name before Linux 4.13. */
static pl_str name_of_file(const struct pl_program *program)
{
    pl_str name = pl_program_name(program);
    return pl_str_sub(name, 0, pl_str_find(name, PL_STR(".ko")));
}

bool pl_kernel_module_read(struct pl_sink *sink, const struct pl_program *program)
{
    const struct pl_section *section = pl_object_section(&program->object, PL_STR(".modinfo"));
    if (!section) {
        return false;
    }
    struct module module = {0};
    pl_str rest = pl_span_str(section->bytes);
    pl_str field = PL_STR_EMPTY;
    while (pl_str_next_piece(&rest, '\0', &field)) {
        take_field(&module, field);
    }
    /* The kernel itself has the fields of what is built into it, with "MODULE." before the keys. */
    if (module.vermagic.len == 0 && module.version.len == 0) {
        return false;
    }
    pl_str release = PL_STR_EMPTY;
    pl_str_cut(module.vermagic, ' ', &release, &field);
    struct pl_component *component = pl_program_component(
        sink, program, "kernel", module.name.len > 0 ? module.name : name_of_file(program),
        module.version.len > 0 ? module.version : release);
    if (component) {
        component->vendor = pl_sink_str(sink, module.author);
        pl_sink_push(sink, &component->licenses, module.license);
    }
    return true;
}

void pl_kernel_report(struct pl_sink *sink, const struct pl_program *program, pl_str release)
{
    pl_str number = release;
    size_t len = 0;
    while (len < release.len && (pl_char_is_digit(release.ptr[len]) || release.ptr[len] == '.')) {
        len++;
    }
    number = pl_str_sub(release, 0, len);
    pl_str_next_word(&release, &release);
    struct pl_component *component =
        pl_program_component(sink, program, "kernel", PL_STR("linux"), release);
    if (component && number.len > 0) {
        pl_sink_push(sink, &component->cpes,
                     pl_arena_format(program->scratch,
                                     "cpe:2.3:o:linux:linux_kernel:" PL_STR_FMT ":*:*:*:*:*:*:*",
                                     PL_STR_ARG(number)));
    }
}
