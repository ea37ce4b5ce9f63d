/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of cache/cache.h, on directories of the test's own. */
#include "cache/cache.h"
#include "base/io.h"
#include "unit/test.h"
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CEILING = 1 << 20 };

struct fixture {
    struct pl_arena arena;
    char dir[64];
    struct pl_cache *cache;
};

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    snprintf(fixture->dir, sizeof(fixture->dir), "/tmp/pl-cache-XXXXXX");
    assert_non_null(mkdtemp(fixture->dir));
    assert_int_equal(pl_cache_open(fixture->dir, 1 << 20, &fixture->cache, NULL), PL_OK);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    struct pl_cache_removed removed;
    assert_int_equal(pl_cache_prune(fixture->cache, UINT64_MAX, 0, &removed, NULL), PL_OK);
    char command[128];
    snprintf(command, sizeof(command), "rm -rf %s", fixture->dir);
    assert_int_equal(system(command), 0);
    pl_cache_close(fixture->cache);
    pl_arena_release(&fixture->arena);
    free(fixture);
    return 0;
}

static bool find(struct fixture *fixture, const char *key, pl_str *ret)
{
    return pl_cache_find(fixture->cache, &fixture->arena, "layer", pl_str_from(key), CEILING, ret);
}

static void put(struct fixture *fixture, const char *key, const char *value)
{
    pl_cache_put(fixture->cache, "layer", pl_str_from(key), pl_str_from(value));
}

static struct pl_cache_entries list(struct fixture *fixture)
{
    struct pl_cache_entries entries = {0};
    assert_int_equal(pl_cache_list(fixture->cache, &fixture->arena, &entries, NULL), PL_OK);
    return entries;
}

static void test_cache__gives_back_what_was_put(void **state)
{
    struct fixture *fixture = *state;
    pl_str value = PL_STR_EMPTY;
    assert_false(find(fixture, "a", &value));
    put(fixture, "a", "one");
    put(fixture, "b", "");
    assert_true(find(fixture, "a", &value));
    pl_assert_str(value, "one");
    assert_true(find(fixture, "b", &value));
    assert_int_equal(value.len, 0);
    put(fixture, "a", "two");
    assert_true(find(fixture, "a", &value));
    pl_assert_str(value, "two");
    assert_false(
        pl_cache_find(fixture->cache, &fixture->arena, "blob", PL_STR("a"), CEILING, &value));
    pl_cache_discard(fixture->cache, "layer", PL_STR("a"));
    assert_false(find(fixture, "a", &value));
}

static void test_cache__without_one_nothing_is_kept(void **state)
{
    (void)state;
    struct pl_arena arena pl_autoarena = {0};
    pl_str value = PL_STR_EMPTY;
    pl_cache_put(NULL, "layer", PL_STR("a"), PL_STR("one"));
    assert_false(pl_cache_find(NULL, &arena, "layer", PL_STR("a"), CEILING, &value));
    pl_cache_discard(NULL, "layer", PL_STR("a"));
}

/* A value above the caller's ceiling is not opened, whatever the entry claims of its size. */
static void test_cache__a_ceiling_holds(void **state)
{
    struct fixture *fixture = *state;
    char *large = calloc(1, 100001);
    memset(large, 'x', 100000);
    put(fixture, "a", large);
    free(large);
    pl_str value = PL_STR_EMPTY;
    assert_false(
        pl_cache_find(fixture->cache, &fixture->arena, "layer", PL_STR("a"), 99999, &value));
}

static pl_str path_of_only_entry(struct fixture *fixture)
{
    struct pl_cache_entries entries = list(fixture);
    assert_int_equal(entries.count, 1);
    return pl_arena_format(&fixture->arena, "%s/" PL_STR_FMT, fixture->dir,
                           PL_STR_ARG(entries.items[0].file));
}

/* Every byte but those of the frame's header that say nothing of the content is under the checksum
 * or compared: an entry with a flipped bit gives the value that was put, or nothing. */
static void test_cache__damage_is_not_found(void **state)
{
    struct fixture *fixture = *state;
    const char *text = "a value of some length, some length, some length";
    put(fixture, "a", text);
    struct pl_buf whole pl_autobuf = PL_BUF_INIT(CEILING);
    pl_str path = path_of_only_entry(fixture);
    assert_int_equal(pl_io_read_file(path.ptr, &whole, NULL), PL_OK);
    for (size_t i = 0; i < whole.len; i++) {
        for (int bit = 0; bit < 8; bit++) {
            struct pl_buf spoilt pl_autobuf = PL_BUF_INIT(CEILING);
            pl_buf_append(&spoilt, pl_buf_str(&whole));
            spoilt.ptr[i] ^= (char)(1 << bit);
            assert_int_equal(pl_io_replace_file(path.ptr, pl_buf_str(&spoilt), NULL), PL_OK);
            pl_str value = PL_STR_EMPTY;
            if (find(fixture, "a", &value)) {
                pl_assert_str(value, text);
            } else {
                assert_int_not_equal(access(path.ptr, F_OK), 0);
            }
        }
    }
    for (size_t len = 0; len < whole.len; len++) {
        pl_str cut = pl_str_sub(pl_buf_str(&whole), 0, len);
        assert_int_equal(pl_io_replace_file(path.ptr, cut, NULL), PL_OK);
        pl_str value = PL_STR_EMPTY;
        assert_false(find(fixture, "a", &value));
        assert_int_not_equal(access(path.ptr, F_OK), 0);
    }
    put(fixture, "a", text);
    pl_str value = PL_STR_EMPTY;
    assert_true(find(fixture, "a", &value));
}

static void set_used(struct fixture *fixture, pl_str file, int64_t seconds)
{
    pl_str path =
        pl_arena_format(&fixture->arena, "%s/" PL_STR_FMT, fixture->dir, PL_STR_ARG(file));
    struct timespec times[2] = {{.tv_sec = seconds}, {.tv_sec = seconds}};
    assert_int_equal(utimensat(AT_FDCWD, path.ptr, times, 0), 0);
}

static void test_cache__what_was_used_longest_ago_goes_first(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, "a", "one");
    put(fixture, "b", "two");
    put(fixture, "c", "three");
    struct pl_cache_entries entries = list(fixture);
    assert_int_equal(entries.count, 3);
    uint64_t each = 0;
    for (size_t i = 0; i < entries.count; i++) {
        char key = entries.items[i].key.ptr[0];
        set_used(fixture, entries.items[i].file, 1000 + key - 'a');
        each = entries.items[i].stored_bytes > each ? entries.items[i].stored_bytes : each;
    }
    pl_str value = PL_STR_EMPTY;
    assert_true(find(fixture, "a", &value)); /* used now, so "b" is the oldest */
    struct pl_cache_removed removed = {0};
    assert_int_equal(pl_cache_prune(fixture->cache, 0, each * 2 + each, &removed, NULL), PL_OK);
    assert_int_equal(removed.entries, 0);
    assert_int_equal(pl_cache_prune(fixture->cache, 1002 * 1000, UINT64_MAX, &removed, NULL),
                     PL_OK);
    assert_int_equal(removed.entries, 1);
    assert_false(find(fixture, "b", &value));
    assert_true(find(fixture, "c", &value));
    assert_true(find(fixture, "a", &value));
}

static void test_cache__the_bound_is_kept(void **state)
{
    enum { BOUND = 4096, PUTS = 400 };
    struct fixture *fixture = *state;
    struct pl_cache *small PL_CLEANUP(pl_cache_closep) = NULL;
    assert_int_equal(pl_cache_open(fixture->dir, BOUND, &small, NULL), PL_OK);
    for (int i = 0; i < PUTS; i++) {
        char key[32];
        snprintf(key, sizeof(key), "key-%d", i);
        pl_cache_put(small, "layer", pl_str_from(key), PL_STR("some value"));
    }
    uint64_t total = 0;
    struct pl_cache_entries entries = list(fixture);
    for (size_t i = 0; i < entries.count; i++) {
        total += entries.items[i].stored_bytes;
    }
    assert_true(entries.count > 0);
    assert_true(total <= BOUND);
}

static void test_cache__a_directory_that_others_may_write_to_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct pl_cache *cache = NULL;
    assert_int_equal(chmod(fixture->dir, 0770), 0);
    assert_int_equal(pl_cache_open(fixture->dir, CEILING, &cache, NULL), PL_E_DENIED);
    assert_int_equal(chmod(fixture->dir, 0707), 0);
    assert_int_equal(pl_cache_open(fixture->dir, CEILING, &cache, NULL), PL_E_DENIED);
    assert_int_equal(chmod(fixture->dir, 0700), 0);
    assert_int_equal(pl_cache_open("/dev/null", CEILING, &cache, NULL), PL_E_IO);
}

/* Writers, readers, pruners and discarders at once: what is found is always what was put. */
static void use_at_once(const char *dir, int who)
{
    enum { ROUNDS = 400, KEYS = 16, BOUND = 2048 };
    struct pl_arena arena = {0};
    struct pl_cache *cache = NULL;
    if (pl_cache_open(dir, BOUND, &cache, NULL) < 0) {
        _exit(2);
    }
    for (int i = 0; i < ROUNDS; i++) {
        char key[32];
        char wanted[64];
        snprintf(key, sizeof(key), "key-%d", (i + who) % KEYS);
        snprintf(wanted, sizeof(wanted), "the value of key-%d", (i + who) % KEYS);
        pl_str value = PL_STR_EMPTY;
        if (pl_cache_find(cache, &arena, "layer", pl_str_from(key), CEILING, &value)) {
            if (!pl_str_eq(value, pl_str_from(wanted))) {
                _exit(3);
            }
        } else {
            pl_cache_put(cache, "layer", pl_str_from(key), pl_str_from(wanted));
        }
        pl_arena_clear(&arena);
    }
    _exit(0);
}

static void test_cache__many_use_it_at_once(void **state)
{
    enum { PROCESSES = 8 };
    struct fixture *fixture = *state;
    for (int i = 0; i < PROCESSES; i++) {
        int pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            use_at_once(fixture->dir, i);
        }
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status = -1;
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    struct pl_cache_entries entries = list(fixture);
    for (size_t i = 0; i < entries.count; i++) {
        assert_true(entries.items[i].key.len > 0);
    }
}

int pl_test_cache(void)
{
#define T(name) cmocka_unit_test_setup_teardown(test_cache__##name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(gives_back_what_was_put),
        T(without_one_nothing_is_kept),
        T(a_ceiling_holds),
        T(damage_is_not_found),
        T(what_was_used_longest_ago_goes_first),
        T(the_bound_is_kept),
        T(a_directory_that_others_may_write_to_is_refused),
        T(many_use_it_at_once),
    };
#undef T
    return cmocka_run_group_tests_name("cache", tests, NULL, NULL);
}
