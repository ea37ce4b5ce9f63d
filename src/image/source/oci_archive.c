/* SPDX-License-Identifier: Apache-2.0 */
#include "image/image.h"

const struct pl_image_source pl_image_source_oci_archive = {
    .name = "oci-archive",
    .summary = "an OCI image layout in a tar archive: oci-archive:FILE[:TAG]",
    .marker = "oci-layout",
    .open = pl_oci_layout_open,
};
