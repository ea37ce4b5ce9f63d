/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Versions as programs of Kubernetes state them (`kubectl version` of upstream, GKE, EKS and k3s),
 * as packages of pkgs.k8s.io and the archive before it had them, and as Trivy writes purls
 * (its tests of node components: "pkg:k8s/gke/k8s.io%2Fkubelet@1.24.10-gke.2300").
 */
#include "model/kubernetes.h"
#include "base/compiler.h"
#include "model/ecosystem.h"
#include "unit/arena.h"

static void test_kubernetes__releases(void **state)
{
    static const char *const cases[][2] = {
        {"v1.29.3", "1.29.3"},
        {"1.29.3", "1.29.3"},
        {"v1.24.10-gke.2300", "1.24.10"},
        {"v1.26.2-eks-a59e1f0", "1.26.2"},
        {"1.26.2-eksbuild.1", "1.26.2"},
        {"v1.32.4-dispatcher", "1.32.4"},
        {"v1.28.2+k3s1", "1.28.2"},
        {"v1.30.0-rc.1", "1.30.0-rc.1"},
        {"v1.31.0-alpha.0.123+abcdef0-dirty", "1.31.0-alpha.0.123"},
        {"v1.29.3-12+abcdef0123456", "1.29.3"},
        {"v1.33.1-0.20250515081907-8adc0f041b8e+dirty", "1.33.1-0.20250515081907-8adc0f041b8e"},
        {"1.29.3-1.1", "1.29.3"},
        {"1.23.17-00", "1.23.17"},
        {"1.30.0~rc.1-1.1", "1.30.0-rc.1"},
        {"1.29.3-150500.1.1", "1.29.3"},
        {"v0.0.0-20250515200810-4cb5f0764b8d", ""},
        {"v1.29", ""},
        {"latest", ""},
        {"1:528.0.0-0", ""},
        {"1.2.99999999999", ""},
        {"v1.30.0-alpha.", "1.30.0"},
        {"", ""},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        pl_assert_str(pl_kubernetes_release(&arena, pl_str_from(cases[i][0])), cases[i][1]);
    }
}

static pl_str package_of(const char *vendor, const char *name, const char *version,
                         pl_str *ret_release)
{
    struct pl_component component = {.type = PL_STR("deb"),
                                     .name = pl_str_from(name),
                                     .version = pl_str_from(version),
                                     .third_party = pl_str_from(vendor)};
    return pl_kubernetes_package(&arena, &component, ret_release);
}

static void test_kubernetes__packages(void **state)
{
    pl_str release;
    pl_assert_str(package_of("Kubernetes", "kubelet", "1.29.3-1.1", &release), "k8s.io/kubelet");
    pl_assert_str(release, "1.29.3");
    pl_assert_str(package_of("Kubernetes", "kubectl", "1:528.0.0-0", &release), "");
    pl_assert_str(package_of("Kubernetes", "kubectl", "528.0.0-1", &release), "");
    pl_assert_str(package_of("Kubernetes", "cri-tools", "1.29.0-1.1", &release), "");
    pl_assert_str(package_of("", "kubelet", "1.20.5+really1.20.2-1", &release), "");
    pl_assert_str(release, "");
}

static void test_kubernetes__package_urls(void **state)
{
    static const char *const cases[][4] = {
        {"pkg:k8s/k8s.io%2Fapiserver@1.27.4", "k8s.io/apiserver", "1.27.4", "v1.27.4"},
        {"pkg:k8s/gke/k8s.io%2Fkubelet@1.24.10-gke.2300", "k8s.io/kubelet", "1.24.10", "v1.24.10"},
        {"pkg:k8s/k8s.io%2Fkubernetes@v1.25.4", "k8s.io/kubernetes", "1.25.4", NULL},
        {"pkg:k8s/k8s.io%2Fingress-nginx@1.11.1", "k8s.io/ingress-nginx", "1.11.1", NULL},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        struct pl_package_keys keys = {0};
        struct pl_purl purl = {0};
        assert_int_equal(pl_purl_parse(&arena, pl_str_from(cases[i][0]), &purl, NULL), PL_OK);
        assert_int_equal(pl_ecosystem_of_purl(&arena, &purl, &keys, NULL), PL_OK);
        pl_assert_str(keys.items[0].ecosystem, "kubernetes");
        pl_assert_str(keys.items[0].name, cases[i][1]);
        pl_assert_str(keys.items[0].version, cases[i][2]);
        assert_int_equal(keys.count, cases[i][3] ? 3 : 1);
        if (cases[i][3]) {
            pl_assert_str(keys.items[1].name, "k8s.io/kubernetes");
            pl_assert_str(keys.items[2].ecosystem, "Go");
            pl_assert_str(keys.items[2].version, cases[i][3]);
        }
        pl_assert_str(pl_purl_format(&arena, &purl), cases[i][0]);
    }
}

static void test_kubernetes__objects_of_a_cluster_are_no_software(void **state)
{
    static const char *const cases[] = {
        "pkg:k8s/Deployment/web?apiVersion=apps%2Fv1&namespace=test",
        "pkg:k8s/ocp/k8s.io%2Fkubelet@1.27.4",
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        struct pl_package_keys keys = {0};
        struct pl_purl purl = {0};
        assert_int_equal(pl_purl_parse(&arena, pl_str_from(cases[i]), &purl, NULL), PL_OK);
        assert_int_equal(pl_ecosystem_of_purl(&arena, &purl, &keys, NULL), PL_E_UNSUPPORTED);
    }
}

int pl_test_kubernetes(void)
{
    const struct CMUnitTest tests[] = {
        PL_ARENA_TEST(test_kubernetes__releases),
        PL_ARENA_TEST(test_kubernetes__packages),
        PL_ARENA_TEST(test_kubernetes__package_urls),
        PL_ARENA_TEST(test_kubernetes__objects_of_a_cluster_are_no_software),
    };
    return cmocka_run_group_tests_name("model/kubernetes", tests, NULL, NULL);
}
