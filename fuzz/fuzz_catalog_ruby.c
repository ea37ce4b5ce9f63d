/* SPDX-License-Identifier: Apache-2.0 */
/* Gems of Ruby: the first byte picks the cataloger. */
#define READERS(X)                                                                                 \
    X(gemfile_lock, "Gemfile.lock")                                                                \
    X(gemspec, "specifications/a-1.gemspec")

#include "readers.h"
