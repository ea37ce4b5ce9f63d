/* SPDX-License-Identifier: Apache-2.0 */
#include "version/expression.h"
#include "base/limits.h"

/* One pair of parentheses, or the whole. */
struct frame {
    bool any; /* a finished group of terms held */
    bool all; /* the terms of this group so far hold */
    bool is_negated; /* the operand to come is */
};

struct stack {
    struct frame frames[PL_LIMIT_RANGE_DEPTH];
    size_t depth; /* index of the innermost */
};

static void add_operand(struct frame *frame, bool holds)
{
    frame->all = frame->all && holds != frame->is_negated;
    frame->is_negated = false;
}

static void end_group(struct frame *frame)
{
    frame->any = frame->any || frame->all;
    frame->all = true;
}

static bool take(pl_str *cursor, const char *text)
{
    pl_str wanted = pl_str_from(text);
    bool is_there = pl_str_starts_with(*cursor, wanted);
    *cursor = pl_str_skip(*cursor, is_there ? wanted.len : 0);
    return is_there;
}

static size_t term_length(const struct pl_expression *expression, pl_str text)
{
    pl_str all = pl_str_from(expression->all);
    pl_str any = pl_str_from(expression->any);
    size_t len = 0;
    for (; len < text.len; len++) {
        pl_str rest = pl_str_skip(text, len);
        if (pl_str_starts_with(rest, all) || pl_str_starts_with(rest, any) ||
            (expression->nests && (rest.ptr[0] == ')' || rest.ptr[0] == '('))) {
            break;
        }
    }
    return len;
}

/* Opening parentheses and negations, then a term. False when it is malformed. */
static bool read_operand(const struct pl_expression *expression, pl_str *cursor,
                         struct stack *stack, void *context)
{
    for (;;) {
        *cursor = pl_str_trim(*cursor);
        if (expression->nests && take(cursor, "(")) {
            if (stack->depth + 1 == PL_LIMIT_RANGE_DEPTH) {
                return false;
            }
            stack->frames[++stack->depth] = (struct frame){.all = true};
        } else if (expression->negates && cursor->len > 1 && cursor->ptr[0] == '!' &&
                   cursor->ptr[1] != '=') {
            *cursor = pl_str_skip(*cursor, 1);
            struct frame *frame = &stack->frames[stack->depth];
            frame->is_negated = !frame->is_negated;
        } else {
            break;
        }
    }
    size_t len = term_length(expression, *cursor);
    pl_str term = pl_str_trim(pl_str_sub(*cursor, 0, len));
    *cursor = pl_str_skip(*cursor, len);
    enum pl_containment one = expression->judge(term, context);
    add_operand(&stack->frames[stack->depth], one == PL_CONTAINMENT_IN);
    return one != PL_CONTAINMENT_INVALID;
}

/* Closing parentheses. False when there is one too many. */
static bool close_frames(const struct pl_expression *expression, pl_str *cursor,
                         struct stack *stack)
{
    while (expression->nests && take(cursor, ")")) {
        if (stack->depth == 0) {
            return false;
        }
        end_group(&stack->frames[stack->depth]);
        bool holds = stack->frames[stack->depth].any;
        stack->depth--;
        add_operand(&stack->frames[stack->depth], holds);
        *cursor = pl_str_trim(*cursor);
    }
    return true;
}

enum pl_containment pl_expression_contains(const struct pl_expression *expression, pl_str range,
                                           void *context)
{
    struct stack stack = {.depth = 0};
    stack.frames[0] = (struct frame){.all = true};
    for (;;) {
        if (!read_operand(expression, &range, &stack, context) ||
            !close_frames(expression, &range, &stack)) {
            return PL_CONTAINMENT_INVALID;
        }
        if (range.len == 0) {
            break;
        }
        if (take(&range, expression->any)) {
            end_group(&stack.frames[stack.depth]);
        } else if (!take(&range, expression->all)) {
            return PL_CONTAINMENT_INVALID;
        }
    }
    if (stack.depth > 0) {
        return PL_CONTAINMENT_INVALID;
    }
    end_group(&stack.frames[0]);
    return stack.frames[0].any ? PL_CONTAINMENT_IN : PL_CONTAINMENT_OUT;
}
