/* SPDX-License-Identifier: Apache-2.0 */
/* Composer and PEAR of PHP: the first byte picks the cataloger. */
#define READERS(X)                                                                                 \
    X(composer, "composer.lock")                                                                   \
    X(composer, "vendor/composer/installed.json")                                                  \
    X(pear, ".registry/a.reg")

#include "readers.h"
