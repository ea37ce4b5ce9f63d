/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/reader/debian_release.h"
#include "base/compiler.h"

/* Codenames and numbers are those of debian.csv of distro-info-data 0.58 (2025-08). OSV's export
 * writes them in the same way, "Debian:3.0" and "Debian:11". */
static const struct {
    const char *codename;
    const char *ecosystem;
} releases[] = {
    {"buzz", "Debian:1.1"},    {"rex", "Debian:1.2"},     {"bo", "Debian:1.3"},
    {"hamm", "Debian:2.0"},    {"slink", "Debian:2.1"},   {"potato", "Debian:2.2"},
    {"woody", "Debian:3.0"},   {"sarge", "Debian:3.1"},   {"etch", "Debian:4.0"},
    {"lenny", "Debian:5.0"},   {"squeeze", "Debian:6.0"}, {"wheezy", "Debian:7"},
    {"jessie", "Debian:8"},    {"stretch", "Debian:9"},   {"buster", "Debian:10"},
    {"bullseye", "Debian:11"}, {"bookworm", "Debian:12"}, {"trixie", "Debian:13"},
    {"forky", "Debian:14"},    {"duke", "Debian:15"},     {"sid", "Debian:sid"},
};

pl_str pl_debian_ecosystem(pl_str codename)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(releases); i++) {
        if (pl_str_eq(codename, pl_str_from(releases[i].codename))) {
            return pl_str_from(releases[i].ecosystem);
        }
    }
    return PL_STR_EMPTY;
}
