/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Puts a bill of materials into the registry of its image as a referrer (image-spec 1.1,
 * "Guidelines for Artifact Usage"): a manifest whose subject is the image's, whose artifact type
 * and layer are the document's media type, with the empty config.
 */
#include "base/io.h"
#include "base/limits.h"
#include "command/sbom.h"
#include "image/registry/push.h"
#include "report/format.h"
#include "sbom/read.h"

#define OCI_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define OCI_EMPTY "application/vnd.oci.empty.v1+json"

struct attachment {
    struct pl_scan_request *request;
    struct pl_arena *arena;
    struct pl_reference reference;
    struct pl_buf document;
    pl_str media_type;
    pl_str selector; /* the manifest that is referred to: a digest or a tag */
};

/* What a document that others wrote is, by how it begins. */
static pl_str media_type_of(pl_str text)
{
    pl_str head = pl_str_sub(text, 0, 4096);
    bool is_json = pl_str_starts_with(pl_str_trim(head), PL_STR("{"));
    if (pl_str_contains(head, PL_STR("SPDXVersion:"))) {
        return PL_STR("text/spdx");
    }
    if (pl_str_contains(head, PL_STR("spdxVersion")) ||
        pl_str_contains(text, PL_STR("\"SPDXID\""))) {
        return PL_STR("application/spdx+json");
    }
    if (pl_str_contains(head, PL_STR("CycloneDX")) ||
        pl_str_contains(head, PL_STR("cyclonedx.org/schema/bom"))) {
        return is_json ? PL_STR("application/vnd.cyclonedx+json")
                       : PL_STR("application/vnd.cyclonedx+xml");
    }
    return PL_STR_EMPTY;
}

static enum pl_status take_file(struct attachment *attachment, const char *path,
                                struct pl_error *err)
{
    attachment->document = PL_BUF_INIT(PL_LIMIT_JSON_BYTES);
    enum pl_status st = pl_io_read_file(path, &attachment->document, err);
    if (st < 0) {
        return st;
    }
    attachment->media_type = media_type_of(pl_buf_str(&attachment->document));
    attachment->selector = pl_reference_selector(&attachment->reference);
    return attachment->media_type.len > 0
               ? PL_OK
               : pl_error_set(err, PL_E_UNSUPPORTED,
                              "%s is neither CycloneDX nor SPDX, for which alone there is a media "
                              "type that others look for",
                              path);
}

/* Lists the image, and refers to the manifest of the platform that was listed. */
static enum pl_status make_document(struct attachment *attachment, const struct pl_args *args,
                                    struct pl_error *err)
{
    const char *name = pl_args_value(args, "format", "cyclonedx-json");
    const struct pl_report_format *format = pl_report_format_find(pl_str_from(name));
    if (!format || format->set) {
        return pl_error_set(err, PL_E_USAGE,
                            "--format %s: attach writes cyclonedx-json, cyclonedx-xml, spdx-json "
                            "or spdx-tag-value, and to no file",
                            name);
    }
    struct pl_report report = {.has_findings = false};
    enum pl_status st =
        pl_scan_request_run(attachment->request, 0, attachment->arena, &report, err);
    if (st < 0) {
        return st;
    }
    struct pl_writer *writer pl_autofree = pl_mem_alloc(1, sizeof(*writer));
    struct pl_output_date date = {.text = ""};
    struct pl_report_options options = {.created = pl_output_source_date(&date)};
    attachment->document = PL_BUF_INIT(1ULL << 30);
    pl_writer_init_buf(writer, &attachment->document);
    st = format->write(&report, &options, writer, err);
    attachment->media_type = pl_str_from(format->media_type);
    attachment->selector = report.subject.digest;
    return st < 0 ? st : pl_writer_finish(writer, err);
}

static enum pl_status push(const struct attachment *attachment, struct pl_error *err)
{
    struct pl_arena *arena = attachment->arena;
    struct pl_registry *registry PL_CLEANUP(pl_registry_closep) = NULL;
    struct pl_registry_manifest subject = {.media_type = PL_STR_EMPTY};
    struct pl_digest config = {.text = ""};
    struct pl_digest layer = {.text = ""};
    pl_str document = pl_buf_str(&attachment->document);
    enum pl_status st = pl_registry_open(&attachment->request->options.registry,
                                         &attachment->reference, &registry, err);
    if (st == PL_OK) {
        st = pl_registry_manifest(registry, arena, NULL, attachment->selector, &subject, err);
    }
    if (st == PL_OK) {
        st = pl_registry_push_bytes(registry, PL_STR("{}"), &config, err);
    }
    if (st == PL_OK) {
        st = pl_registry_push_bytes(registry, document, &layer, err);
    }
    if (st < 0) {
        return st;
    }
    pl_str bytes = pl_arena_format(
        arena,
        "{\"schemaVersion\":2,\"mediaType\":\"" OCI_MANIFEST "\",\"artifactType\":\"" PL_STR_FMT
        "\",\"config\":{\"mediaType\":\"" OCI_EMPTY "\",\"digest\":\"%s\",\"size\":2},"
        "\"layers\":[{\"mediaType\":\"" PL_STR_FMT "\",\"digest\":\"%s\",\"size\":%zu}],"
        "\"subject\":{\"mediaType\":\"" PL_STR_FMT "\",\"digest\":\"%s\",\"size\":%zu}}",
        PL_STR_ARG(attachment->media_type), config.text, PL_STR_ARG(attachment->media_type),
        layer.text, document.len, PL_STR_ARG(subject.media_type), subject.digest.text,
        subject.bytes.len);
    struct pl_registry_manifest manifest = {bytes, pl_digest_of(pl_str_span(bytes), NULL),
                                            PL_STR(OCI_MANIFEST)};
    st = pl_registry_push_manifest(registry, &manifest, PL_STR_EMPTY, err);
    if (st == PL_OK) {
        printf("%s  %.*s for %s\n", manifest.digest.text, PL_STR_ARG(attachment->media_type),
               subject.digest.text);
    }
    return st;
}

/* NAME or registry:NAME; the name of a registry alone can be pushed to. */
static enum pl_status read_name(struct attachment *attachment, const char *given,
                                struct pl_error *err)
{
    pl_str name = pl_str_from(given);
    pl_str scheme = PL_STR("registry:");
    if (pl_str_starts_with(name, scheme)) {
        name = pl_str_skip(name, scheme.len);
    }
    attachment->request->sources.items[0].spelling =
        pl_arena_format(attachment->arena, "registry:" PL_STR_FMT, PL_STR_ARG(name));
    return pl_reference_parse(attachment->arena, name, &attachment->reference, err);
}

int pl_sbom_run_attach(const struct pl_args *args, struct pl_error *err)
{
    struct pl_scan_request request pl_autorequest = {0};
    struct pl_arena arena pl_autoarena = {0};
    struct attachment attachment = {.request = &request, .arena = &arena};
    enum pl_status st = pl_args_expect(args, 2, 3, err);
    if (st == PL_OK) {
        st = pl_scan_request_read(args, 1, &request, err);
    }
    if (st == PL_OK) {
        st = read_name(&attachment, pl_args_positional(args, 1), err);
    }
    const char *file = pl_args_positional(args, 2);
    if (st == PL_OK) {
        st = file ? take_file(&attachment, file, err) : make_document(&attachment, args, err);
    }
    if (st == PL_OK) {
        st = push(&attachment, err);
    }
    pl_buf_release(&attachment.document);
    return st < 0 ? pl_command_failed(st) : 0;
}
