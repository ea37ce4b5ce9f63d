/* SPDX-License-Identifier: Apache-2.0 */
#include "net/curl.h"
#include "unit/test.h"
#include <dlfcn.h>

/* Nothing of the program brings libcurl along; the first client does. */
static void test_curl__is_loaded_when_needed(void **state)
{
    const struct pl_curl *curl = NULL;
    const struct pl_curl *again = NULL;
    struct pl_error err = PL_ERROR_INIT;
    assert_null(dlopen("libcurl.so.4", RTLD_NOW | RTLD_NOLOAD));
    assert_int_equal(pl_curl_get(&curl, &err), PL_OK);
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_NOLOAD);
    assert_non_null(library);
    dlclose(library);
    assert_int_equal(pl_curl_get(&again, &err), PL_OK);
    assert_ptr_equal(curl, again);
    assert_string_equal(curl->easy_strerror(CURLE_COULDNT_RESOLVE_HOST),
                        "Couldn't resolve host name");
}

int pl_test_curl(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_curl__is_loaded_when_needed),
    };
    return cmocka_run_group_tests_name("net/curl", tests, NULL, NULL);
}
