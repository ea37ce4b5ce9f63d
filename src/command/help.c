/* SPDX-License-Identifier: Apache-2.0 */
#include "command/help.h"
#include "base/compiler.h"
#include "base/nearest.h"
#include "image/image.h"

enum { SUMMARY_COLUMN = 30 };

void pl_help_print_overview(FILE *into)
{
    fputs("plimsoll tells what is inside a container, whether it is safe to run, and what to do\n"
          "about it.\n\n"
          "Usage: plimsoll COMMAND [options] [arguments]\n"
          "       plimsoll help COMMAND\n"
          "       plimsoll --version\n\n"
          "Commands:\n",
          into);
    size_t count = 0;
    const struct pl_command *const *commands = pl_commands(&count);
    for (size_t i = 0; i < count; i++) {
        fprintf(into, "  %-12s %s\n", commands[i]->name, commands[i]->summary);
    }
    fputs("\nExit status: 0 done and within policy, 1 outside policy, 2 wrong usage,\n"
          "3 could not do it, 4 done but with coverage gaps when --strict is given.\n",
          into);
}

static void print_option(FILE *into, const struct pl_option *option)
{
    char left[96];
    snprintf(left, sizeof(left), "--%s%s%s", option->name, option->argument ? " " : "",
             option->argument ? option->argument : "");
    if (strlen(left) > SUMMARY_COLUMN - 4) {
        fprintf(into, "  %s\n%*s", left, SUMMARY_COLUMN, "");
    } else {
        fprintf(into, "  %-*s", SUMMARY_COLUMN - 2, left);
    }
    fprintf(into, "%s%s\n", option->summary, option->repeats ? " (may be repeated)" : "");
}

static void print_sources(FILE *into)
{
    size_t count = 0;
    const struct pl_image_source *const *sources = pl_image_sources(&count);
    fputs("\nSources:\n", into);
    for (size_t i = 0; i < count; i++) {
        fprintf(into, "  %-16s %s\n", sources[i]->name, sources[i]->summary);
    }
    fprintf(into, "  %-16s %s\n", "container",
            "a container as it is now: container:NAME, or an id");
    fprintf(into, "  %-16s %s\n", "dir", "a root file system: dir:DIR; dir:/ is this machine");
    fprintf(into, "  %-16s %s\n", "sbom",
            "what a bill of materials lists, whoever wrote it: sbom:FILE");
    fputs("Without a scheme: a path that exists is recognised by its content; any other name is "
          "that\n"
          "of an image, for which Docker, Podman, containerd and then its registry are asked.\n",
          into);
}

void pl_help_print_command(FILE *into, const struct pl_command *command)
{
    fprintf(into, "plimsoll %s: %s\n\n", command->name, command->summary);
    const char *lead = "Usage: ";
    pl_str cursor = pl_str_from(command->usage);
    pl_str line = PL_STR_EMPTY;
    while (pl_str_next_line(&cursor, &line)) {
        fprintf(into, "%splimsoll %s%s" PL_STR_FMT "\n", lead, command->name, line.len ? " " : "",
                PL_STR_ARG(line));
        lead = "       ";
    }
    if (command->details) {
        fprintf(into, "\n%s\n", command->details);
    }
    if (command->takes_sources) {
        print_sources(into);
    }
    fputs("\nOptions:\n", into);
    for (const struct pl_option *option = command->options; option && option->name; option++) {
        print_option(into, option);
    }
    print_option(into, &(struct pl_option){.name = "help", .summary = "print this"});
    if (command->examples && command->examples[0]) {
        fputs("\nExamples:\n", into);
        for (const char *const *row = command->examples; row[0] && row[1]; row += 2) {
            fprintf(into, "  %s\n      %s\n", row[0], row[1]);
        }
    }
}

enum pl_status pl_help_unknown_command(const char *given, struct pl_error *err)
{
    struct pl_nearest nearest = pl_nearest_start(pl_str_from(given));
    size_t count = 0;
    const struct pl_command *const *commands = pl_commands(&count);
    for (size_t i = 0; i < count; i++) {
        pl_nearest_offer(&nearest, commands[i]->name);
    }
    if (nearest.best) {
        return pl_error_set(err, PL_E_USAGE, "no command \"%.80s\"; did you mean %s?", given,
                            nearest.best);
    }
    return pl_error_set(err, PL_E_USAGE, "no command \"%.80s\"", given);
}

static int run(const struct pl_args *args, struct pl_error *err)
{
    enum pl_status st = pl_args_expect(args, 0, 1, err);
    const char *name = pl_args_positional(args, 0);
    const struct pl_command *command = name ? pl_command_find(name) : NULL;
    if (st == PL_OK && name && !command) {
        st = pl_help_unknown_command(name, err);
    }
    if (st < 0) {
        return pl_command_failed(st);
    }
    if (command) {
        pl_help_print_command(stdout, command);
    } else {
        pl_help_print_overview(stdout);
    }
    return 0;
}

static const char *const examples[] = {
    "plimsoll help version",
    "explains one command",
    NULL,
};

const struct pl_command pl_command_help = {
    .name = "help",
    .summary = "list the commands, or explain one",
    .usage = "[COMMAND]",
    .examples = examples,
    .run = run,
};
