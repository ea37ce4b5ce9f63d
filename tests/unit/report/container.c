/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A report on a container, made by hand: one package as its image has it, one new, one altered, one
 * gone, and texts that are hostile wherever an engine passes on what others wrote.
 */
#include "report/format.h"
#include "unit/report/golden.h"

static void add_strs(struct pl_arena *arena, struct pl_strs *list, const char *words)
{
    pl_str cursor = pl_str_from(words);
    pl_str word = PL_STR_EMPTY;
    while (pl_str_next_piece(&cursor, '|', &word)) {
        *pl_vec_push(arena, list) = word;
    }
}

static void add_component(struct pl_arena *arena, struct pl_report *report, const char *name,
                          enum pl_since_image since)
{
    struct pl_component *component = pl_vec_push(arena, &report->components);
    component->type = PL_STR("deb");
    component->vendor_id = PL_STR("debian");
    component->name = pl_str_from(name);
    component->version = PL_STR("1.0-1");
    component->arch = PL_STR("amd64");
    component->since_image = since;
    struct pl_location *location = pl_vec_push(arena, &component->locations);
    location->path = PL_STR("var/lib/dpkg/status");
    location->layer = since == PL_SINCE_IMAGE_SAME ? PL_STR("sha256:2222") : PL_STR_EMPTY;
}

static void add_setup(struct pl_arena *arena, struct pl_container *container)
{
    container->is_privileged = true;
    add_strs(arena, &container->cap_add, "SYS_ADMIN|NET_RAW");
    add_strs(arena, &container->security_opt, "seccomp=unconfined");
    container->seccomp = PL_STR("unconfined");
    container->network_mode = PL_STR("host");
    *pl_vec_push(arena, &container->ports) =
        (struct pl_container_port){.container = PL_STR("80/tcp"), .host_port = PL_STR("8080")};
    *pl_vec_push(arena, &container->mounts) =
        (struct pl_container_mount){.type = PL_STR("bind"),
                                    .source = PL_STR("/var/run/docker.sock"),
                                    .destination = PL_STR("/s\x1b[2J"),
                                    .is_writable = true};
    *pl_vec_push(arena, &container->labels) =
        (struct pl_container_label){.name = PL_STR("team"), .value = PL_STR("\xe2\x80\xaeweb")};
    add_strs(arena, &container->devices, "/dev/fuse");
    container->memory_bytes = 256 << 20;
    container->restart_policy = PL_STR("always");
}

static const struct pl_container *make_container(struct pl_arena *arena)
{
    struct pl_container *container = PL_ARENA_NEW(arena, struct pl_container);
    container->id = PL_STR("0123456789abcdef");
    container->name = PL_STR("web");
    container->engine = PL_STR("docker");
    container->image_id = PL_STR("sha256:aaaa");
    container->image_name = PL_STR("app:1.0\x1b[31m");
    container->state = PL_STR("running");
    container->started_at = PL_STR("2026-11-20T08:00:00Z");
    container->user = PL_STR("1000:1000");
    add_strs(arena, &container->entrypoint, "/bin/app");
    add_strs(arena, &container->command, "--serve|8080");
    add_strs(arena, &container->env_names, "PATH|TOKEN");
    add_setup(arena, container);
    return container;
}

static const struct pl_container_changes *make_changes(struct pl_arena *arena)
{
    struct pl_container_changes *changes = PL_ARENA_NEW(arena, struct pl_container_changes);
    const struct pl_container_change list[] = {
        {PL_STR("tmp/x\x1b[2J"), PL_CHANGE_ADDED},
        {PL_STR("usr/bin/altered"), PL_CHANGE_MODIFIED},
        {PL_STR("usr/bin/gone"), PL_CHANGE_DELETED},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(list); i++) {
        *pl_vec_push(arena, changes) = list[i];
    }
    return changes;
}

static struct pl_report sample_container(struct pl_arena *arena)
{
    struct pl_report report = {.verdict_pass = true};
    struct pl_subject *subject = &report.subject;
    subject->kind = PL_STR("container");
    subject->name = PL_STR("web");
    subject->source = PL_STR("docker");
    subject->digest = PL_STR("sha256:aaaa");
    subject->platform = PL_STR("linux/amd64");
    subject->os.id = PL_STR("debian");
    subject->os.pretty_name = PL_STR("Debian GNU/Linux 12 (bookworm)");
    struct pl_layer_info *layer = pl_vec_push(arena, &subject->layers);
    layer->diff_id = PL_STR("sha256:2222");
    subject->container = make_container(arena);
    subject->changes = make_changes(arena);
    add_strs(arena, &subject->removed, "pkg:deb/debian/gone@1.0-1?arch=amd64");
    add_component(arena, &report, "altered", PL_SINCE_IMAGE_ALTERED);
    add_component(arena, &report, "evil\x1b[31m\xe2\x80\xae", PL_SINCE_IMAGE_NEW);
    add_component(arena, &report, "same", PL_SINCE_IMAGE_SAME);
    return report;
}

static void check(const struct pl_report *report, const char *format, const char *golden)
{
    struct pl_error err = PL_ERROR_INIT;
    struct pl_buf text pl_autobuf = PL_BUF_INIT(1 << 20);
    struct pl_writer writer;
    pl_writer_init_buf(&writer, &text);
    const struct pl_report_options options = {.width_columns = 100};
    const struct pl_report_format *row = pl_report_format_find(pl_str_from(format));
    assert_non_null(row);
    assert_int_equal(row->write(report, &options, &writer, &err), PL_OK);
    assert_int_equal(pl_writer_finish(&writer, &err), PL_OK);
    check_harmless(pl_buf_str(&text));
    check_golden(pl_buf_str(&text), golden);
}

static void test_container__marked(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_report report = sample_container(&arena);
    check(&report, "table", "container-100.txt");
    check(&report, "plimsoll-json", "container.json");
}

/* The engine no longer has the image, and says little of the container. */
static void test_container__unmarked(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_report report = {.has_findings = true, .verdict_pass = true};
    report.subject.kind = PL_STR("container");
    report.subject.container = PL_ARENA_NEW(&arena, struct pl_container);
    report.subject.changes = PL_ARENA_NEW(&arena, struct pl_container_changes);
    add_component(&arena, &report, "same", PL_SINCE_IMAGE_UNKNOWN);
    pl_vec_push(&arena, &report.gaps)->reason = PL_STR("the engine no longer has the image");
    check(&report, "table", "container-bare-100.txt");
    check(&report, "json", "container-bare.json");
}

int pl_test_container(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_container__marked),
        cmocka_unit_test(test_container__unmarked),
    };
    return cmocka_run_group_tests_name("report/container", tests, NULL, NULL);
}
