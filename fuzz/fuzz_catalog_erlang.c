/* SPDX-License-Identifier: Apache-2.0 */
/* Terms of Erlang and Elixir: the first byte picks the cataloger. */
#define READERS(X)                                                                                 \
    X(mix_lock, "mix.lock")                                                                        \
    X(rebar_lock, "rebar.lock")                                                                    \
    X(erlang_app, "ebin/a.app")

#include "readers.h"
