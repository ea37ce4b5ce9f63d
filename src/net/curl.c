/* SPDX-License-Identifier: Apache-2.0 */
#include "net/curl.h"
#include "base/str.h"
#include <assert.h>
#include <dlfcn.h>
#include <pthread.h>

/* The name that the library has borne since 2006, whatever its version. */
#define LIBRARY "libcurl.so.4"
#define PACKAGE "the package libcurl4 (in Fedora: libcurl)"

/* Debian 12's. Older ones lack options that are used here, and raise SIGPIPE from within TLS. */
enum { LEAST_VERSION = CURL_VERSION_BITS(7, 88, 0) };

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct pl_curl table;
static struct pl_error failure; /* its status is PL_OK when the table is good */

/* POSIX has dlsym give functions as void *, which ISO C does not convert. */
static bool find(void *library, const char *name, void *into)
{
    void *symbol = dlsym(library, name);
    memcpy(into, &symbol, sizeof(symbol));
    if (!symbol) {
        pl_error_set(&failure, PL_E_UNSUPPORTED, LIBRARY " lacks %s: install " PACKAGE, name);
    }
    return symbol;
}

static void load(void)
{
    static_assert(sizeof(table.easy_init) == sizeof(void *), "functions are found as pointers");
    failure = PL_ERROR_INIT;
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!library) {
        pl_error_set(&failure, PL_E_UNSUPPORTED,
                     "what speaks with servers cannot be loaded: install " PACKAGE ": %s",
                     dlerror());
        return;
    }
#define X(name)                                                                                    \
    if (!find(library, "curl_" #name, &table.name)) {                                              \
        return;                                                                                    \
    }
    PL_CURL_FUNCTIONS(X)
#undef X
    if (table.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        pl_error_set(&failure, PL_E_INTERNAL, LIBRARY " cannot be started");
        return;
    }
    const curl_version_info_data *info = table.version_info(CURLVERSION_NOW);
    if (info->version_num < LEAST_VERSION) {
        pl_error_set(&failure, PL_E_UNSUPPORTED, LIBRARY " is version %s; 7.88 or later is needed",
                     info->version);
    }
}

enum pl_status pl_curl_get(const struct pl_curl **ret, struct pl_error *err)
{
    pthread_once(&once, load);
    if (failure.status < 0) {
        if (err) {
            *err = failure;
        }
        return failure.status;
    }
    *ret = &table;
    return PL_OK;
}
