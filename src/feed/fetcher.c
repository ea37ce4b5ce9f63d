/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/fetcher.h"
#include "base/mem.h"
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

struct job {
    struct pl_fetcher *fetcher;
    struct pl_arena arena; /* of all below */
    pl_str url;
    struct pl_remote_known known;
    struct pl_remote remote;
    struct pl_error failure;
    enum pl_status status;
    bool is_done;
    uint64_t told; /* bytes of the transfer under way */
};

struct pl_fetcher {
    const char *temp_dir;
    struct pl_arena arena;
    struct {
        PL_VEC_FIELDS(struct job *);
    } jobs;
    pthread_mutex_t mutex; /* over all below, and is_done of jobs */
    pthread_cond_t changed;
    size_t next; /* to be fetched */
    size_t taken;
    bool stop;
    _Atomic uint64_t bytes;
    pthread_t threads[PL_FETCHER_THREADS];
    size_t thread_count;
};

struct pl_fetcher *pl_fetcher_new(const char *temp_dir)
{
    struct pl_fetcher *fetcher = pl_mem_alloc(1, sizeof(*fetcher));
    fetcher->temp_dir = temp_dir;
    pthread_mutex_init(&fetcher->mutex, NULL);
    pthread_cond_init(&fetcher->changed, NULL);
    return fetcher;
}

void pl_fetcher_free(struct pl_fetcher *fetcher)
{
    if (!fetcher) {
        return;
    }
    pthread_mutex_lock(&fetcher->mutex);
    fetcher->stop = true;
    pthread_cond_broadcast(&fetcher->changed);
    pthread_mutex_unlock(&fetcher->mutex);
    for (size_t i = 0; i < fetcher->thread_count; i++) {
        pthread_join(fetcher->threads[i], NULL);
    }
    for (size_t i = 0; i < fetcher->jobs.count; i++) {
        struct job *job = fetcher->jobs.items[i];
        if (job->is_done && job->remote.fd >= 0) {
            close(job->remote.fd);
        }
        pl_arena_release(&job->arena);
    }
    pthread_cond_destroy(&fetcher->changed);
    pthread_mutex_destroy(&fetcher->mutex);
    pl_arena_release(&fetcher->arena);
    free(fetcher);
}

static pl_str keep(struct job *job, pl_str text)
{
    return pl_arena_dup(&job->arena, text);
}

size_t pl_fetcher_add(struct pl_fetcher *fetcher, pl_str url, const struct pl_remote_known *known)
{
    struct job *job = PL_ARENA_NEW(&fetcher->arena, struct job);
    job->fetcher = fetcher;
    job->url = keep(job, url);
    job->known = (struct pl_remote_known){
        .is_known = known->is_known,
        .version = {keep(job, known->version.etag), keep(job, known->version.last_modified)},
        .cursor = keep(job, known->cursor),
        .index = known->index};
    job->remote.fd = -1;
    *pl_vec_push(&fetcher->arena, &fetcher->jobs) = job;
    return fetcher->jobs.count - 1;
}

/* One transfer tells how far it is; each begins from nothing. */
static void count_bytes(void *context, pl_str label, uint64_t done, uint64_t total)
{
    struct job *job = context;
    (void)label;
    (void)total;
    uint64_t before = done < job->told ? 0 : job->told;
    atomic_fetch_add(&job->fetcher->bytes, done - before);
    job->told = done;
}

static void *fetch_main(void *context)
{
    struct pl_fetcher *fetcher = context;
    struct pl_http *http PL_CLEANUP(pl_http_freep) = NULL;
    pthread_mutex_lock(&fetcher->mutex);
    while (!fetcher->stop && fetcher->next < fetcher->jobs.count) {
        if (fetcher->next >= fetcher->taken + PL_FETCHER_AHEAD) {
            pthread_cond_wait(&fetcher->changed, &fetcher->mutex);
            continue;
        }
        struct job *job = fetcher->jobs.items[fetcher->next++];
        pthread_mutex_unlock(&fetcher->mutex);
        const struct pl_progress progress = {.tell = count_bytes, .context = job};
        job->failure = PL_ERROR_INIT;
        job->status = http ? PL_OK : pl_http_new(NULL, &http, &job->failure);
        if (job->status == PL_OK) {
            job->status =
                pl_remote_fetch(http, &job->arena, job->url, &job->known, fetcher->temp_dir,
                                &progress, &job->remote, &job->failure);
        }
        pthread_mutex_lock(&fetcher->mutex);
        job->is_done = true;
        pthread_cond_broadcast(&fetcher->changed);
    }
    pthread_mutex_unlock(&fetcher->mutex);
    return NULL;
}

/* The threads begin when the first is taken: all have been added by then. */
static void start(struct pl_fetcher *fetcher)
{
    size_t wanted =
        fetcher->jobs.count < PL_FETCHER_THREADS ? fetcher->jobs.count : PL_FETCHER_THREADS;
    while (fetcher->thread_count < wanted &&
           pthread_create(&fetcher->threads[fetcher->thread_count], NULL, fetch_main, fetcher) ==
               0) {
        fetcher->thread_count++;
    }
}

/* Waits until something has changed, or for a moment. */
static void wait_a_little(struct pl_fetcher *fetcher)
{
    enum { MOMENT_NS = 200000000, SECOND_NS = 1000000000 };
    struct timespec until = {0};
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += MOMENT_NS;
    until.tv_sec += until.tv_nsec / SECOND_NS;
    until.tv_nsec %= SECOND_NS;
    pthread_cond_timedwait(&fetcher->changed, &fetcher->mutex, &until);
}

enum pl_status pl_fetcher_take(struct pl_fetcher *fetcher, size_t number,
                               const struct pl_progress *progress, struct pl_remote *ret,
                               struct pl_error *err)
{
    struct job *job = fetcher->jobs.items[number];
    if (fetcher->thread_count == 0) {
        start(fetcher);
    }
    if (fetcher->thread_count == 0) {
        return pl_error_set(err, PL_E_IO, "no thread could be started to fetch the feeds");
    }
    pthread_mutex_lock(&fetcher->mutex);
    fetcher->taken = fetcher->taken < number ? number : fetcher->taken;
    pthread_cond_broadcast(&fetcher->changed);
    while (!job->is_done) {
        pl_progress_tell(progress, PL_STR("downloading"), pl_fetcher_bytes(fetcher), 0);
        wait_a_little(fetcher);
    }
    fetcher->taken = number + 1;
    pthread_cond_broadcast(&fetcher->changed);
    pthread_mutex_unlock(&fetcher->mutex);
    if (job->status < 0) {
        if (err) {
            *err = job->failure;
        }
        return job->status;
    }
    *ret = job->remote;
    job->remote.fd = -1;
    return PL_OK;
}

uint64_t pl_fetcher_bytes(struct pl_fetcher *fetcher)
{
    return atomic_load(&fetcher->bytes);
}
