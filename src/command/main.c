/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the verb, parses its options, runs it, and turns what came of it into the exit status. */
#include "command/args.h"
#include "command/help.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

/* A descriptor that was closed by the caller would be given to the next file opened, and results
 * would be written into it. Opened read-only, writing to it fails as it should. */
static void hold_standard_descriptors(void)
{
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != fd) {
            _exit(3);
        }
    }
}

static int report_failure(const struct pl_command *command, const struct pl_error *err,
                          enum pl_status status)
{
    fprintf(stderr, "plimsoll: %s\n", err->msg[0] ? err->msg : pl_status_to_string(status));
    if (status == PL_E_USAGE) {
        fprintf(stderr, "Try: plimsoll help%s%s\n", command ? " " : "",
                command ? command->name : "");
    }
    return pl_status_exit(status);
}

static int run_command(const struct pl_command *command, int argc, char *const *argv)
{
    struct pl_error err = PL_ERROR_INIT;
    struct pl_args args pl_autoargs = {0};
    enum pl_status st = pl_args_parse(&args, command, argc, argv, &err);
    if (st < 0) {
        return report_failure(command, &err, st);
    }
    if (args.wants_help) {
        pl_help_print_command(stdout, command);
        return 0;
    }
    int result = command->run(&args, &err);
    return result < 0 ? report_failure(command, &err, (enum pl_status)result) : result;
}

static int dispatch(int argc, char *const *argv)
{
    if (argc < 2) {
        pl_help_print_overview(stderr);
        return pl_status_exit(PL_E_USAGE);
    }
    pl_str verb = pl_str_from(argv[1]);
    if (pl_str_eq(verb, PL_STR("--version")) || pl_str_eq(verb, PL_STR("-V"))) {
        verb = PL_STR("version");
    } else if (pl_str_eq(verb, PL_STR("--help")) || pl_str_eq(verb, PL_STR("-h"))) {
        verb = PL_STR("help");
    }
    const struct pl_command *command = pl_command_find(verb.ptr);
    if (!command) {
        struct pl_error err = PL_ERROR_INIT;
        return report_failure(NULL, &err, pl_help_unknown_command(argv[1], &err));
    }
    return run_command(command, argc - 2, argv + 2);
}

int main(int argc, char **argv)
{
    hold_standard_descriptors();
    /* A reader that went away is a failed write like any other, not a silent end. */
    sigaction(SIGPIPE, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
    int status = dispatch(argc, argv);
    errno = 0;
    bool was_bad = ferror(stdout) != 0;
    if (fflush(stdout) != 0 || was_bad) {
        fprintf(stderr, "plimsoll: writing standard output failed%s%s\n", errno ? ": " : "",
                errno ? strerror(errno) : "");
        return pl_status_exit(PL_E_IO);
    }
    return status;
}
