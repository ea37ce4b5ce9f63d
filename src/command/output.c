/* SPDX-License-Identifier: Apache-2.0 */
#include "command/output.h"
#include "base/mem.h"
#include "report/format.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

struct target {
    const struct pl_report_format *format;
    const char *path; /* NULL: standard output */
};

static enum pl_status unknown_format(const char *given, struct pl_error *err)
{
    size_t count = 0;
    const struct pl_report_format *const *formats = pl_report_formats(&count);
    const char **names pl_autofree = pl_mem_alloc(count + 1, sizeof(char *));
    for (size_t i = 0; i < count; i++) {
        names[i] = formats[i]->name;
    }
    return pl_command_unknown("format", given, names, err);
}

static enum pl_status parse_target(const char *given, struct target *ret, struct pl_error *err)
{
    pl_str name = PL_STR_EMPTY;
    pl_str path = PL_STR_EMPTY;
    bool has_path = pl_str_cut(pl_str_from(given), '=', &name, &path);
    const struct pl_report_format *format = pl_report_format_find(name);
    if (!format) {
        return unknown_format(given, err);
    }
    if (has_path && path.len == 0) {
        return pl_error_set(err, PL_E_USAGE, "--format %s names no file after the =", given);
    }
    /* The rest of a C string, so it ends in NUL. */
    *ret = (struct target){.format = format, .path = has_path ? path.ptr : NULL};
    return PL_OK;
}

enum pl_status pl_output_check(const struct pl_args *args, struct pl_error *err)
{
    size_t to_stdout = 0;
    for (size_t i = 0; pl_args_nth(args, "format", i); i++) {
        struct target target = {0};
        enum pl_status st = parse_target(pl_args_nth(args, "format", i), &target, err);
        if (st < 0) {
            return st;
        }
        to_stdout += target.path == NULL;
    }
    if (to_stdout > 1) {
        return pl_error_set(err, PL_E_USAGE,
                            "only one --format may go to standard output; give the others a file, "
                            "as in --format json=report.json");
    }
    return PL_OK;
}

static struct pl_report_options terminal_options(int fd)
{
    struct pl_report_options options = {0};
    if (!isatty(fd)) {
        return options;
    }
    struct winsize size = {0};
    if (ioctl(fd, TIOCGWINSZ, &size) == 0) {
        options.width_columns = size.ws_col;
    }
    const char *no_color = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    options.color = !(no_color && no_color[0] != '\0') && terminal &&
                    !pl_str_eq(pl_str_from(terminal), PL_STR("dumb"));
    return options;
}

static enum pl_status write_to(int fd, const struct pl_report_format *format,
                               const struct pl_report *report, struct pl_error *err)
{
    struct pl_report_options options = terminal_options(fd);
    struct pl_writer *writer pl_autofree = pl_mem_alloc(1, sizeof(*writer));
    pl_writer_init_fd(writer, fd);
    enum pl_status st = format->write(report, &options, writer, err);
    return st < 0 ? st : pl_writer_finish(writer, err);
}

static enum pl_status write_in_place(const struct target *target, const struct pl_report *report,
                                     struct pl_error *err)
{
    int fd pl_autoclose =
        open(target->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);
    return fd < 0 ? pl_error_sys(err, errno, "opening it to write")
                  : write_to(fd, target->format, report, err);
}

static enum pl_status write_and_rename(const struct target *target, const struct pl_report *report,
                                       struct pl_error *err)
{
    char beside[PATH_MAX];
    if (snprintf(beside, sizeof(beside), "%s.XXXXXX", target->path) >= (int)sizeof(beside)) {
        return pl_error_set(err, PL_E_USAGE, "the path is too long");
    }
    int fd pl_autoclose = mkostemp(beside, O_CLOEXEC);
    if (fd < 0) {
        return pl_error_sys(err, errno, "making a file beside it");
    }
    enum pl_status st = write_to(fd, target->format, report, err);
    if (st == PL_OK && (fchmod(fd, 0644) < 0 || rename(beside, target->path) < 0)) {
        st = pl_error_sys(err, errno, "replacing it");
    }
    if (st < 0) {
        unlink(beside);
    }
    return st;
}

static enum pl_status write_target(const struct target *target, const struct pl_report *report,
                                   struct pl_error *err)
{
    if (!target->path) {
        fflush(stdout); /* what stdio holds comes first; main.c asks for its failure */
        enum pl_status st = write_to(STDOUT_FILENO, target->format, report, err);
        return st < 0 ? pl_error_wrap(err, "standard output") : PL_OK;
    }
    struct stat info = {0};
    bool is_special = lstat(target->path, &info) == 0 && !S_ISREG(info.st_mode);
    enum pl_status st =
        is_special ? write_in_place(target, report, err) : write_and_rename(target, report, err);
    return st < 0 ? pl_error_wrap(err, "%s", target->path) : PL_OK;
}

enum pl_status pl_output_write(const struct pl_args *args, const char *otherwise,
                               const struct pl_report *report, struct pl_error *err)
{
    bool is_any = pl_args_nth(args, "format", 0) != NULL;
    for (size_t i = 0; i == 0 || pl_args_nth(args, "format", i); i++) {
        struct target target = {0};
        enum pl_status st =
            parse_target(is_any ? pl_args_nth(args, "format", i) : otherwise, &target, err);
        if (st == PL_OK) {
            st = write_target(&target, report, err);
        }
        if (st < 0) {
            return st;
        }
    }
    return PL_OK;
}
