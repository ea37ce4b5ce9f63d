/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * registry_options - what scan, sbom and registry have in common on the command line: how
 * registries are trusted and who we are there, and where the cache is.
 */
#include "cache/cache.h"
#include "command/command.h"
#include "image/registry/hosts.h"

/* Rows for option tables. A token has no place on a command line, where everybody can read it. */
#define PL_REGISTRY_OPTIONS                                                                        \
    {.name = "insecure-registry",                                                                  \
     .argument = "HOST[:PORT]",                                                                    \
     .summary = "let this registry speak HTTP or show any certificate",                            \
     .repeats = true},                                                                             \
        {.name = "registry-ca",                                                                    \
         .argument = "FILE",                                                                       \
         .summary = "trust the certificates of this PEM file too"},                                \
        {.name = "registry-cert",                                                                  \
         .argument = "FILE",                                                                       \
         .summary = "show registries this client certificate (PEM)"},                              \
        {.name = "registry-key", .argument = "FILE", .summary = "its private key (PEM)"},          \
    {                                                                                              \
        .name = "registry-token", .argument = "FILE",                                              \
        .summary = "a bearer token for the registry, read from a file; - is standard input"        \
    }

#define PL_CACHE_OPTION                                                                            \
    {                                                                                              \
        .name = "no-cache",                                                                        \
        .summary = "neither use nor keep what was found in layers (PLIMSOLL_CACHE)"                \
    }

/* What it points to lives in `arena`, or in argv. */
enum pl_status pl_registry_options_read(const struct pl_args *args, struct pl_arena *arena,
                                        struct pl_registry_options *ret, struct pl_error *err);

/* At most PLIMSOLL_CACHE_SIZE bytes (with K, M or G), by default 1 GiB. */
enum pl_status pl_command_cache_open(struct pl_cache **ret, struct pl_error *err);

/* The cache for a scan: none with --no-cache; when it cannot be used, a line on standard error says
 * why, and the scan goes on without. PL_E_USAGE for a PLIMSOLL_CACHE_SIZE that is no size. */
enum pl_status pl_command_cache_for_scan(const struct pl_args *args, struct pl_cache **ret,
                                         struct pl_error *err);
