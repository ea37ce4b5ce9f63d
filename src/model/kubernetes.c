/* SPDX-License-Identifier: Apache-2.0 */
#include "model/kubernetes.h"
#include "base/compiler.h"

/* Directories below cmd/ of k8s.io/kubernetes, and what cve-feed-osv calls what is built of them.
 * It has no advisories of its own for kubeadm and the scheduler so far. */
static const struct {
    const char *program;
    const char *name;
} programs[] = {
    {"kube-apiserver", "k8s.io/apiserver"},
    {"kube-controller-manager", "k8s.io/controller-manager"},
    {"kube-proxy", "k8s.io/kube-proxy"},
    {"kube-scheduler", "k8s.io/kube-scheduler"},
    {"kubeadm", "k8s.io/kubeadm"},
    {"kubectl", "k8s.io/kubectl"},
    {"kubelet", "k8s.io/kubelet"},
};

pl_str pl_kubernetes_name_at(size_t index)
{
    return index < PL_ARRAY_LEN(programs) ? pl_str_from(programs[index].name) : PL_STR_EMPTY;
}

bool pl_kubernetes_is_program(pl_str name)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(programs); i++) {
        if (pl_str_eq(name, pl_str_from(programs[i].name))) {
            return true;
        }
    }
    return false;
}

pl_str pl_kubernetes_name(pl_str program)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(programs); i++) {
        if (pl_str_eq(program, pl_str_from(programs[i].program))) {
            return pl_str_from(programs[i].name);
        }
    }
    return PL_STR_EMPTY;
}

/* Takes numbers with dots between off the text; how many. */
static size_t take_numbers(pl_str *cursor)
{
    size_t count = 0;
    pl_str rest = *cursor;
    uint64_t number = 0;
    while (pl_str_take_uint(&rest, UINT32_MAX, &number)) {
        *cursor = rest;
        count++;
        if (rest.len == 0 || rest.ptr[0] != '.') {
            break;
        }
        rest = pl_str_skip(rest, 1);
    }
    return count;
}

/* What comes before a release begins so. "-0." is Go's for a commit after the release before it
 * (https://go.dev/ref/mod#pseudo-versions). */
static bool is_before_release(pl_str rest)
{
    static const char *const words[] = {"alpha.", "beta.", "rc.", "0."};
    bool is_parted = rest.len > 0 && (rest.ptr[0] == '-' || rest.ptr[0] == '~');
    for (size_t i = 0; is_parted && i < PL_ARRAY_LEN(words); i++) {
        pl_str word = pl_str_from(words[i]);
        if (pl_str_starts_with(pl_str_skip(rest, 1), word)) {
            return rest.len > word.len + 1 && pl_char_is_digit(rest.ptr[word.len + 1]);
        }
    }
    return false;
}

/* How much of the rest belongs to what comes before a release: not the build ("+abc"), nor the
 * revision of a package ("~rc.1-1.1"); all of Go's "-0.20250515081907-8adc0f041b8e". */
static size_t len_before_release(pl_str rest)
{
    bool is_of_go = pl_str_starts_with(rest, PL_STR("-0."));
    size_t len = 1;
    while (len < rest.len && (pl_char_is_alnum(rest.ptr[len]) || rest.ptr[len] == '.' ||
                              (is_of_go && rest.ptr[len] == '-'))) {
        len++;
    }
    return len;
}

pl_str pl_kubernetes_release(struct pl_arena *arena, pl_str version)
{
    enum { PARTS = 3 };
    if (pl_str_starts_with(version, PL_STR("v"))) {
        version = pl_str_skip(version, 1);
    }
    pl_str rest = version;
    if (take_numbers(&rest) != PARTS) {
        return PL_STR_EMPTY;
    }
    pl_str release = pl_str_sub(version, 0, version.len - rest.len);
    if (pl_str_eq(release, PL_STR("0.0.0"))) { /* Go's for a commit without a release before it */
        return PL_STR_EMPTY;
    }
    if (!is_before_release(rest)) {
        return release;
    }
    return pl_arena_format(arena, PL_STR_FMT "-" PL_STR_FMT, PL_STR_ARG(release),
                           PL_STR_ARG(pl_str_sub(rest, 1, len_before_release(rest) - 1)));
}

pl_str pl_kubernetes_package(struct pl_arena *arena, const struct pl_component *component,
                             pl_str *ret_release)
{
    pl_str name = pl_kubernetes_name(component->name);
    pl_str release = pl_kubernetes_release(arena, component->version);
    bool is_own = pl_str_eq(component->third_party, PL_STR("Kubernetes")) && name.len > 0 &&
                  pl_str_starts_with(release, PL_STR("1."));
    *ret_release = is_own ? release : PL_STR_EMPTY;
    return is_own ? name : PL_STR_EMPTY;
}

bool pl_kubernetes_is_meant(pl_str purl_namespace)
{
    static const char *const builders[] = {"", "aks", "eks", "gke", "rke", "upstream"};
    for (size_t i = 0; i < PL_ARRAY_LEN(builders); i++) {
        if (pl_str_eq(purl_namespace, pl_str_from(builders[i]))) {
            return true;
        }
    }
    return false;
}

bool pl_kubernetes_is_project(pl_str module)
{
    return pl_str_starts_with(module, PL_STR("sigs.k8s.io/")) ||
           pl_str_starts_with(module, PL_STR("github.com/kubernetes-csi/")) ||
           pl_str_eq(module, PL_STR("k8s.io/ingress-nginx"));
}
