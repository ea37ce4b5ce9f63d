/* SPDX-License-Identifier: Apache-2.0 */
#include "format/toml.h"
#include "tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_tree(pl_toml_parse, data, size);
}
