/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * compiler - the attributes that the code uses, by name.
 */
#define PL_PRINTF(format_at, args_at) __attribute__((format(printf, format_at, args_at)))
#define PL_CLEANUP(function) __attribute__((cleanup(function)))
#define PL_NORETURN __attribute__((noreturn))
#define PL_ARRAY_LEN(array) (sizeof(array) / sizeof((array)[0]))

/* Hands a pointer (or any scalar) over: the value, and the variable becomes zero. */
#define PL_TAKE(variable)                                                                          \
    __extension__({                                                                                \
        __typeof__(variable) *pl_take_ = &(variable);                                              \
        __typeof__(variable) pl_value_ = *pl_take_;                                                \
        *pl_take_ = (__typeof__(variable))0;                                                       \
        pl_value_;                                                                                 \
    })

/* Defines pl_<noun>_freep for PL_CLEANUP from a destructor that accepts NULL. */
#define PL_DEFINE_CLEANUP(type, destructor)                                                        \
    static inline void destructor##p(type **pointer)                                               \
    {                                                                                              \
        destructor(*pointer);                                                                      \
    }
