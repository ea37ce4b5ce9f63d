/* SPDX-License-Identifier: Apache-2.0 */
/* Asks who we are, shows it to the registry, and has it kept. */
#include "base/io.h"
#include "base/utf8.h"
#include "command/registry.h"
#include "image/registry/account.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

enum { MOST_SECRET_BYTES = 64 << 10 };

/* The terminal's echo, while a password is typed. It comes back also when the user gives up. */
static struct termios before;
static volatile sig_atomic_t is_echo_off;

static void give_echo_back(void)
{
    if (is_echo_off) {
        is_echo_off = 0;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    }
}

static void give_up(int number)
{
    give_echo_back();
    signal(number, SIG_DFL);
    raise(number);
}

static void take_echo_away(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    if (tcgetattr(STDIN_FILENO, &before) < 0) {
        return;
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(numbers); i++) {
        sigaction(numbers[i], &(struct sigaction){.sa_handler = give_up}, NULL);
    }
    struct termios quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    is_echo_off = 1;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
}

/* One line from standard input, byte by byte, so that nothing is left in a buffer. */
static enum pl_status read_line(const char *prompt, struct pl_buf *into, struct pl_error *err)
{
    fputs(prompt, stderr);
    fflush(stderr);
    for (;;) {
        char c = '\0';
        ssize_t got = read(STDIN_FILENO, &c, 1);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return pl_error_sys(err, errno, "reading from the terminal");
        }
        if (got == 0 || c == '\n') {
            return pl_buf_status(into, "what was typed", err);
        }
        pl_buf_append_char(into, c);
    }
}

static enum pl_status ask_password(struct pl_buf *into, struct pl_error *err)
{
    take_echo_away();
    enum pl_status st = read_line("Password: ", into, err);
    give_echo_back();
    fputc('\n', stderr);
    return st;
}

/* All of standard input without its last line end: a password may begin or end with blanks. */
static enum pl_status read_password(struct pl_buf *into, struct pl_error *err)
{
    enum pl_status st = pl_io_read_all(STDIN_FILENO, "standard input", into, err);
    if (st == PL_OK && into->len > 0 && into->ptr[into->len - 1] == '\n') {
        into->len--;
        if (into->len > 0 && into->ptr[into->len - 1] == '\r') {
            into->len--;
        }
    }
    return st;
}

static enum pl_status check_secret(pl_str secret, const char *what, struct pl_error *err)
{
    for (size_t i = 0; i < secret.len; i++) {
        if (secret.ptr[i] == '\0' || secret.ptr[i] == '\n' || secret.ptr[i] == '\r') {
            return pl_error_set(err, PL_E_USAGE, "the %s has more than one line", what);
        }
    }
    return secret.len > 0 ? PL_OK : pl_error_set(err, PL_E_USAGE, "the %s is empty", what);
}

static enum pl_status ask(const struct pl_registry_call *call, struct pl_buf *user,
                          struct pl_buf *password, struct pl_error *err)
{
    const char *given = pl_args_value(call->args, "username", NULL);
    bool from_stdin = pl_args_flag(call->args, "password-stdin");
    bool is_terminal = isatty(STDIN_FILENO) == 1;
    if (from_stdin && !given) {
        return pl_error_set(err, PL_E_USAGE, "--password-stdin goes with --username USER");
    }
    if (!from_stdin && !is_terminal) {
        return pl_error_set(err, PL_E_USAGE,
                            "standard input is no terminal to ask at; give the password with "
                            "--username USER --password-stdin");
    }
    enum pl_status st = PL_OK;
    if (given) {
        pl_buf_append(user, pl_str_from(given));
    } else {
        st = read_line("User name: ", user, err);
    }
    if (st == PL_OK) {
        st = check_secret(pl_buf_str(user), "user name", err);
    }
    if (st == PL_OK) {
        st = from_stdin ? read_password(password, err) : ask_password(password, err);
    }
    return st < 0 ? st : check_secret(pl_buf_str(password), "password", err);
}

static enum pl_status parse_host(const struct pl_registry_call *call, pl_str *ret,
                                 struct pl_error *err)
{
    const char *given = pl_args_positional(call->args, 1);
    struct pl_reference reference = {.tag = PL_STR_EMPTY};
    enum pl_status st =
        pl_reference_parse_repository(call->arena, pl_str_from(given), &reference, err);
    if (st == PL_OK && reference.repository.len > 0) {
        st = pl_error_set(err, PL_E_USAGE,
                          "name the registry alone, such as ghcr.io or registry.local:5000");
    }
    if (st == PL_OK) {
        *ret = reference.registry;
    }
    return st;
}

static void tell(const struct pl_registry_call *call, pl_str host, pl_str where, bool is_checked)
{
    pl_str place = pl_utf8_clean(call->arena, where, 400);
    printf("logged in at " PL_STR_FMT "; the credentials are kept %s" PL_STR_FMT "\n",
           PL_STR_ARG(host),
           pl_str_starts_with(where, PL_STR("docker-credential-")) ? "by " : "in ",
           PL_STR_ARG(place));
    if (!is_checked) {
        fprintf(stderr,
                "plimsoll: the registry lets anybody in, so nobody has checked the password\n");
    }
    if (!pl_str_starts_with(where, PL_STR("docker-credential-"))) {
        fprintf(stderr,
                "plimsoll: they are not encrypted there; a credential helper (credsStore) would "
                "keep them better\n");
    }
}

static enum pl_status log_in(const struct pl_registry_call *call, pl_str host, struct pl_buf *user,
                             struct pl_buf *password, struct pl_error *err)
{
    enum pl_status st = ask(call, user, password, err);
    struct pl_credentials credentials = {.user = pl_buf_str(user),
                                         .password = pl_buf_str(password)};
    bool is_checked = false;
    pl_str where = PL_STR_EMPTY;
    if (st == PL_OK) {
        st = pl_registry_check_login(call->options, host, &credentials, &is_checked, err);
    }
    if (st == PL_OK) {
        st = pl_credentials_store(call->arena, host, &credentials, &where, err);
    }
    if (st == PL_OK) {
        tell(call, host, where, is_checked);
    }
    return st;
}

enum pl_status pl_registry_run_login(const struct pl_registry_call *call, struct pl_error *err)
{
    struct pl_buf user pl_autobuf = PL_BUF_INIT(MOST_SECRET_BYTES);
    /* Reserved whole, so that no copy is left behind where it would have grown. */
    struct pl_buf password pl_autobuf = PL_BUF_INIT(MOST_SECRET_BYTES);
    pl_str host = PL_STR_EMPTY;
    (void)pl_buf_reserve(&password, MOST_SECRET_BYTES);
    enum pl_status st = parse_host(call, &host, err);
    if (st == PL_OK) {
        st = log_in(call, host, &user, &password, err);
    }
    explicit_bzero(password.ptr, password.capacity);
    return st;
}

enum pl_status pl_registry_run_logout(const struct pl_registry_call *call, struct pl_error *err)
{
    pl_str host = PL_STR_EMPTY;
    pl_str where = PL_STR_EMPTY;
    enum pl_status st = parse_host(call, &host, err);
    if (st == PL_OK) {
        st = pl_credentials_erase(call->arena, host, &where, err);
    }
    if (st == PL_OK) {
        printf("logged out from " PL_STR_FMT "; the credentials are gone from " PL_STR_FMT "\n",
               PL_STR_ARG(host), PL_STR_ARG(pl_utf8_clean(call->arena, where, 400)));
    }
    return st;
}
