/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * json_writer - writes a JSON document as it goes, without building it in memory.
 *
 * Members appear in the order in which they are written, indented by two spaces, and the same calls
 * give the same bytes on every machine and in every locale. Strings may hold anything: what is not
 * UTF-8 becomes U+FFFD, and characters that may steer a terminal or an editor are escaped.
 *
 * The writer is borrowed; its failures stick there and are told by pl_writer_finish. Calls that
 * would make the document malformed (a value without a key in an object, an end without a begin)
 * are bugs of the caller and are caught by assert.
 */
#include "base/limits.h"
#include "base/vec.h"
#include "base/writer.h"

struct pl_json_writer {
    struct pl_writer *into;
    size_t depth;
    bool has_key; /* a key waits for its value */
    struct {
        bool is_object;
        bool has_items;
    } levels[PL_LIMIT_JSON_DEPTH];
};

void pl_json_writer_init(struct pl_json_writer *json, struct pl_writer *into);

void pl_json_writer_begin_object(struct pl_json_writer *json);
void pl_json_writer_end_object(struct pl_json_writer *json);
void pl_json_writer_begin_array(struct pl_json_writer *json);
void pl_json_writer_end_array(struct pl_json_writer *json);
void pl_json_writer_key(struct pl_json_writer *json, const char *key);

void pl_json_writer_string(struct pl_json_writer *json, pl_str value);
void pl_json_writer_uint(struct pl_json_writer *json, uint64_t value);
/* The shortest decimal that reads back as the same number; null when it is not finite. */
void pl_json_writer_double(struct pl_json_writer *json, double value);
void pl_json_writer_bool(struct pl_json_writer *json, bool value);
void pl_json_writer_null(struct pl_json_writer *json);

/* A member whose value is a string, or null when it is empty. */
void pl_json_writer_member(struct pl_json_writer *json, const char *key, pl_str value);
/* The same, and no member at all when it is empty. */
void pl_json_writer_member_text(struct pl_json_writer *json, const char *key, pl_str value);
void pl_json_writer_member_uint(struct pl_json_writer *json, const char *key, uint64_t value);
void pl_json_writer_member_bool(struct pl_json_writer *json, const char *key, bool value);
/* An array of strings. */
void pl_json_writer_member_strings(struct pl_json_writer *json, const char *key,
                                   const struct pl_strs *list);
/* Begins a member whose value is an object or an array. */
void pl_json_writer_member_object(struct pl_json_writer *json, const char *key);
void pl_json_writer_member_array(struct pl_json_writer *json, const char *key);

/* The closing line end; all that was begun must have ended. */
void pl_json_writer_finish(struct pl_json_writer *json);
