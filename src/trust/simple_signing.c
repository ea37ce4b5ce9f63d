/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/simple_signing.h"
#include "base/limits.h"
#include "format/json.h"
#include "format/json_writer.h"

#define TYPE "cosign container image signature"

enum pl_status pl_simple_signing_write(struct pl_arena *arena, pl_str name,
                                       const struct pl_digest *digest, pl_str *ret,
                                       struct pl_error *err)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_SIGNED_PAYLOAD_BYTES);
    struct pl_writer writer;
    struct pl_json_writer json;
    pl_writer_init_buf(&writer, &text);
    pl_json_writer_init(&json, &writer);
    pl_json_writer_begin_object(&json);
    pl_json_writer_member_object(&json, "critical");
    pl_json_writer_member_object(&json, "identity");
    pl_json_writer_member(&json, "docker-reference", name);
    pl_json_writer_end_object(&json);
    pl_json_writer_member_object(&json, "image");
    pl_json_writer_member(&json, "docker-manifest-digest", pl_digest_str(digest));
    pl_json_writer_end_object(&json);
    pl_json_writer_member(&json, "type", PL_STR(TYPE));
    pl_json_writer_end_object(&json);
    pl_json_writer_key(&json, "optional");
    pl_json_writer_null(&json);
    pl_json_writer_end_object(&json);
    pl_json_writer_finish(&json);
    enum pl_status st = pl_writer_finish(&writer, err);
    if (st == PL_OK) {
        *ret = pl_arena_dup(arena, pl_buf_str(&text));
    }
    return st;
}

enum pl_status pl_simple_signing_check(pl_str payload, const struct pl_digest *digest,
                                       struct pl_error *err)
{
    json_t *document pl_autojson = NULL;
    enum pl_status st = pl_json_parse(payload, "the signed document", &document, err);
    if (st < 0) {
        return st;
    }
    const json_t *critical = pl_json_object(document, "critical");
    pl_str type = pl_json_str(critical, "type");
    pl_str signed_digest = pl_json_str(pl_json_object(critical, "image"), "docker-manifest-digest");
    if (!pl_str_eq(type, PL_STR(TYPE))) {
        return pl_error_set(err, PL_E_PARSE, "what was signed is no \"" TYPE "\"");
    }
    return pl_str_eq(signed_digest, pl_digest_str(digest))
               ? PL_OK
               : pl_error_set(err, PL_E_TRUST, "what was signed is another manifest: " PL_STR_FMT,
                              PL_STR_ARG(signed_digest));
}
