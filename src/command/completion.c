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

/* The word that a usage line begins with when it is to be typed as it stands: "compare SCHEME". */
static bool next_action(pl_str *usage, pl_str *ret)
{
    pl_str line = PL_STR_EMPTY;
    while (pl_str_next_line(usage, &line)) {
        if (line.len > 0 && line.ptr[0] >= 'a' && line.ptr[0] <= 'z') {
            return pl_str_next_word(&line, ret);
        }
    }
    return false;
}

/* The cases of three `case` statements: options by command, actions by command, and what may follow
 * an action. */
static void print_options(const struct pl_command *const *commands, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        printf("        %s) words=\"--help", commands[i]->name);
        for (const struct pl_option *row = commands[i]->options; row && row->name; row++) {
            printf(" --%s", row->name);
        }
        fputs("\" ;;\n", stdout);
    }
}

static void print_actions(const struct pl_command *const *commands, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        pl_str usage = pl_str_from(commands[i]->usage);
        pl_str action = PL_STR_EMPTY;
        printf("        %s) words=\"", commands[i]->name);
        while (next_action(&usage, &action)) {
            printf(" " PL_STR_FMT, PL_STR_ARG(action));
        }
        fputs("\" ;;\n", stdout);
    }
}

static void print_action_words(const struct pl_command *const *commands, size_t count)
{
    enum { LONGEST_ACTION = 32 };
    for (size_t i = 0; i < count; i++) {
        pl_str usage = pl_str_from(commands[i]->usage);
        pl_str action = PL_STR_EMPTY;
        while (commands[i]->print_words && next_action(&usage, &action)) {
            char text[LONGEST_ACTION];
            snprintf(text, sizeof(text), PL_STR_FMT, PL_STR_ARG(action));
            printf("        \"%s %s\") words=\"", commands[i]->name, text);
            commands[i]->print_words(text);
            fputs("\" ;;\n", stdout);
        }
    }
}

/* The names come from our own tables: letters, digits and dashes, so nothing needs quoting. */
static void print_bash(void)
{
    size_t count = 0;
    const struct pl_command *const *commands = pl_commands(&count);
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
    print_options(commands, count);
    fputs("        esac\n"
          "    elif [ \"$COMP_CWORD\" -eq 2 ]; then\n"
          "        case \"${COMP_WORDS[1]}\" in\n",
          stdout);
    print_actions(commands, count);
    fputs("        esac\n"
          "    elif [ \"$COMP_CWORD\" -eq 3 ]; then\n"
          "        case \"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in\n",
          stdout);
    print_action_words(commands, count);
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
