/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * container_answer - what an engine's answers about one container say (Docker Engine API 1.41 and
 * later, "Containers").
 *
 * As answer.h: what is absent or of another type is empty. All strings are copied into the arena.
 */
#include "base/error.h"
#include "format/json.h"
#include "model/container.h"

/* GET /containers/ID/json; PL_E_PARSE when it has no id. `engine` is borrowed. */
enum pl_status pl_docker_read_container(struct pl_arena *arena, const json_t *answer, pl_str engine,
                                        struct pl_container *ret, struct pl_error *err);

/* GET /containers/ID/changes. Paths that no file can have are left out. */
void pl_docker_read_changes(struct pl_arena *arena, const json_t *answer,
                            struct pl_container_changes *ret);
