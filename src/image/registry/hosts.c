/* SPDX-License-Identifier: Apache-2.0 */
#include "image/registry/hosts.h"
#include "base/io.h"
#include "base/limits.h"
#include "format/json.h"
#include "image/registry/certs.h"
#include "image/registry/registries_conf.h"
#include <arpa/inet.h>
#include <dirent.h>
#include <unistd.h>

#define DOCKER_HUB PL_STR("docker.io")

/* All that the files say. */
struct config {
    struct pl_registry_rules rules;
    struct pl_strs cert_dirs;
    struct pl_strs docker_mirrors; /* URLs */
    struct pl_strs docker_insecure; /* HOST[:PORT]s, and networks in CIDR form */
};

/* As the environment has it. */
static struct pl_registry_places default_places(struct pl_arena *arena)
{
    const char *home = getenv("HOME");
    const char *stated = getenv("CONTAINERS_REGISTRIES_CONF");
    return (struct pl_registry_places){
        .registries_conf = stated && stated[0] ? stated : NULL,
        .user_dir =
            home && home[0] ? pl_arena_format(arena, "%s/.config/containers", home).ptr : NULL,
        .system_dir = "/etc/containers",
        .docker_dir = "/etc/docker",
    };
}

static bool is_file(const char *path)
{
    return path && access(path, F_OK) == 0;
}

static const char *below(struct pl_arena *arena, const char *dir, const char *name)
{
    return dir ? pl_arena_format(arena, "%s/%s", dir, name).ptr : NULL;
}

static enum pl_status read_conf(struct pl_arena *arena, const char *path, struct config *config,
                                struct pl_error *err)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_REGISTRIES_CONF_BYTES);
    enum pl_status st = pl_io_read_file(path, &text, err);
    return st < 0 ? st
                  : pl_registries_conf_parse(arena, pl_buf_str(&text), path, &config->rules, err);
}

/* containers-registries.conf.d(5): files that end in .conf, in the order of their names. */
static enum pl_status read_drop_ins(struct pl_arena *arena, const char *dir_path,
                                    struct config *config, struct pl_error *err)
{
    struct pl_strs names = {0};
    DIR *dir = dir_path ? opendir(dir_path) : NULL;
    if (!dir) {
        return PL_OK;
    }
    for (const struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        pl_str name = pl_str_from(entry->d_name);
        if (pl_str_ends_with(name, PL_STR(".conf")) && names.count < PL_LIMIT_REGISTRY_RULES) {
            *pl_vec_push(arena, &names) = pl_arena_dup(arena, name);
        }
    }
    closedir(dir);
    pl_strs_sort(&names);
    enum pl_status st = PL_OK;
    for (size_t i = 0; st == PL_OK && i < names.count; i++) {
        const char *path = below(arena, dir_path, names.items[i].ptr);
        st = read_conf(arena, path, config, err);
        /* Directories and the like are passed over. */
        st = st == PL_E_UNSUPPORTED ? PL_OK : st;
    }
    return st;
}

/* The user's own main file takes the place of the system's, with its drop-ins. */
static enum pl_status read_registries_conf(struct pl_arena *arena,
                                           const struct pl_registry_places *places,
                                           struct config *config, struct pl_error *err)
{
    const char *user = below(arena, places->user_dir, "registries.conf");
    const char *system = below(arena, places->system_dir, "registries.conf");
    bool is_user = !places->registries_conf && is_file(user);
    const char *main_file = places->registries_conf ? places->registries_conf
                            : is_user               ? user
                            : is_file(system)       ? system
                                                    : NULL;
    enum pl_status st = main_file ? read_conf(arena, main_file, config, err) : PL_OK;
    if (st == PL_OK && !is_user) {
        st = read_drop_ins(arena, below(arena, places->system_dir, "registries.conf.d"), config,
                           err);
    }
    if (st == PL_OK) {
        st = read_drop_ins(arena, below(arena, places->user_dir, "registries.conf.d"), config, err);
    }
    return st;
}

static void copy_strings(struct pl_arena *arena, const json_t *array, struct pl_strs *into)
{
    for (size_t i = 0; i < json_array_size(array) && i < PL_LIMIT_REGISTRY_RULES; i++) {
        *pl_vec_push(arena, into) = pl_arena_dup(arena, pl_json_text(json_array_get(array, i)));
    }
}

static enum pl_status read_daemon_json(struct pl_arena *arena, const char *path,
                                       struct config *config, struct pl_error *err)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_REGISTRIES_CONF_BYTES);
    json_t *document pl_autojson = NULL;
    if (!is_file(path)) {
        return PL_OK;
    }
    enum pl_status st = pl_io_read_file(path, &text, err);
    if (st == PL_OK) {
        st = pl_json_parse(pl_buf_str(&text), path, &document, err);
    }
    if (st == PL_OK) {
        copy_strings(arena, pl_json_array(document, "registry-mirrors"), &config->docker_mirrors);
        copy_strings(arena, pl_json_array(document, "insecure-registries"),
                     &config->docker_insecure);
    }
    return st;
}

static enum pl_status read_config(struct pl_arena *arena, const struct pl_registry_places *places,
                                  struct config *config, struct pl_error *err)
{
    const char *const cert_dirs[] = {places->user_dir, places->system_dir, places->docker_dir};
    for (size_t i = 0; i < PL_ARRAY_LEN(cert_dirs); i++) {
        if (cert_dirs[i]) {
            *pl_vec_push(arena, &config->cert_dirs) =
                pl_str_from(below(arena, cert_dirs[i], "certs.d"));
        }
    }
    enum pl_status st = read_registries_conf(arena, places, config, err);
    if (st == PL_OK) {
        st = read_daemon_json(arena, below(arena, places->docker_dir, "daemon.json"), config, err);
    }
    return st;
}

static pl_str without_port(pl_str host)
{
    size_t bracket = pl_str_find_char(host, ']');
    size_t colon = pl_str_find_char(pl_str_skip(host, bracket == SIZE_MAX ? 0 : bracket), ':');
    if (colon == SIZE_MAX) {
        return host;
    }
    return pl_str_sub(host, 0, colon + (bracket == SIZE_MAX ? 0 : bracket));
}

/* The bytes of an IPv4 address, or of an IPv6 address with or without brackets; 0: it is none. */
static size_t address_of(pl_str host, uint8_t address[16])
{
    char text[INET6_ADDRSTRLEN];
    if (pl_str_starts_with(host, PL_STR("[")) && pl_str_ends_with(host, PL_STR("]"))) {
        host = pl_str_sub(host, 1, host.len - 2);
    }
    if (host.len >= sizeof(text)) {
        return 0;
    }
    memcpy(text, host.ptr, host.len);
    text[host.len] = '\0';
    if (inet_pton(AF_INET, text, address) == 1) {
        return 4;
    }
    return inet_pton(AF_INET6, text, address) == 1 ? 16 : 0;
}

static bool is_in_network(pl_str network, pl_str host)
{
    uint8_t base[16] = {0};
    uint8_t address[16] = {0};
    uint64_t bits = 0;
    pl_str base_text = PL_STR_EMPTY;
    pl_str bits_text = PL_STR_EMPTY;
    if (!pl_str_cut(network, '/', &base_text, &bits_text)) {
        return false;
    }
    size_t len = address_of(base_text, base);
    if (len == 0 || address_of(without_port(host), address) != len ||
        !pl_str_to_uint(bits_text, len * 8, &bits)) {
        return false;
    }
    size_t whole = (size_t)bits / 8;
    unsigned rest = (unsigned)bits % 8;
    return memcmp(base, address, whole) == 0 &&
           (rest == 0 || (base[whole] >> (8 - rest)) == (address[whole] >> (8 - rest)));
}

static bool is_loopback(pl_str host)
{
    return pl_str_eq(without_port(host), PL_STR("localhost")) ||
           is_in_network(PL_STR("127.0.0.0/8"), host) || is_in_network(PL_STR("::1/128"), host);
}

static bool names_host(const struct pl_strs *list, pl_str host)
{
    for (size_t i = 0; i < list->count; i++) {
        if (pl_str_eq_nocase(list->items[i], host) || is_in_network(list->items[i], host)) {
            return true;
        }
    }
    return false;
}

/* With what is needed to reach its server. */
static enum pl_status add_endpoint(struct pl_arena *arena,
                                   const struct pl_registry_options *options,
                                   const struct config *config,
                                   const struct pl_registry_endpoint *wanted,
                                   struct pl_registry_endpoints *ret, struct pl_error *err)
{
    struct pl_registry_endpoint endpoint = *wanted;
    endpoint.is_insecure = wanted->is_insecure || is_loopback(wanted->host) ||
                           names_host(&options->insecure, wanted->host);
    endpoint.transport = (struct pl_http_transport){.ca_file = options->ca_file,
                                                    .client_cert = options->client_cert,
                                                    .client_key = options->client_key,
                                                    .is_insecure = endpoint.is_insecure};
    enum pl_status st =
        pl_registry_certs(arena, &config->cert_dirs, wanted->host, &endpoint.transport, err);
    if (st < 0) {
        return st;
    }
    if (pl_str_eq(endpoint.host, DOCKER_HUB)) {
        endpoint.host = PL_STR("registry-1.docker.io");
    }
    *pl_vec_push(arena, ret) = endpoint;
    return PL_OK;
}

/* The name that a location makes of the reference: in place of its first `covered` bytes. A rule
 * for one tag or digest must lead to the same, since an endpoint says only where. */
static enum pl_status rewrite(struct pl_arena *arena, const struct pl_reference *reference,
                              pl_str whole, size_t covered, pl_str location,
                              struct pl_reference *ret, struct pl_error *err)
{
    pl_str text = location.len == 0
                      ? whole
                      : pl_arena_format(arena, PL_STR_FMT PL_STR_FMT, PL_STR_ARG(location),
                                        PL_STR_ARG(pl_str_skip(whole, covered)));
    pl_str host = PL_STR_EMPTY;
    pl_str path = PL_STR_EMPTY;
    struct pl_reference moved = {0};
    pl_str_cut(text, '/', &host, &path);
    bool is_name_alone = pl_reference_selector(reference).len == 0;
    enum pl_status st = is_name_alone ? pl_reference_parse_repository(arena, text, &moved, err)
                                      : pl_reference_parse(arena, text, &moved, err);
    if (st == PL_OK && !pl_str_eq_nocase(moved.registry, host) &&
        !pl_str_eq(host, PL_STR("index.docker.io"))) {
        st = pl_error_set(err, PL_E_PARSE, "it does not begin with a host");
    }
    bool is_same = pl_str_eq(pl_reference_selector(&moved), pl_reference_selector(reference));
    if (st == PL_OK && !is_same) {
        st = pl_error_set(err, PL_E_UNSUPPORTED, "it leads to another tag or digest");
    }
    if (st < 0) {
        return pl_error_wrap(err, "registries.conf: the location \"" PL_STR_FMT "\"",
                             PL_STR_ARG(location));
    }
    *ret = moved;
    return PL_OK;
}

static enum pl_status blocked(pl_str whole, const struct pl_registry_rule *rule,
                              struct pl_error *err)
{
    return pl_error_set(err, PL_E_DENIED,
                        PL_STR_FMT " is blocked: registries.conf has \"blocked\" for " PL_STR_FMT,
                        PL_STR_ARG(whole), PL_STR_ARG(rule->prefix));
}

static enum pl_status follow(struct pl_arena *arena, const struct pl_registry_options *options,
                             const struct config *config, const struct pl_reference *reference,
                             pl_str whole, size_t covered,
                             const struct pl_registry_location *location, bool is_mirror,
                             struct pl_registry_endpoints *ret, struct pl_error *err)
{
    struct pl_reference moved = {0};
    bool is_digest = reference->digest.text[0] != '\0';
    if (is_digest ? !location->is_for_digests : !location->is_for_tags) {
        return PL_OK;
    }
    enum pl_status st = rewrite(arena, reference, whole, covered, location->name, &moved, err);
    if (st < 0) {
        return st;
    }
    /* What is said of that place itself holds too, were the way there another. */
    size_t ignored = 0;
    pl_str there = pl_reference_format(arena, &moved);
    const struct pl_registry_rule *own = pl_registry_rule_find(&config->rules, there, &ignored);
    if (own && own->is_blocked) {
        return is_mirror ? PL_OK : blocked(there, own, err);
    }
    const struct pl_registry_endpoint wanted = {
        .host = moved.registry,
        .repository = moved.repository,
        .is_insecure = location->is_insecure || (own && own->primary.is_insecure),
        .is_mirror = is_mirror,
        .is_named = !is_mirror && pl_str_eq(moved.registry, reference->registry)};
    return add_endpoint(arena, options, config, &wanted, ret, err);
}

/* The daemon's mirrors, which are for Docker Hub alone; http in the URL makes one insecure. */
static enum pl_status add_docker_mirror(struct pl_arena *arena,
                                        const struct pl_registry_options *options,
                                        const struct config *config, pl_str url, pl_str repository,
                                        struct pl_registry_endpoints *ret, struct pl_error *err)
{
    size_t scheme = pl_str_find(url, PL_STR("://"));
    pl_str host = scheme == SIZE_MAX ? url : pl_str_skip(url, scheme + 3);
    pl_str path = PL_STR_EMPTY;
    pl_str_cut(host, '/', &host, &path);
    struct pl_reference named = {0};
    pl_str with_path =
        pl_arena_format(arena, PL_STR_FMT "/" PL_STR_FMT, PL_STR_ARG(host), PL_STR_ARG(repository));
    enum pl_status st = path.len > 0 ? pl_error_set(err, PL_E_USAGE, "a mirror has no path")
                                     : pl_reference_parse_repository(arena, with_path, &named, err);
    if (st < 0) {
        return pl_error_wrap(err, "daemon.json: registry-mirrors: \"" PL_STR_FMT "\"",
                             PL_STR_ARG(pl_http_url_for_people(arena, url)));
    }
    const struct pl_registry_endpoint wanted = {
        .host = named.registry,
        .repository = repository,
        .is_insecure = pl_str_starts_with(url, PL_STR("http://")) ||
                       names_host(&config->docker_insecure, named.registry),
        .is_mirror = true};
    return add_endpoint(arena, options, config, &wanted, ret, err);
}

/* Where no rule of registries.conf speaks. */
static enum pl_status as_docker_does(struct pl_arena *arena,
                                     const struct pl_registry_options *options,
                                     const struct config *config,
                                     const struct pl_reference *reference,
                                     struct pl_registry_endpoints *ret, struct pl_error *err)
{
    enum pl_status st = PL_OK;
    bool is_hub = pl_str_eq(reference->registry, DOCKER_HUB);
    for (size_t i = 0; st == PL_OK && is_hub && i < config->docker_mirrors.count; i++) {
        st = add_docker_mirror(arena, options, config, config->docker_mirrors.items[i],
                               reference->repository, ret, err);
    }
    const struct pl_registry_endpoint wanted = {
        .host = reference->registry,
        .repository = reference->repository,
        .is_insecure = names_host(&config->docker_insecure, reference->registry),
        .is_named = true};
    return st < 0 ? st : add_endpoint(arena, options, config, &wanted, ret, err);
}

enum pl_status pl_registry_hosts_in(struct pl_arena *arena, const struct pl_registry_places *places,
                                    const struct pl_registry_options *options,
                                    const struct pl_reference *reference,
                                    struct pl_registry_endpoints *ret, struct pl_error *err)
{
    struct config config = {0};
    struct pl_registry_endpoints found = {0};
    enum pl_status st = read_config(arena, places, &config, err);
    if (st < 0) {
        return st;
    }
    pl_str whole = pl_reference_format(arena, reference);
    size_t covered = 0;
    const struct pl_registry_rule *rule = pl_registry_rule_find(&config.rules, whole, &covered);
    if (!rule) {
        st = as_docker_does(arena, options, &config, reference, &found, err);
    } else if (rule->is_blocked) {
        st = blocked(whole, rule, err);
    } else {
        for (size_t i = 0; st == PL_OK && i < rule->mirrors.count; i++) {
            st = follow(arena, options, &config, reference, whole, covered, &rule->mirrors.items[i],
                        true, &found, err);
        }
        if (st == PL_OK) {
            st = follow(arena, options, &config, reference, whole, covered, &rule->primary, false,
                        &found, err);
        }
    }
    if (st == PL_OK) {
        *ret = found;
    }
    return st;
}

enum pl_status pl_registry_hosts(struct pl_arena *arena, const struct pl_registry_options *options,
                                 const struct pl_reference *reference,
                                 struct pl_registry_endpoints *ret, struct pl_error *err)
{
    struct pl_registry_places places = default_places(arena);
    return pl_registry_hosts_in(arena, &places, options, reference, ret, err);
}
