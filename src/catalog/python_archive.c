/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Python distributions in one zip file: eggs that are imported as they are (setuptools, "The
 * Internal Structure of Python Eggs"), and wheels (packaging.python.org, "Binary distribution
 * format"), which ensurepip and virtualenv carry with them and from which Python can import too.
 *
 *     kitchen-1.2.6-py2.7.egg     EGG-INFO/PKG-INFO
 *     monotonic-1.6-any.whl       monotonic-1.6.dist-info/METADATA
 *
 * A distribution may bring others along (_vendor/), whose metadata is read as well: what is
 * imported is what lies there. An unpacked egg has the same name and is a directory.
 */
#include "base/limits.h"
#include "base/mem.h"
#include "catalog/python_package.h"
#include "format/zip_memory.h"

/* The metadata with the description in it; the largest known have some hundred KiB. */
enum { METADATA_BYTES = 4 << 20 };

static bool is_metadata(pl_str name)
{
    return pl_str_eq(name, PL_STR("EGG-INFO/PKG-INFO")) ||
           pl_str_ends_with(name, PL_STR("/EGG-INFO/PKG-INFO")) ||
           pl_str_ends_with(name, PL_STR(".dist-info/METADATA"));
}

static enum pl_status add_member(struct pl_sink *sink, const struct pl_zip_memory *zip,
                                 const struct pl_zip_member *member, struct pl_error *err)
{
    void *memory pl_autofree = NULL;
    pl_span content = {0};
    enum pl_status st = pl_zip_memory_read(zip, member, METADATA_BYTES, &memory, &content, err);
    if (st < 0) {
        return st;
    }
    struct pl_component *component = pl_python_add_metadata(sink, pl_span_str(content));
    if (component) {
        component->inside = pl_sink_str(sink, member->name);
    }
    return PL_OK;
}

static enum pl_status read_python_archive(struct pl_sink *sink, const struct pl_catalog_file *file,
                                          struct pl_error *err)
{
    struct pl_zip_memory zip = {0};
    enum pl_status st = pl_zip_memory_open(file->content, &zip, err);
    bool more = st == PL_OK;
    size_t found = 0;
    while (more) {
        struct pl_zip_member member = {0};
        st = pl_zip_memory_next(&zip, &more, &member, err);
        if (st < 0 || !more) {
            return st;
        }
        if (!is_metadata(member.name)) {
            continue;
        }
        if (found++ >= PL_LIMIT_PYTHON_METADATA) {
            return pl_error_set(err, PL_E_LIMIT, "more than %d distributions in one archive",
                                PL_LIMIT_PYTHON_METADATA);
        }
        struct pl_error why = PL_ERROR_INIT;
        if (add_member(sink, &zip, &member, &why) < 0) {
            pl_sink_gap(sink, "%s", why.msg);
        }
    }
    return st;
}

const struct pl_cataloger pl_cataloger_python_archive = {
    .name = "python-archive",
    .summary = "Python's eggs and wheels as zip files",
    .patterns = (const char *const[]){"**/*.egg", "**/*.whl", NULL},
    .read = read_python_archive,
};
