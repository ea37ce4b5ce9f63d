/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * rpm_db - what the readers of the three forms of rpm's installed database have in common.
 *
 * A reader goes over a database that is in memory whole and hands each package's header, as
 * rpm_header.h reads it, to a visitor. No form is kept in an order that means anything.
 */
#include "base/error.h"
#include "base/str.h"

struct pl_rpm_db {
    pl_span content; /* in writable memory, which a reader may change */
    pl_span wal; /* the write-ahead log beside an SQLite database, or empty */
};

struct pl_rpm_visitor {
    void *context;
    /* A package's header; the bytes are good during the call. */
    void (*header)(void *context, pl_span blob);
    /* One entry or a part of the database could not be read; the reading goes on. */
    void (*damage)(void *context, const struct pl_error *why);
};
