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
#include <time.h>

struct target {
    const struct pl_report_format *format;
    const char *path; /* NULL: standard output */
    int fd; /* -1: not open */
    bool is_beside; /* the file has no name yet, or `beside`, and becomes `path` at the end */
    char *beside; /* or NULL */
    struct pl_report_options options;
    struct pl_output_date created; /* what options.created is a view of */
    struct pl_writer *writer;
};

struct pl_output {
    struct target *targets;
    size_t count;
    bool is_set;
    size_t reports;
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
    *ret = (struct target){.format = format, .path = has_path ? path.ptr : NULL, .fd = -1};
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

pl_str pl_output_source_date(struct pl_output_date *buffer)
{
    const uint64_t year_9999 = 253402300799;
    uint64_t seconds = 0;
    struct tm parts = {0};
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    if (!epoch || !pl_str_to_uint(pl_str_from(epoch), year_9999, &seconds)) {
        return PL_STR_EMPTY;
    }
    time_t time = (time_t)seconds;
    size_t len = gmtime_r(&time, &parts)
                     ? strftime(buffer->text, sizeof(buffer->text), "%Y-%m-%dT%H:%M:%SZ", &parts)
                     : 0;
    return pl_str_make(buffer->text, len);
}

static struct pl_report_options terminal_options(struct target *target)
{
    int fd = target->fd;
    struct pl_report_options options = {.created = pl_output_source_date(&target->created)};
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

/* Tries names beside the target until `make` makes one of them; -1 with errno when it cannot. */
static int make_beside(struct target *target, int (*make)(const struct target *target))
{
    enum { TRIES = 100 };
    size_t size = strlen(target->path) + 32;
    target->beside = pl_mem_alloc(size, 1);
    int made = -1;
    for (unsigned i = 0; i < TRIES; i++) {
        snprintf(target->beside, size, "%s.%d.%u", target->path, (int)getpid(), i);
        made = make(target);
        if (made >= 0 || errno != EEXIST) {
            break;
        }
    }
    if (made < 0) {
        free(PL_TAKE(target->beside));
    }
    return made;
}

static int create_named(const struct target *target)
{
    return open(target->beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
}

static int link_nameless(const struct target *target)
{
    char nameless[64];
    snprintf(nameless, sizeof(nameless), "/proc/self/fd/%d", target->fd);
    return linkat(AT_FDCWD, nameless, AT_FDCWD, target->beside, AT_SYMLINK_FOLLOW);
}

/* A file without a name leaves nothing behind whatever ends the program; not every file system has
 * them. */
static enum pl_status open_beside(struct target *target, struct pl_error *err)
{
    const char *slash = strrchr(target->path, '/');
    size_t length = slash ? (size_t)(slash - target->path) + 1 : 0;
    char *directory pl_autofree = pl_mem_alloc(length + sizeof("."), 1);
    snprintf(directory, length + sizeof("."), "%.*s.", (int)length, target->path);
    target->is_beside = true;
    target->fd = open(directory, O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666);
    if (target->fd < 0) {
        target->fd = make_beside(target, create_named);
    }
    return target->fd < 0 ? pl_error_sys(err, errno, "making a file beside it") : PL_OK;
}

static enum pl_status put_in_place(struct target *target, struct pl_error *err)
{
    if ((!target->beside && make_beside(target, link_nameless) < 0) ||
        rename(target->beside, target->path) < 0) {
        return pl_error_sys(err, errno, "replacing it");
    }
    free(PL_TAKE(target->beside));
    return PL_OK;
}

static enum pl_status open_target(struct target *target, struct pl_error *err)
{
    enum pl_status st = PL_OK;
    struct stat info = {0};
    if (!target->path) {
        fflush(stdout); /* what stdio holds comes first; main.c asks for its failure */
        target->fd = STDOUT_FILENO;
    } else if (lstat(target->path, &info) == 0 && !S_ISREG(info.st_mode)) {
        target->fd = open(target->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);
        st = target->fd < 0 ? pl_error_sys(err, errno, "opening it to write") : PL_OK;
    } else {
        st = open_beside(target, err);
    }
    if (st < 0) {
        return pl_error_wrap(err, "%s", target->path);
    }
    target->options = terminal_options(target);
    target->writer = pl_mem_alloc(1, sizeof(*target->writer));
    pl_writer_init_fd(target->writer, target->fd);
    return PL_OK;
}

enum pl_status pl_output_open(const struct pl_args *args, const char *otherwise, bool is_set,
                              const struct pl_output_details *details, struct pl_output **ret,
                              struct pl_error *err)
{
    struct pl_output *output PL_CLEANUP(pl_output_freep) = pl_mem_alloc(1, sizeof(*output));
    size_t count = 0;
    while (pl_args_nth(args, "format", count)) {
        count++;
    }
    bool is_any = count > 0;
    count = is_any ? count : 1;
    output->is_set = is_set;
    output->targets = pl_mem_alloc(count, sizeof(*output->targets));
    for (size_t i = 0; i < count; i++) {
        struct target *target = &output->targets[output->count];
        enum pl_status st =
            parse_target(is_any ? pl_args_nth(args, "format", i) : otherwise, target, err);
        if (st < 0) {
            return st;
        }
        output->count++;
        if (is_set && !target->format->set) {
            return pl_error_set(err, PL_E_USAGE,
                                "a document in %s has one subject; give one source, or join the "
                                "documents of several with plimsoll sbom merge",
                                target->format->name);
        }
        st = open_target(target, err);
        if (st < 0) {
            return st;
        }
        target->options.with_suppressed = details->with_suppressed;
        target->options.with_differences = details->with_differences;
        if (is_set) {
            target->format->set->begin(target->writer);
        }
    }
    *ret = PL_TAKE(output);
    return PL_OK;
}

static enum pl_status wrap_target(const struct target *target, struct pl_error *err)
{
    return pl_error_wrap(err, "%s", target->path ? target->path : "standard output");
}

enum pl_status pl_output_add(struct pl_output *output, const struct pl_report *report,
                             struct pl_error *err)
{
    for (size_t i = 0; i < output->count; i++) {
        struct target *target = &output->targets[i];
        if (output->reports > 0) {
            target->format->set->between(target->writer);
        }
        enum pl_status st = target->format->write(report, &target->options, target->writer, err);
        /* On a full disk nothing is gained by going on with the next source. */
        if (st == PL_OK && target->writer->err.status != PL_OK) {
            st = pl_writer_finish(target->writer, err);
        }
        if (st < 0) {
            return wrap_target(target, err);
        }
    }
    output->reports++;
    return PL_OK;
}

static enum pl_status finish_target(struct target *target, struct pl_error *err)
{
    enum pl_status st = pl_writer_finish(target->writer, err);
    if (st == PL_OK && target->is_beside) {
        st = put_in_place(target, err);
    }
    return st < 0 ? wrap_target(target, err) : st;
}

enum pl_status pl_output_finish(struct pl_output *output, const struct pl_summary *summary,
                                struct pl_error *err)
{
    for (size_t i = 0; i < output->count; i++) {
        struct target *target = &output->targets[i];
        if (output->is_set) {
            target->format->set->end(summary, &target->options, target->writer);
        }
        enum pl_status st = finish_target(target, err);
        if (st < 0) {
            return st;
        }
    }
    return PL_OK;
}

void pl_output_free(struct pl_output *output)
{
    if (!output) {
        return;
    }
    for (size_t i = 0; i < output->count; i++) {
        struct target *target = &output->targets[i];
        if (target->beside) {
            unlink(target->beside);
            free(target->beside);
        }
        if (target->fd > STDERR_FILENO) {
            close(target->fd);
        }
        free(target->writer);
    }
    free(output->targets);
    free(output);
}
