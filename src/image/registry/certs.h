/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * certs - the directories certs.d: which certificates a registry's server may show, and which one
 * it is shown (containers-certs.d(5), and the daemon's of the same form).
 */
#include "base/vec.h"
#include "net/http.h"

/* Fills what `transport` does not say yet from DIR/HOST[:PORT]/ of the first of `dirs` that has it:
 * each *.crt is trusted beside `ca_file`, *.cert with the *.key of the same name is shown. Where
 * that makes several files of trusted certificates, their text is joined in `ca_pem`. */
enum pl_status pl_registry_certs(struct pl_arena *arena, const struct pl_strs *dirs, pl_str host,
                                 struct pl_http_transport *transport, struct pl_error *err);
