/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_get - pl_http_send from the command line, for tests/tools/http_client.py.
 *
 * usage: http_get [option...] URL...
 * For each URL in turn, with one client: "status", "url", "header NAME: VALUE" lines, "bytes",
 * "threads" (of this process afterwards) and "body" with the body after it. A failure is told on
 * standard error as "CLASS: text" and ends the program with status 1.
 */
#include "base/io.h"
#include "net/http_retry.h"
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

enum { MOST_HEADERS = 16 };

struct options {
    struct pl_http_transport transport;
    struct pl_http_timings timings;
    struct pl_http_request request;
    const char *headers[MOST_HEADERS + 1];
    size_t header_count;
    struct pl_http *http;
    const char *login; /* a value, a URL whose body is a token, or "none" */
    const char *dial;
    const char *upload_file;
    struct pl_buf upload;
    uint64_t upload_lacks; /* so many bytes more are announced than can be read */
    bool to_buffer; /* no sink */
    bool tells_progress;
    bool is_quiet; /* the body is counted, not printed */
    bool forks; /* the last URL is asked for in a child, and then in the parent */
    long sink_ms; /* the sink takes that long over its first piece */
    long sink_fails_after; /* bytes; or -1 */
    long resolver_ms; /* no name is known, and it takes that long to find out; or -1 */
    uint64_t taken;
};

static long resolver_ms = -1;

static void sleep_ms(long ms)
{
    struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    while (nanosleep(&left, &left) < 0 && errno == EINTR) {
    }
}

/* In place of the C library's, since the program exports it: with --resolver-ms no name is known,
 * and it takes that long to find out. */
int getaddrinfo(const char *restrict node, const char *restrict service,
                const struct addrinfo *restrict hints, struct addrinfo **restrict ret)
{
    if (resolver_ms >= 0) {
        sleep_ms(resolver_ms);
        return EAI_NONAME;
    }
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **) = NULL;
    void *symbol = dlsym(RTLD_NEXT, "getaddrinfo");
    memcpy(&real, &symbol, sizeof(symbol));
    return real(node, service, hints, ret);
}

static enum pl_status take(void *context, pl_span piece, struct pl_error *err)
{
    struct options *options = context;
    if (options->taken == 0 && options->sink_ms > 0) {
        sleep_ms(options->sink_ms);
    }
    options->taken += piece.len;
    if (options->sink_fails_after >= 0 && options->taken > (uint64_t)options->sink_fails_after) {
        return pl_error_set(err, PL_E_CONFLICT, "the sink is full");
    }
    return options->is_quiet ? PL_OK : pl_io_write(STDOUT_FILENO, pl_span_str(piece), err);
}

static enum pl_status give(void *context, uint64_t offset, uint8_t *into, size_t size,
                           size_t *ret_got, struct pl_error *err)
{
    struct options *options = context;
    pl_str part = pl_str_sub(pl_buf_str(&options->upload), (size_t)offset, size);
    if (part.len > 0) {
        memcpy(into, part.ptr, part.len);
    } else {
        return pl_error_set(err, PL_E_IO, "the upload has no more");
    }
    *ret_got = part.len;
    return PL_OK;
}

static enum pl_status answer_login(void *context, struct pl_arena *arena,
                                   const struct pl_http_response *challenge, const char **ret_value,
                                   struct pl_error *err)
{
    const struct options *options = context;
    pl_str asked = pl_http_header_value(challenge, "www-authenticate");
    if (strcmp(options->login, "none") == 0) {
        return pl_error_set(err, PL_E_DENIED, "no credentials for " PL_STR_FMT, PL_STR_ARG(asked));
    }
    if (!pl_http_is_url(pl_str_from(options->login))) {
        *ret_value = pl_arena_dup(arena, pl_str_from(options->login)).ptr;
        return PL_OK;
    }
    /* As a registry's login does it: the token comes from another server, by the same client. */
    struct pl_http_response answer = {0};
    struct pl_http_request request = {.url = options->login, .max_bytes = 1024};
    enum pl_status st = pl_http_send(options->http, arena, &request, &answer, err);
    if (st == PL_OK) {
        *ret_value = pl_arena_format(arena, "Bearer " PL_STR_FMT, PL_STR_ARG(answer.body)).ptr;
    }
    return st;
}

static enum pl_status dial(void *context, int *ret_fd, struct pl_error *err)
{
    const struct options *options = context;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd pl_autoclose = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", options->dial);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
        return pl_error_sys(err, errno, "dialling %s", options->dial);
    }
    *ret_fd = pl_fd_take(&fd);
    return PL_OK;
}

static void tell(void *context, pl_str label, uint64_t done, uint64_t total)
{
    dprintf(STDERR_FILENO, PL_STR_FMT " %llu of %llu\n", PL_STR_ARG(label),
            (unsigned long long)done, (unsigned long long)total);
}

static unsigned count_threads(void)
{
    unsigned count = 0;
    DIR *dir = opendir("/proc/self/task");
    for (const struct dirent *entry = dir ? readdir(dir) : NULL; entry; entry = readdir(dir)) {
        count += entry->d_name[0] != '.';
    }
    if (dir) {
        closedir(dir);
    }
    return count;
}

static void print_answer(const struct options *options, const struct pl_http_response *answer)
{
    dprintf(STDOUT_FILENO, "\nstatus %u\nurl %s\n", answer->status, answer->url.ptr);
    for (size_t i = 0; i < answer->headers.count; i++) {
        const struct pl_http_header *header = &answer->headers.items[i];
        dprintf(STDOUT_FILENO, "header " PL_STR_FMT ": " PL_STR_FMT "\n", PL_STR_ARG(header->name),
                PL_STR_ARG(header->value));
    }
    dprintf(STDOUT_FILENO, "bytes %llu\nthreads %u\n", (unsigned long long)answer->body_bytes,
            count_threads());
    if (!options->is_quiet) {
        pl_io_write(STDOUT_FILENO, PL_STR("body "), NULL);
        pl_io_write(STDOUT_FILENO, answer->body, NULL);
        pl_io_write(STDOUT_FILENO, PL_STR("\n"), NULL);
    }
}

static int ask(struct pl_http *http, struct options *options, const char *url)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_error err = PL_ERROR_INIT;
    struct pl_http_response answer = {0};
    options->request.url = url;
    options->taken = 0;
    if (pl_http_send(http, &arena, &options->request, &answer, &err) < 0) {
        dprintf(STDERR_FILENO, "%s: %s\nthreads %u\n", pl_status_to_string(err.status), err.msg,
                count_threads());
        return 1;
    }
    print_answer(options, &answer);
    return 0;
}

static int ask_in_child(struct pl_http *http, struct options *options, const char *url)
{
    pid_t pid = fork();
    if (pid == 0) {
        int status = ask(http, options, url);
        pl_http_free(http);
        exit(status);
    }
    int status = 1;
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0 ? 0 : 1;
}

/* name, what is done with its value (a C string) */
#define OPTIONS(X)                                                                                 \
    X("method", request.method = value)                                                            \
    X("header", headers[options->header_count++ % MOST_HEADERS] = value)                           \
    X("authorization", request.authorization = value)                                              \
    X("login", login = value)                                                                      \
    X("body", request.body = pl_str_from(value))                                                   \
    X("max", request.max_bytes = number)                                                           \
    X("from", request.from_offset = number)                                                        \
    X("once", request.is_once = true)                                                              \
    X("keep-redirect", request.keeps_redirect = true)                                              \
    X("insecure", transport.is_insecure = true)                                                    \
    X("ca", transport.ca_file = value)                                                             \
    X("cert", transport.client_cert = value)                                                       \
    X("key", transport.client_key = value)                                                         \
    X("unix", transport.unix_socket = value)                                                       \
    X("http2", transport.is_http2_only = true)                                                     \
    X("dial", dial = value)                                                                        \
    X("upload", upload_file = value)                                                               \
    X("upload-lacks", upload_lacks = number)                                                       \
    X("buffer", to_buffer = true)                                                                  \
    X("progress", tells_progress = true)                                                           \
    X("quiet", is_quiet = true)                                                                    \
    X("fork", forks = true)                                                                        \
    X("sink-ms", sink_ms = (long)number)                                                           \
    X("sink-fails-after", sink_fails_after = (long)number)                                         \
    X("resolver-ms", resolver_ms = (long)number)                                                   \
    X("connect-ms", timings.connect_ms = (unsigned)number)                                         \
    X("stall-ms", timings.stall_ms = (unsigned)number)                                             \
    X("local-answer-ms", timings.local_answer_ms = (unsigned)number)                               \
    X("most-seconds", request.most_seconds = (unsigned)number)                                     \
    X("backoff-ms", timings.backoff_ms = (unsigned)number)                                         \
    X("most-wait-s", timings.most_wait_s = (unsigned)number)

static bool set_option(struct options *options, const char *argument)
{
    pl_str name = pl_str_from(argument);
    pl_str text = PL_STR_EMPTY;
    uint64_t number = 0;
    pl_str_cut(name, '=', &name, &text);
    pl_str_to_uint(text, UINT32_MAX, &number);
    const char *value = text.ptr;
#define X(option, action)                                                                          \
    if (pl_str_eq(name, PL_STR(option))) {                                                         \
        options->action;                                                                           \
        return true;                                                                               \
    }
    OPTIONS(X)
#undef X
    (void)value;
    return false;
}

static void connect_parts(struct options *options)
{
    static struct pl_http_sink sink = {.take = take};
    static struct pl_http_upload upload = {.read = give};
    static struct pl_http_login login = {.answer = answer_login};
    static const struct pl_progress progress = {.tell = tell};
    sink.context = upload.context = login.context = options;
    upload.length = options->upload.len + options->upload_lacks;
    options->request.headers = options->headers;
    options->request.sink = options->to_buffer ? NULL : &sink;
    options->request.progress = options->tells_progress ? &progress : NULL;
    options->request.login = options->login ? &login : NULL;
    options->request.upload = options->upload_file ? &upload : NULL;
    if (options->dial) {
        options->transport.dial = dial;
        options->transport.dial_context = options;
    }
}

int main(int argc, char **argv)
{
    struct options options = {.timings = PL_HTTP_TIMINGS_DEFAULT,
                              .request.max_bytes = 1 << 20,
                              .upload = PL_BUF_INIT(64 << 20),
                              .sink_fails_after = -1,
                              .resolver_ms = -1};
    struct pl_error err = PL_ERROR_INIT;
    struct pl_http *http PL_CLEANUP(pl_http_freep) = NULL;
    int at = 1;
    for (; at < argc && strncmp(argv[at], "--", 2) == 0; at++) {
        if (!set_option(&options, argv[at] + 2)) {
            dprintf(STDERR_FILENO, "http_get: unknown option %s\n", argv[at]);
            return 2;
        }
    }
    enum pl_status st = PL_OK;
    if (options.upload_file) {
        st = pl_io_read_file(options.upload_file, &options.upload, &err);
    }
    connect_parts(&options);
    resolver_ms = options.resolver_ms;
    if (st == PL_OK) {
        st = pl_http_new(&options.transport, &http, &err);
    }
    if (st < 0) {
        dprintf(STDERR_FILENO, "%s: %s\n", pl_status_to_string(err.status), err.msg);
        return 1;
    }
    pl_http_set_timings(http, &options.timings);
    options.http = http;
    int failed = 0;
    for (; at < argc && !failed; at++) {
        if (options.forks && at + 1 == argc) {
            failed = ask_in_child(http, &options, argv[at]);
        }
        failed = failed || ask(http, &options, argv[at]);
    }
    pl_buf_release(&options.upload);
    return failed;
}
