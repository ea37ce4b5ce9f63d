/* SPDX-License-Identifier: Apache-2.0 */
/* What is read can be written as JSON and be read again from there: depth, text and what aliases
 * amount to are such as JSON can hold. */
#include "base/mem.h"
#include "format/yaml.h"
#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pl_error err = PL_ERROR_INIT;
    json_t *document pl_autojson = NULL;
    pl_str text = pl_str_make((const char *)data, size);
    if (pl_yaml_parse_all(text, "f", &document, &err) < 0) {
        if (err.pos != PL_POS_NONE && err.pos > size) {
            abort();
        }
        return 0;
    }
    char *json pl_autofree = json_dumps(document, JSON_COMPACT);
    json_t *again pl_autojson = json ? json_loads(json, JSON_ALLOW_NUL, NULL) : NULL;
    /* Jansson refuses a NUL in a key when it reads. */
    if (!json || (!again && !strstr(json, "\\u0000"))) {
        abort();
    }
    return 0;
}
