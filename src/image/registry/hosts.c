/* SPDX-License-Identifier: Apache-2.0 */
#include "image/registry/hosts.h"

enum pl_status pl_registry_hosts(struct pl_arena *arena, const struct pl_registry_options *options,
                                 const struct pl_reference *reference,
                                 struct pl_registry_endpoints *ret, struct pl_error *err)
{
    (void)err;
    struct pl_registry_endpoint *endpoint = pl_vec_push(arena, ret);
    pl_str host = reference->registry;
    *endpoint =
        (struct pl_registry_endpoint){.host = host,
                                      .repository = reference->repository,
                                      .is_insecure = pl_str_starts_with(host, PL_STR("127.")),
                                      .transport = {.ca_file = options->ca_file}};
    endpoint->transport.is_insecure = endpoint->is_insecure;
    return PL_OK;
}
