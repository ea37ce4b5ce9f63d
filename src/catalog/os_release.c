/* SPDX-License-Identifier: Apache-2.0 */
/*
 * os_release - the operating system's own statement of what it is.
 *
 * os-release (freedesktop.org os-release(5)) is lines NAME=value in the shell's syntax without
 * expansion: a value is words of plain text, 'single quoted' text, taken as it is, and
 * "double quoted" text, where a backslash protects $ " \ ` and itself vanishes; outside quotes it
 * protects any byte. Lines that begin with '#' are comments, lines without '=' are ignored, and
 * the last assignment of a name counts, as in a shell.
 *
 * The older release files hold one line of prose, "CentOS Linux release 7.6.1810 (Core)", from
 * which the first word that begins with a digit is the version. debian_version holds the version
 * or, in testing, "codename/sid"; alpine-release the version alone; lsb-release is in the syntax of
 * os-release with names of its own. How several files become one system is pl_os_merge's matter.
 */
#include "base/buf.h"
#include "base/compiler.h"
#include "base/limits.h"
#include "catalog/cataloger.h"

static const struct {
    const char *name;
    size_t offset;
} fields[] = {
    {"ID", offsetof(struct pl_os, id)},
    {"VERSION_ID", offsetof(struct pl_os, version_id)},
    {"NAME", offsetof(struct pl_os, name)},
    {"VERSION", offsetof(struct pl_os, version)},
    {"PRETTY_NAME", offsetof(struct pl_os, pretty_name)},
    {"VERSION_CODENAME", offsetof(struct pl_os, version_codename)},
    {"ID_LIKE", offsetof(struct pl_os, id_like)},
    {"CPE_NAME", offsetof(struct pl_os, cpe_name)},
    {"VARIANT_ID", offsetof(struct pl_os, variant_id)},
    {"BUILD_ID", offsetof(struct pl_os, build_id)},
    {"DISTRIB_ID", offsetof(struct pl_os, id)},
    {"DISTRIB_RELEASE", offsetof(struct pl_os, version_id)},
    {"DISTRIB_CODENAME", offsetof(struct pl_os, version_codename)},
    {"DISTRIB_DESCRIPTION", offsetof(struct pl_os, pretty_name)},
};

/* Appends what stands between the quotes; `text` begins after the opening one. Gives what is left
 * after the closing one. */
static pl_str take_quoted(pl_str text, char quote, struct pl_buf *into)
{
    size_t i = 0;
    for (; i < text.len && text.ptr[i] != quote; i++) {
        if (quote == '"' && text.ptr[i] == '\\' && i + 1 < text.len &&
            memchr("$\"\\`", text.ptr[i + 1], 4)) {
            i++;
        }
        pl_buf_append_char(into, text.ptr[i]);
    }
    return pl_str_skip(text, i + 1);
}

/* The value as a shell would assign it: up to the first blank outside quotes. */
static void unquote(pl_str text, struct pl_buf *into)
{
    while (text.len > 0 && !pl_char_is_blank(text.ptr[0])) {
        char c = text.ptr[0];
        text = pl_str_skip(text, 1);
        if (c == '\'' || c == '"') {
            text = take_quoted(text, c, into);
            continue;
        }
        if (c == '\\' && text.len > 0) {
            c = text.ptr[0];
            text = pl_str_skip(text, 1);
        }
        pl_buf_append_char(into, c);
    }
}

static void take_assignment(struct pl_sink *sink, pl_str line, struct pl_os *os)
{
    pl_str name = PL_STR_EMPTY;
    pl_str value = PL_STR_EMPTY;
    if (!pl_str_cut(line, '=', &name, &value)) {
        return;
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(fields); i++) {
        if (pl_str_eq(name, pl_str_from(fields[i].name))) {
            struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_FIELD_BYTES);
            unquote(pl_str_sub(value, 0, PL_LIMIT_FIELD_BYTES), &text);
            pl_str *field = (pl_str *)(void *)((char *)os + fields[i].offset);
            *field = pl_sink_str(sink, pl_buf_str(&text));
        }
    }
}

static void read_assignments(struct pl_sink *sink, pl_str content, struct pl_os *os)
{
    pl_str line = PL_STR_EMPTY;
    while (pl_str_next_line(&content, &line)) {
        line = pl_str_trim(line);
        if (line.len > 0 && line.ptr[0] != '#') {
            take_assignment(sink, line, os);
        }
    }
    /* Lower case by os-release(5); lsb-release writes "Ubuntu". */
    os->id = pl_arena_lower(sink->arena, os->id);
}

/* The first word that begins with a digit. */
static pl_str first_version(pl_str line)
{
    pl_str word = PL_STR_EMPTY;
    while (pl_str_next_word(&line, &word)) {
        if (pl_char_is_digit(word.ptr[0])) {
            return word;
        }
    }
    return PL_STR_EMPTY;
}

/* What redhat-release and system-release begin with. */
static const struct {
    const char *prose;
    const char *id;
} proses[] = {
    {"AlmaLinux", "almalinux"}, {"Amazon Linux", "amzn"},
    {"CentOS", "centos"},       {"Fedora", "fedora"},
    {"Oracle Linux", "ol"},     {"Red Hat Enterprise Linux", "rhel"},
    {"Rocky Linux", "rocky"},   {"Scientific Linux", "scientific"},
};

static pl_str id_from_prose(pl_str line)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(proses); i++) {
        if (pl_str_starts_with(line, pl_str_from(proses[i].prose))) {
            return pl_str_from(proses[i].id);
        }
    }
    return PL_STR_EMPTY;
}

static pl_str first_line(pl_str content)
{
    pl_str line = PL_STR_EMPTY;
    pl_str_next_line(&content, &line);
    return pl_str_trim(line);
}

static void read_prose(struct pl_sink *sink, pl_str content, const char *id, struct pl_os *os)
{
    pl_str line = first_line(content);
    os->id = id ? pl_str_from(id) : id_from_prose(line);
    if (os->id.len > 0) {
        os->version_id = pl_sink_str(sink, first_version(line));
        /* CentOS Stream must not pass for the release of Red Hat that it precedes. */
        if (pl_str_contains(line, PL_STR("Stream"))) {
            os->pretty_name = pl_sink_str(sink, line);
        }
    }
}

static void read_debian_version(struct pl_sink *sink, pl_str content, const char *id,
                                struct pl_os *os)
{
    pl_str line = first_line(content);
    pl_str codename = PL_STR_EMPTY;
    pl_str rest = PL_STR_EMPTY;
    os->id = pl_str_from(id);
    os->version_id = pl_sink_str(sink, first_version(line));
    if (os->version_id.len == 0) {
        pl_str_cut(line, '/', &codename, &rest);
        os->version_codename = pl_sink_str(sink, codename);
    }
}

static void read_shell(struct pl_sink *sink, pl_str content, const char *id, struct pl_os *os)
{
    read_assignments(sink, content, os);
}

static const char *const patterns[] = {
    "etc/almalinux-release",
    "etc/alpine-release",
    "etc/centos-release",
    "etc/debian_version",
    "etc/fedora-release",
    "etc/lsb-release",
    "etc/oracle-release",
    "etc/os-release",
    "etc/redhat-release",
    "etc/rocky-release",
    "etc/system-release",
    "usr/lib/os-release",
    NULL,
};

/* One row for each pattern. The ids that almalinux-release and oracle-release give are the names
 * that scanners have used for these files; model/distros.def knows them beside those of os-release.
 */
static const struct {
    const char *path;
    void (*read)(struct pl_sink *sink, pl_str content, const char *id, struct pl_os *os);
    const char *id; /* NULL: in the text */
} readers[] = {
    {"etc/almalinux-release", read_prose, "alma"},
    {"etc/alpine-release", read_prose, "alpine"},
    {"etc/centos-release", read_prose, "centos"},
    {"etc/debian_version", read_debian_version, "debian"},
    {"etc/fedora-release", read_prose, "fedora"},
    {"etc/lsb-release", read_shell, NULL},
    {"etc/oracle-release", read_prose, "oracle"},
    {"etc/os-release", read_shell, NULL},
    {"etc/redhat-release", read_prose, NULL},
    {"etc/rocky-release", read_prose, "rocky"},
    {"etc/system-release", read_prose, NULL},
    {"usr/lib/os-release", read_shell, NULL},
};

static enum pl_status read_release(struct pl_sink *sink, const struct pl_catalog_file *file,
                                   struct pl_error *err)
{
    struct pl_os os = {0};
    for (size_t i = 0; i < PL_ARRAY_LEN(readers); i++) {
        if (pl_str_eq(file->path, pl_str_from(readers[i].path))) {
            readers[i].read(sink, pl_span_str(file->content), readers[i].id, &os);
        }
    }
    if (os.id.len > 0 || os.name.len > 0 || os.pretty_name.len > 0) {
        pl_sink_os(sink, &os);
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_os_release = {
    .name = "os-release",
    .summary = "the operating system, from os-release or an older release file",
    .patterns = patterns,
    .is_of_system = true,
    .read = read_release,
};
