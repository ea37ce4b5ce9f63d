/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attaches a text to a manifest in a registry, through the functions that are made for it:
 *
 *     registry_attach NAME@DIGEST ARTIFACT-TYPE TEXT
 *
 * prints the digest of the manifest that refers to it.
 */
#include "image/registry/push.h"
#include "image/registry/referrers.h"
#include <stdio.h>

#define OCI_MANIFEST "application/vnd.oci.image.manifest.v1+json"

static enum pl_status attach(struct pl_registry *registry, const struct pl_digest *subject,
                             const char *type, pl_str text, struct pl_arena *arena,
                             struct pl_error *err)
{
    struct pl_registry_manifest of = {.media_type = PL_STR_EMPTY};
    struct pl_digest config = {.text = ""};
    struct pl_digest layer = {.text = ""};
    enum pl_status st =
        pl_registry_manifest(registry, arena, NULL, pl_digest_str(subject), &of, err);
    if (st == PL_OK) {
        st = pl_registry_push_bytes(registry, PL_STR("{}"), &config, err);
    }
    if (st == PL_OK) {
        st = pl_registry_push_bytes(registry, text, &layer, err);
    }
    if (st < 0) {
        return st;
    }
    pl_str bytes = pl_arena_format(
        arena,
        "{\"schemaVersion\":2,\"mediaType\":\"" OCI_MANIFEST "\",\"artifactType\":\"%s\","
        "\"config\":{\"mediaType\":\"application/vnd.oci.empty.v1+json\",\"digest\":\"%s\","
        "\"size\":2},\"layers\":[{\"mediaType\":\"text/plain\",\"digest\":\"%s\",\"size\":%zu}],"
        "\"subject\":{\"mediaType\":\"" PL_STR_FMT "\",\"digest\":\"%s\",\"size\":%zu}}",
        type, config.text, layer.text, text.len, PL_STR_ARG(of.media_type), subject->text,
        of.bytes.len);
    struct pl_registry_manifest manifest = {bytes, pl_digest_of(pl_str_span(bytes), NULL),
                                            PL_STR(OCI_MANIFEST)};
    st = pl_registry_push_manifest(registry, &manifest, PL_STR_EMPTY, err);
    if (st == PL_OK) {
        printf("%s\n", manifest.digest.text);
    }
    return st;
}

int main(int argc, char **argv)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_registry_options options = {.ca_file = NULL};
    struct pl_registry *registry PL_CLEANUP(pl_registry_closep) = NULL;
    struct pl_reference reference = {.tag = PL_STR_EMPTY};
    struct pl_error err = PL_ERROR_INIT;
    if (argc != 4) {
        return 2;
    }
    enum pl_status st = pl_reference_parse(&arena, pl_str_from(argv[1]), &reference, &err);
    if (st == PL_OK) {
        st = pl_registry_open(&options, &reference, &registry, &err);
    }
    if (st == PL_OK) {
        st = attach(registry, &reference.digest, argv[2], pl_str_from(argv[3]), &arena, &err);
    }
    if (st < 0) {
        fprintf(stderr, "%s\n", err.msg);
    }
    return st < 0 ? 1 : 0;
}
