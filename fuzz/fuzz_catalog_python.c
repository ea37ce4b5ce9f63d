/* SPDX-License-Identifier: Apache-2.0 */
/* What Python's tools leave and write: the first byte picks the cataloger. */
#define READERS(X)                                                                                 \
    X(pdm_lock, "pdm.lock")                                                                        \
    X(pipfile_lock, "Pipfile.lock")                                                                \
    X(poetry_lock, "poetry.lock")                                                                  \
    X(pylock, "pylock.toml")                                                                       \
    X(python_installed, "a-1.dist-info/METADATA")                                                  \
    X(python_requirements, "requirements.txt")                                                     \
    X(uv_lock, "uv.lock")                                                                          \
    X(python_archive, "a.egg")

#include "readers.h"
