/* SPDX-License-Identifier: Apache-2.0 */
#include "command/command.h"
#include <stdio.h>

static void print_words(void)
{
    size_t count = 0;
    const struct pl_command *const *commands = pl_commands(&count);
    for (size_t i = 0; i < count; i++) {
        printf("%s%s", i ? " " : "", commands[i]->name);
    }
}

/* The names come from our own tables: letters, digits and dashes, so nothing needs quoting. */
static void print_bash(void)
{
    fputs("_plimsoll()\n{\n"
          "    local word=\"${COMP_WORDS[COMP_CWORD]}\" words=\"\"\n"
          "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
          "        words=\"",
          stdout);
    print_words();
    fputs(" --help --version\"\n"
          "    elif [ \"${COMP_WORDS[1]}\" = help ]; then\n"
          "        words=\"",
          stdout);
    print_words();
    fputs("\"\n    elif [ \"${word#-}\" != \"$word\" ]; then\n"
          "        case \"${COMP_WORDS[1]}\" in\n",
          stdout);
    size_t count = 0;
    const struct pl_command *const *commands = pl_commands(&count);
    for (size_t i = 0; i < count; i++) {
        printf("        %s) words=\"--help", commands[i]->name);
        for (const struct pl_option *row = commands[i]->options; row && row->name; row++) {
            printf(" --%s", row->name);
        }
        fputs("\" ;;\n", stdout);
    }
    fputs("        esac\n"
          "    fi\n"
          "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
          "}\n"
          "complete -o default -F _plimsoll plimsoll\n",
          stdout);
}

static int run(const struct pl_args *args, struct pl_error *err)
{
    static const char *const shells[] = {"bash", NULL};
    enum pl_status st = pl_args_expect(args, 1, 1, err);
    if (st == PL_OK && !pl_str_eq(pl_str_from(pl_args_positional(args, 0)), PL_STR("bash"))) {
        st = pl_command_unknown("shell", pl_args_positional(args, 0), shells, err);
    }
    if (st < 0) {
        return pl_command_failed(st);
    }
    print_bash();
    return 0;
}

static const char *const examples[] = {
    "source <(plimsoll completion bash)",
    "completes commands and options in this shell",
    NULL,
};

const struct pl_command pl_command_completion = {
    .name = "completion",
    .summary = "print a completion script for a shell",
    .usage = "bash",
    .examples = examples,
    .run = run,
};
