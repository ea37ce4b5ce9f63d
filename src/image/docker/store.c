/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Docker keeps, below its root directory (moby layer/filestore.go, image/fs.go):
 *
 *   image/overlay2/imagedb/content/sha256/HEX      the config of the image with that id
 *   image/overlay2/layerdb/sha256/CHAIN/diff       the diff_id of the layer on top of that chain
 *   image/overlay2/layerdb/sha256/CHAIN/cache-id   which directory of overlay2/ has its files
 *
 * CHAIN is the chain id's digits. Podman and its kin (containers/storage layers.go, images.go):
 *
 *   overlay-layers/layers.json     [{"id": HEX, "parent": HEX, "diff-digest": DIFF_ID,
 *                                  "flags": {"incomplete": true}, ...}, ...]
 *   overlay-images/HEX/=BASE64     the config; the name is that of the item, "sha256:HEX"
 *
 * and a layer's id is the directory's name in overlay/. Layers whose diff_id was never computed
 * (partial pulls) have no "diff-digest".
 */
#include "image/docker/store.h"
#include "base/limits.h"
#include "base/map.h"
#include "format/base64.h"
#include "image/layer_dir.h"
#include "image/path.h"
#include "image/tree.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/xattr.h>

/* A way in which layers are kept; one row of a table. */
struct layout {
    const char *driver;
    const char *home; /* of the driver, below the engine's root */
    /* The ids of the directories of all layers. */
    enum pl_status (*find)(struct pl_arena *arena, int root_fd, const struct pl_image *image,
                           pl_str *ret, struct pl_error *err);
    /* The path of the config of the image with this id, 64 digits. */
    pl_str (*config_path)(struct pl_arena *arena, pl_str id);
};

struct pl_docker_store {
    const struct layout *layout;
    int root_fd;
    int home_fd;
    struct pl_layer_dir *dirs;
    size_t count; /* of those that are open */
};

void pl_docker_chain_ids(const struct pl_image_layer *layers, size_t count, struct pl_digest *ret)
{
    for (size_t i = 0; i < count; i++) {
        ret[i] = layers[i].diff_id;
        if (i > 0) {
            char pair[2 * sizeof(ret->text) + 1];
            int len =
                snprintf(pair, sizeof(pair), "%s %s", ret[i - 1].text, layers[i].diff_id.text);
            ret[i] = pl_digest_of((pl_span){(const uint8_t *)pair, (size_t)len}, NULL);
        }
    }
}

static pl_str hex_of(const struct pl_digest *digest)
{
    pl_str text = pl_digest_str(digest);
    pl_str algorithm = PL_STR("sha256:");
    return pl_str_starts_with(text, algorithm) ? pl_str_skip(text, algorithm.len) : PL_STR_EMPTY;
}

/* One line of a file of a layer, in Docker's list of layers. */
static enum pl_status read_line(struct pl_arena *arena, int root_fd, const struct pl_digest *chain,
                                const char *name, pl_str *ret, struct pl_error *err)
{
    pl_str hex = hex_of(chain);
    if (!pl_layer_dir_is_id(hex)) {
        return pl_error_set(err, PL_E_UNSUPPORTED, "the layer has no digest by SHA-256");
    }
    pl_str path = pl_arena_format(arena, "image/overlay2/layerdb/sha256/" PL_STR_FMT "/%s",
                                  PL_STR_ARG(hex), name);
    enum pl_status st = pl_layer_dir_read(arena, root_fd, path, sizeof(chain->text), ret, err);
    if (st == PL_OK) {
        *ret = pl_str_trim(*ret);
    }
    return st;
}

static enum pl_status find_by_chain(struct pl_arena *arena, int root_fd,
                                    const struct pl_image *image, pl_str *ret, struct pl_error *err)
{
    size_t count = image->layers.count;
    struct pl_digest *chains = PL_ARENA_ARRAY(arena, struct pl_digest, count);
    pl_docker_chain_ids(image->layers.items, count, chains);
    for (size_t i = 0; i < count; i++) {
        pl_str diff_id = PL_STR_EMPTY;
        enum pl_status st = read_line(arena, root_fd, &chains[i], "diff", &diff_id, err);
        if (st == PL_OK && !pl_str_eq(diff_id, pl_digest_str(&image->layers.items[i].diff_id))) {
            st = pl_error_set(err, PL_E_NOT_FOUND, "the layer on that chain is another");
        }
        if (st == PL_OK) {
            st = read_line(arena, root_fd, &chains[i], "cache-id", &ret[i], err);
        }
        if (st < 0) {
            return st;
        }
    }
    return PL_OK;
}

static pl_str docker_config_path(struct pl_arena *arena, pl_str id)
{
    return pl_arena_format(arena, "image/overlay2/imagedb/content/sha256/" PL_STR_FMT,
                           PL_STR_ARG(id));
}

enum pl_status pl_docker_read_layer_list(struct pl_arena *arena, pl_str text,
                                         const struct pl_image *image, pl_str *ret,
                                         struct pl_error *err)
{
    json_t *list pl_autojson = NULL;
    struct pl_map by_digest pl_automap = {0};
    enum pl_status st = pl_json_parse(text, "layers.json", &list, err);
    if (st < 0) {
        return st;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *layer = json_array_get(list, i);
        pl_str digest = pl_json_str(layer, "diff-digest");
        const json_t *flags = pl_json_object(layer, "flags");
        if (digest.len > 0 && !json_object_get(flags, "incomplete")) {
            *pl_map_at(&by_digest, digest) = layer;
        }
    }
    for (size_t i = 0; i < image->layers.count; i++) {
        const struct pl_digest *wanted = &image->layers.items[i].diff_id;
        const json_t *layer = pl_map_find(&by_digest, pl_digest_str(wanted));
        pl_str id = layer ? pl_json_str(layer, "id") : PL_STR_EMPTY;
        if (!pl_layer_dir_is_id(id)) {
            return pl_error_set(err, PL_E_NOT_FOUND, "layers.json has no whole layer %s",
                                wanted->text);
        }
        ret[i] = pl_arena_dup(arena, id);
    }
    return PL_OK;
}

static enum pl_status find_in_list(struct pl_arena *arena, int root_fd,
                                   const struct pl_image *image, pl_str *ret, struct pl_error *err)
{
    pl_str text = PL_STR_EMPTY;
    enum pl_status st = pl_layer_dir_read(arena, root_fd, PL_STR("overlay-layers/layers.json"),
                                          PL_LIMIT_ENGINE_ANSWER_BYTES, &text, err);
    return st == PL_OK ? pl_docker_read_layer_list(arena, text, image, ret, err) : st;
}

static pl_str containers_config_path(struct pl_arena *arena, pl_str id)
{
    pl_str name = pl_arena_format(arena, "sha256:" PL_STR_FMT, PL_STR_ARG(id));
    return pl_arena_format(arena, "overlay-images/" PL_STR_FMT "/=" PL_STR_FMT, PL_STR_ARG(id),
                           PL_STR_ARG(pl_base64_encode(arena, name)));
}

static const struct layout layouts[] = {
    {"overlay2", "overlay2", find_by_chain, docker_config_path},
    {"overlay", "overlay", find_in_list, containers_config_path},
};

static const struct layout *layout_of(pl_str driver)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(layouts); i++) {
        if (pl_str_eq(driver, pl_str_from(layouts[i].driver))) {
            return &layouts[i];
        }
    }
    return NULL;
}

bool pl_docker_store_is_known(pl_str driver)
{
    return layout_of(driver) != NULL;
}

void pl_docker_read_info(struct pl_arena *arena, const json_t *answer, struct pl_docker_info *ret)
{
    const json_t *options = pl_json_array(answer, "SecurityOptions");
    *ret = (struct pl_docker_info){
        .driver = pl_arena_dup(arena, pl_json_str(answer, "Driver")),
        .root = pl_arena_dup(arena, pl_json_str(answer, "DockerRootDir")),
        .is_rootless = json_is_true(json_object_get(answer, "Rootless")),
    };
    for (size_t i = 0; i < json_array_size(options); i++) {
        ret->is_rootless = ret->is_rootless || pl_str_eq(pl_json_text(json_array_get(options, i)),
                                                         PL_STR("name=rootless"));
    }
}

bool pl_docker_info_from_place(pl_str driver, pl_str top_dir, struct pl_docker_info *ret)
{
    pl_str own = pl_path_parent(top_dir);
    pl_str home = pl_path_parent(own);
    pl_str root = pl_path_parent(home);
    if (root.len == 0 || !pl_str_eq(pl_path_base(top_dir), PL_STR("diff")) ||
        !pl_layer_dir_is_id(pl_path_base(own)) || !pl_str_eq(pl_path_base(home), driver)) {
        return false;
    }
    *ret = (struct pl_docker_info){.driver = driver, .root = root};
    return true;
}

/* To all but those with CAP_SYS_ADMIN over the whole machine, the kernel hides the attributes by
 * which overlayfs marks opaque directories, as if there were none (xattr(7), "Trusted extended
 * attributes"). */
static bool sees_trusted_attributes(void)
{
    int probe pl_autoclose = memfd_create("attributes", MFD_CLOEXEC);
    return probe >= 0 && fsetxattr(probe, "trusted.overlay.opaque", "y", 1, 0) == 0;
}

/* A layer whose opaque directories are not recognised would be read wrong, so it has to be sure by
 * which attributes they are: a rootless engine's by others than that of root. Other users than root
 * could not read all files of a layer, even of their own rootless engine. */
static enum pl_status check_reader(const struct pl_docker_info *info, int root_fd,
                                   struct pl_error *err)
{
    struct stat root;
    if (geteuid() != 0) {
        return pl_error_set(err, PL_E_DENIED, "the engine's storage is for root to read");
    }
    if (!info->is_rootless &&
        (fstat(root_fd, &root) < 0 || root.st_uid != 0 || !sees_trusted_attributes())) {
        return pl_error_set(err, PL_E_DENIED, "not all of the engine's storage can be seen");
    }
    return PL_OK;
}

/* Opens the directory of each layer by the ids found. */
static enum pl_status open_layers(struct pl_docker_store *store, struct pl_arena *arena,
                                  const struct pl_image *image, const pl_str *ids,
                                  struct pl_error *err)
{
    store->dirs = PL_ARENA_ARRAY(arena, struct pl_layer_dir, image->layers.count);
    for (size_t i = 0; i < image->layers.count; i++) {
        enum pl_status st = pl_layer_dir_open(arena, store->home_fd, ids[i], &store->dirs[i], err);
        if (st < 0) {
            return st;
        }
        store->count++;
    }
    return PL_OK;
}

static enum pl_status open_all(struct pl_docker_store *store, struct pl_arena *arena,
                               const struct pl_docker_info *info, const struct pl_image *image,
                               struct pl_error *err)
{
    const char *root = NULL;
    enum pl_status st = pl_arena_cstr(arena, info->root, &root, err);
    if (st < 0) {
        return st;
    }
    store->root_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (store->root_fd < 0) {
        return pl_error_sys(err, errno, "%s", root);
    }
    pl_str *ids = PL_ARENA_ARRAY(arena, pl_str, image->layers.count);
    st = check_reader(info, store->root_fd, err);
    if (st == PL_OK) {
        st = store->layout->find(arena, store->root_fd, image, ids, err);
    }
    if (st < 0) {
        return st;
    }
    store->home_fd = pl_tree_open_straight(store->root_fd, pl_str_from(store->layout->home),
                                           O_PATH | O_DIRECTORY);
    return store->home_fd < 0 ? pl_error_sys(err, errno, "%s/%s", root, store->layout->home)
                              : open_layers(store, arena, image, ids, err);
}

enum pl_status pl_docker_store_open(struct pl_arena *arena, const struct pl_docker_info *info,
                                    struct pl_image *image, struct pl_docker_store **ret,
                                    struct pl_error *err)
{
    const struct layout *layout = layout_of(info->driver);
    if (!layout || !pl_str_starts_with(info->root, PL_STR("/"))) {
        return pl_error_set(err, PL_E_UNSUPPORTED, "the engine's storage is of another kind");
    }
    struct pl_docker_store *store = PL_ARENA_NEW(arena, struct pl_docker_store);
    *store = (struct pl_docker_store){.layout = layout, .root_fd = -1, .home_fd = -1};
    enum pl_status st = open_all(store, arena, info, image, err);
    if (st < 0) {
        pl_docker_store_close(store);
        return st;
    }
    for (size_t i = 0; i < image->layers.count; i++) {
        store->dirs[i].is_rootless = info->is_rootless;
        image->layers.items[i].part.dir = &store->dirs[i];
    }
    *ret = store;
    return PL_OK;
}

bool pl_docker_store_config(const struct pl_docker_store *store, struct pl_arena *arena,
                            const struct pl_digest *id, pl_str *ret)
{
    pl_str bytes = PL_STR_EMPTY;
    pl_str hex = hex_of(id);
    if (!pl_layer_dir_is_id(hex) ||
        pl_layer_dir_read(arena, store->root_fd, store->layout->config_path(arena, hex),
                          PL_LIMIT_CONFIG_BYTES, &bytes, NULL) < 0) {
        return false;
    }
    struct pl_digest got = pl_digest_of(pl_str_span(bytes), id);
    if (pl_digest_verify("the image's config", &got, id, NULL) < 0) {
        return false;
    }
    *ret = bytes;
    return true;
}

void pl_docker_store_close(struct pl_docker_store *store)
{
    for (size_t i = 0; i < store->count; i++) {
        close(store->dirs[i].fd);
    }
    store->count = 0;
    pl_fd_closep(&store->home_fd);
    pl_fd_closep(&store->root_fd);
    store->home_fd = -1;
    store->root_fd = -1;
}
