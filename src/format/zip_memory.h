/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * zip_memory - the members of a zip archive that lies in memory, by its central directory.
 *
 * For archives of which a few small members are wanted among thousands: going through the directory
 * opens nothing, a stored member is a view into the archive, and a deflated one is opened when it
 * is asked for (through ISA-L). Archives within archives are read in the same way, from the
 * member's content. The archive may lie about everything; each lie that matters is an error that
 * names the member. What a name means is the caller's business. To read a zip file as a stream of
 * members there is format/zip.h.
 */
#include "base/buf.h"

struct pl_zip_memory {
    pl_span bytes;
    pl_span directory; /* what is left of it */
    uint64_t shift_bytes; /* what stands before the archive: a launcher in front of a jar */
    uint64_t left; /* members, as stated */
    uint64_t seen;
};

struct pl_zip_member {
    pl_str name; /* a view into the archive; any bytes */
    bool is_encrypted;
    uint16_t method; /* of compression; 0: stored, 8: deflated */
    uint32_t crc;
    uint64_t packed_bytes;
    uint64_t size_bytes; /* opened, as stated */
    uint64_t header_at;
};

/* Does it begin or end as an archive with members does? Cheap, and sure enough to tell an archive
 * from a file that merely has such a name. */
bool pl_zip_memory_is_one(pl_span bytes);

/* PL_E_PARSE without an end record, or with one that leads nowhere. */
enum pl_status pl_zip_memory_open(pl_span bytes, struct pl_zip_memory *ret, struct pl_error *err);

/* The next member; *ret_more is false at the end. PL_E_PARSE when the directory breaks off. */
enum pl_status pl_zip_memory_next(struct pl_zip_memory *zip, bool *ret_more,
                                  struct pl_zip_member *ret, struct pl_error *err);

/* The content of a member, its checksum being right: a view into the archive, or memory that
 * *ret_memory has been set to and the caller frees. PL_E_LIMIT when it is larger than `most_bytes`;
 * PL_E_UNSUPPORTED when it is encrypted or of another method. */
enum pl_status pl_zip_memory_read(const struct pl_zip_memory *zip,
                                  const struct pl_zip_member *member, uint64_t most_bytes,
                                  void **ret_memory, pl_span *ret, struct pl_error *err);
