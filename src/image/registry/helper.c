/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The protocol (docker-credential-helpers, "Development"): the one argument is the verb, standard
 * input carries what it is about, standard output the answer.
 *
 *   get    in: the server's name      out: {"ServerURL":..., "Username":..., "Secret":...}
 *   store  in: the same object        out: nothing
 *   erase  in: the server's name      out: nothing
 *
 * A failure is an exit status that is not 0, with the reason on standard output, where the text
 * "credentials not found in native keychain" means that there are none; helpers of other makers
 * begin it in the same way. The user name "<token>" says that the secret is an identity token.
 */
#include "image/registry/helper.h"
#include "base/buf.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/program.h"
#include "format/json.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define IDENTITY_TOKEN_USER PL_STR("<token>")

enum { NAME_MOST = 64, EXIT_POLL_MS = 5 };

static int64_t now_ms(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void wipe(struct pl_buf *buf)
{
    if (buf->ptr) {
        explicit_bzero(buf->ptr, buf->capacity);
    }
}

static enum pl_status check_name(pl_str name, struct pl_error *err)
{
    bool good = name.len > 0 && name.len <= NAME_MOST;
    for (size_t i = 0; good && i < name.len; i++) {
        char c = name.ptr[i];
        good = pl_char_is_alnum(c) || c == '_' || c == '-' ||
               (c == '.' && i > 0); /* "desktop.exe", from Windows through WSL */
    }
    if (!good) {
        return pl_error_set(err, PL_E_USAGE,
                            "\"" PL_STR_FMT "\" cannot be the name of a credential helper",
                            PL_STR_ARG(pl_str_sub(name, 0, NAME_MOST)));
    }
    return PL_OK;
}

/* A file in memory: unlike a pipe it cannot block or break when the helper does not read. */
static enum pl_status input_of(pl_str input, int *ret_fd, struct pl_error *err)
{
    int fd pl_autoclose = memfd_create("plimsoll", MFD_CLOEXEC);
    if (fd < 0) {
        return pl_error_sys(err, errno, "making a file in memory");
    }
    enum pl_status st = pl_io_write(fd, input, err);
    if (st < 0) {
        return st;
    }
    if (lseek(fd, 0, SEEK_SET) < 0) {
        return pl_error_sys(err, errno, "rewinding a file in memory");
    }
    *ret_fd = pl_fd_take(&fd);
    return PL_OK;
}

/* Until the end of its output; LIMIT when time or room runs out. */
static enum pl_status read_answer(int fd, int64_t deadline, const char *program,
                                  struct pl_buf *answer, struct pl_error *err)
{
    for (;;) {
        struct pollfd waits = {.fd = fd, .events = POLLIN};
        int64_t left = deadline - now_ms();
        int ready = left > 0 ? poll(&waits, 1, (int)left) : 0;
        if (ready < 0 && errno == EINTR) {
            continue;
        }
        if (ready < 0) {
            return pl_error_sys(err, errno, "waiting for %s", program);
        }
        if (ready == 0) {
            return pl_error_set(err, PL_E_LIMIT, "%s did not answer in time and was stopped",
                                program);
        }
        size_t room_left = answer->ceiling_bytes - answer->len;
        char *room = room_left > 0 ? pl_buf_reserve(answer, room_left) : NULL;
        char probe = 0;
        ssize_t got = read(fd, room ? room : &probe, room ? room_left : 1);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return pl_error_sys(err, errno, "reading from %s", program);
        }
        if (got == 0) {
            return PL_OK;
        }
        if (!room) {
            return pl_error_set(err, PL_E_LIMIT, "%s answers with more than %d bytes", program,
                                PL_LIMIT_HELPER_BYTES);
        }
        answer->len += (size_t)got;
    }
}

/* Its exit status, or -1 when it was ended by a signal; LIMIT past the deadline. */
static enum pl_status wait_for_exit(pid_t pid, int64_t deadline, const char *program, int *ret,
                                    struct pl_error *err)
{
    for (;;) {
        int status = 0;
        pid_t ended = waitpid(pid, &status, WNOHANG);
        if (ended == pid) {
            *ret = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
            return PL_OK;
        }
        if (ended < 0 && errno != EINTR) {
            return pl_error_sys(err, errno, "waiting for %s", program);
        }
        if (now_ms() >= deadline) {
            return pl_error_set(err, PL_E_LIMIT, "%s did not end in time and was stopped", program);
        }
        poll(NULL, 0, EXIT_POLL_MS);
    }
}

/* Runs `verb`; the answer and the exit status. */
static enum pl_status run(struct pl_arena *arena, const struct pl_helper *helper, const char *verb,
                          pl_str input, struct pl_buf *answer, int *ret_exit, struct pl_error *err)
{
    enum pl_status st = check_name(helper->name, err);
    if (st < 0) {
        return st;
    }
    const char *program =
        pl_arena_format(arena, "docker-credential-" PL_STR_FMT, PL_STR_ARG(helper->name)).ptr;
    int in pl_autoclose = -1;
    st = input_of(input, &in, err);
    if (st < 0) {
        return st;
    }
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) {
        return pl_error_sys(err, errno, "making a pipe");
    }
    int out pl_autoclose = ends[0];
    int64_t deadline = now_ms() + helper->timeout_ms;
    pid_t pid = 0;
    /* In a process group of its own, so that all it starts can be ended with it. */
    const char *const arguments[] = {program, verb, NULL};
    const struct pl_program started = {.arguments = arguments,
                                       .fds = {in, ends[1], -1},
                                       .without = pl_credentials_variables,
                                       .has_own_group = true};
    int failed = pl_program_start(&started, &pid);
    close(ends[1]);
    if (failed == ENOENT) {
        return pl_error_set(err, PL_E_NOT_FOUND,
                            "the credential helper %s is not on PATH; install it, or take it out "
                            "of the file that names it",
                            program);
    }
    if (failed) {
        return pl_error_sys(err, failed, "running %s", program);
    }
    st = read_answer(out, deadline, program, answer, err);
    if (st == PL_OK) {
        st = wait_for_exit(pid, deadline, program, ret_exit, err);
    }
    if (st < 0) {
        kill(-pid, SIGKILL);
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    return st;
}

/* Its own words are not repeated: nothing says that there is no secret in them. */
static enum pl_status failed_status(const struct pl_helper *helper, const char *verb,
                                    int exit_status, struct pl_error *err)
{
    return pl_error_set(err, PL_E_DENIED,
                        "docker-credential-" PL_STR_FMT " %s failed (exit status %d) for "
                        "\"" PL_STR_FMT "\"; run it by hand to see why",
                        PL_STR_ARG(helper->name), verb, exit_status, PL_STR_ARG(helper->server));
}

static bool says_none(pl_str answer)
{
    return pl_str_starts_with(pl_str_trim(answer), PL_STR("credentials not found"));
}

/* Copies, so that nothing refers to the document. */
static bool read_object(struct pl_arena *arena, pl_str answer, struct pl_credentials *ret)
{
    json_t *document pl_autojson = NULL;
    if (pl_json_parse(answer, "the answer", &document, NULL) < 0) {
        return false;
    }
    pl_str user = pl_json_str(document, "Username");
    pl_str secret = pl_json_str(document, "Secret");
    if (!json_is_string(json_object_get(document, "Secret"))) {
        return false;
    }
    if (pl_str_eq(user, IDENTITY_TOKEN_USER)) {
        ret->identity_token = pl_arena_dup(arena, secret);
    } else if (user.len > 0) {
        ret->user = pl_arena_dup(arena, user);
        ret->password = pl_arena_dup(arena, secret);
    }
    return true;
}

enum pl_status pl_helper_get(struct pl_arena *arena, const struct pl_helper *helper,
                             struct pl_credentials *ret, struct pl_error *err)
{
    struct pl_buf answer pl_autobuf = PL_BUF_INIT(PL_LIMIT_HELPER_BYTES);
    int exit_status = 0;
    enum pl_status st = run(arena, helper, "get", helper->server, &answer, &exit_status, err);
    struct pl_credentials found = {0};
    if (st == PL_OK && exit_status != 0 && !says_none(pl_buf_str(&answer))) {
        st = failed_status(helper, "get", exit_status, err);
    } else if (st == PL_OK && exit_status == 0 &&
               !read_object(arena, pl_buf_str(&answer), &found)) {
        st = pl_error_set(err, PL_E_PARSE,
                          "docker-credential-" PL_STR_FMT " does not answer as a credential helper",
                          PL_STR_ARG(helper->name));
    }
    wipe(&answer);
    if (st == PL_OK) {
        found.found_in =
            pl_arena_format(arena, "docker-credential-" PL_STR_FMT, PL_STR_ARG(helper->name));
        *ret = found;
    }
    return st;
}

enum pl_status pl_helper_store(struct pl_arena *arena, const struct pl_helper *helper,
                               const struct pl_credentials *credentials, struct pl_error *err)
{
    bool is_token = credentials->identity_token.len > 0;
    if (credentials->registry_token.len > 0) {
        return pl_error_set(err, PL_E_UNSUPPORTED,
                            "docker-credential-" PL_STR_FMT " can keep no bearer token",
                            PL_STR_ARG(helper->name));
    }
    pl_str user = is_token ? IDENTITY_TOKEN_USER : credentials->user;
    pl_str secret = is_token ? credentials->identity_token : credentials->password;
    json_t *object pl_autojson = json_pack("{s:s%, s:s%, s:s%}", "ServerURL", helper->server.ptr,
                                           helper->server.len, "Username", user.ptr, user.len,
                                           "Secret", secret.ptr ? secret.ptr : "", secret.len);
    char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;
    if (!text) {
        return pl_error_set(err, PL_E_USAGE, "user name or password are not UTF-8");
    }
    struct pl_buf answer pl_autobuf = PL_BUF_INIT(PL_LIMIT_HELPER_BYTES);
    int exit_status = 0;
    enum pl_status st = run(arena, helper, "store", pl_str_from(text), &answer, &exit_status, err);
    explicit_bzero(text, strlen(text));
    free(text);
    wipe(&answer);
    if (st == PL_OK && exit_status != 0) {
        st = failed_status(helper, "store", exit_status, err);
    }
    return st;
}

enum pl_status pl_helper_erase(struct pl_arena *arena, const struct pl_helper *helper,
                               struct pl_error *err)
{
    /* Some helpers erase what is not there without a word. */
    struct pl_credentials known = {0};
    enum pl_status st = pl_helper_get(arena, helper, &known, err);
    if (st < 0) {
        return st;
    }
    if (pl_credentials_are_empty(&known)) {
        return pl_error_set(err, PL_E_NOT_FOUND,
                            "docker-credential-" PL_STR_FMT " knows nobody at \"" PL_STR_FMT "\"",
                            PL_STR_ARG(helper->name), PL_STR_ARG(helper->server));
    }
    struct pl_buf answer pl_autobuf = PL_BUF_INIT(PL_LIMIT_HELPER_BYTES);
    int exit_status = 0;
    st = run(arena, helper, "erase", helper->server, &answer, &exit_status, err);
    wipe(&answer);
    if (st == PL_OK && exit_status != 0) {
        st = failed_status(helper, "erase", exit_status, err);
    }
    return st;
}
