/* SPDX-License-Identifier: Apache-2.0 */
#include "image/image.h"

const struct pl_image_source pl_image_source_oci_dir = {
    .name = "oci-dir",
    .summary = "a directory with an OCI image layout, and a tag in it: oci-dir:DIR[:TAG]",
    .is_directory = true,
    .marker = "oci-layout",
    .open = pl_oci_layout_open,
};
