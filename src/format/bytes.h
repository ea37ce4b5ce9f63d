/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * bytes - integers of binary formats in either byte order, from addresses of any alignment. The
 * caller has checked that the bytes are there.
 */
#include <stdint.h>

static inline uint16_t pl_bytes_be16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint16_t pl_bytes_le16(const uint8_t *p)
{
    return (uint16_t)(p[1] << 8 | p[0]);
}

static inline uint32_t pl_bytes_be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | (uint32_t)p[3];
}

static inline uint32_t pl_bytes_le32(const uint8_t *p)
{
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | (uint32_t)p[0];
}

static inline uint64_t pl_bytes_be64(const uint8_t *p)
{
    return (uint64_t)pl_bytes_be32(p) << 32 | pl_bytes_be32(p + 4);
}

static inline uint64_t pl_bytes_le64(const uint8_t *p)
{
    return (uint64_t)pl_bytes_le32(p + 4) << 32 | pl_bytes_le32(p);
}
