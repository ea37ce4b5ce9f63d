/* SPDX-License-Identifier: Apache-2.0 */
/*
 * etc/yum.repos.d/redhat.repo, which subscription-manager writes on a subscribed system
 * (subscription-manager(8); the syntax is that of yum.conf(5) and dnf.conf(5)):
 *
 *     [rhel-9-for-x86_64-baseos-eus-rpms]
 *     name = Red Hat Enterprise Linux 9 for x86_64 - BaseOS - Extended Update Support (RPMs)
 *     baseurl = https://cdn.redhat.com/content/eus/rhel9/$releasever/x86_64/baseos/os
 *     enabled = 1
 *
 * A section is a repository, called as the content set of the subscription. Those that are enabled
 * say whose fixed versions hold for the system, as the content sets of an image do. A repository
 * that does not say is enabled, as dnf has it; lines that begin with '#' or ';' are comments.
 */
#include "base/buf.h"
#include "base/compiler.h"
#include "base/limits.h"
#include "catalog/cataloger.h"

struct section {
    pl_str name;
    bool is_disabled;
};

static void end_section(const struct section *section, struct pl_buf *names)
{
    bool is_name = section->name.len > 0 && pl_str_find_char(section->name, ' ') == SIZE_MAX;
    if (is_name && !section->is_disabled && !pl_str_eq(section->name, PL_STR("main"))) {
        pl_buf_append(names, names->len > 0 ? PL_STR(" ") : PL_STR_EMPTY);
        pl_buf_append(names, section->name);
    }
}

static void read_setting(pl_str line, struct section *section)
{
    static const char *const no[] = {"0", "no", "false", "off"};
    pl_str key = PL_STR_EMPTY;
    pl_str value = PL_STR_EMPTY;
    if (!pl_str_cut(line, '=', &key, &value) || !pl_str_eq(pl_str_trim(key), PL_STR("enabled"))) {
        return;
    }
    section->is_disabled = false;
    for (size_t i = 0; i < PL_ARRAY_LEN(no); i++) {
        section->is_disabled =
            section->is_disabled || pl_str_eq_nocase(pl_str_trim(value), pl_str_from(no[i]));
    }
}

static enum pl_status read_redhat_repo(struct pl_sink *sink, const struct pl_catalog_file *file,
                                       struct pl_error *err)
{
    struct pl_buf names pl_autobuf = PL_BUF_INIT(PL_LIMIT_FIELD_BYTES);
    struct section section = {.name = PL_STR_EMPTY};
    pl_str text = pl_span_str(file->content);
    pl_str line = PL_STR_EMPTY;
    while (pl_str_next_line(&text, &line)) {
        line = pl_str_trim(line);
        if (line.len > 1 && line.ptr[0] == '[' && line.ptr[line.len - 1] == ']') {
            end_section(&section, &names);
            section = (struct section){.name = pl_str_sub(line, 1, line.len - 2)};
        } else if (line.len > 0 && line.ptr[0] != '#' && line.ptr[0] != ';') {
            read_setting(line, &section);
        }
    }
    end_section(&section, &names);
    if (names.len > 0) {
        struct pl_os os = {.content_sets = pl_sink_str(sink, pl_buf_str(&names))};
        pl_sink_os(sink, &os);
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_redhat_repo = {
    .name = "redhat-repo",
    .summary = "the repositories of a subscribed Red Hat system, from redhat.repo",
    .patterns = (const char *const[]){"etc/yum.repos.d/redhat.repo", NULL},
    .is_of_system = true,
    .read = read_redhat_repo,
};
