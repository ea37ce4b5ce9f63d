/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Installed Python distributions (packaging.python.org, "Recording installed projects"; setuptools,
 * "The Internal Structure of Python Eggs"). Whatever installed it, each distribution leaves core
 * metadata beside its modules:
 *
 *     NAME-VERSION.dist-info/METADATA            wheels, that is nearly all of today
 *     NAME-VERSION-pyX.Y.egg-info/PKG-INFO       setuptools, Debian
 *     NAME-VERSION-pyX.Y.egg-info                distutils: a file
 *     NAME-VERSION-pyX.Y.egg/EGG-INFO/PKG-INFO   easy_install, unpacked
 *
 * The folder may be anywhere (site-packages, dist-packages, a --target, a virtual environment), and
 * other distributions may bring it along (_vendor/): what is imported is what lies there.
 */
#include "catalog/python_package.h"

static enum pl_status read_python_installed(struct pl_sink *sink,
                                            const struct pl_catalog_file *file,
                                            struct pl_error *err)
{
    pl_python_add_metadata(sink, pl_span_str(file->content));
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_python_installed = {
    .name = "python-installed",
    .summary = "Installed Python distributions, from their .dist-info and .egg-info",
    .patterns = (const char *const[]){"**/*.dist-info/METADATA", "**/*.egg-info/PKG-INFO",
                                      "**/*.egg-info", "**/EGG-INFO/PKG-INFO", NULL},
    .read = read_python_installed,
};
