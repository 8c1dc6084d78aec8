/*
 * The peer of the registration cache: UCX' own, from the packaged library. A measurement is "THREADS ENTRIES ORDER"; the answer is the
 * nanoseconds of one get and put: the median of many chunks of each thread (the best would be one that ran alone), averaged over the
 * threads. Entries are one page each, one every 64 KiB. ORDER is "one" (always the same entry) or "spread" (a fixed random order over all).
 */
#define _GNU_SOURCE
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <ucs/memory/rcache.h>

enum { PAGE = 4096, SPACING = 65536, MAX_ENTRIES = 16384, CHUNK = 4096, CHUNKS = 101, MAX_THREADS = 2 };

static ucs_rcache_t *cache;
static char *memory;
static uint32_t order[MAX_ENTRIES];
static int entries;
static int spread;
static pthread_barrier_t start;

static ucs_status_t mem_reg(void *context, ucs_rcache_t *rcache, void *arg, ucs_rcache_region_t *region, uint16_t flags)
{
    return UCS_OK;
}

static void mem_dereg(void *context, ucs_rcache_t *rcache, ucs_rcache_region_t *region)
{
}

static void dump_region(void *context, ucs_rcache_t *rcache, ucs_rcache_region_t *region, char *buffer, size_t max)
{
    buffer[0] = 0;
}

static void get_put(int entry)
{
    ucs_rcache_region_t *region;
    if (ucs_rcache_get(cache, memory + (size_t)entry * SPACING, PAGE, PROT_READ | PROT_WRITE, NULL, &region) != UCS_OK) {
        exit(1);
    }
    ucs_rcache_region_put(cache, region);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e9 + time.tv_nsec;
}

static int ascending(const void *left, const void *right)
{
    double difference = *(const double *)left - *(const double *)right;
    return (difference > 0) - (difference < 0);
}

static void *run(void *result)
{
    double each[CHUNKS];
    uint32_t at = 0;
    pthread_barrier_wait(&start);
    for (int chunk = 0; chunk < CHUNKS; chunk++) {
        double before = now();
        for (int i = 0; i < CHUNK; i++) {
            get_put(spread ? order[at] : 0);
            at = at + 1 < (uint32_t)entries ? at + 1 : 0;
        }
        each[chunk] = (now() - before) / CHUNK;
    }
    qsort(each, CHUNKS, sizeof each[0], ascending);
    *(double *)result = each[CHUNKS / 2];
    return NULL;
}

static int prepare(void)
{
    static const ucs_rcache_ops_t ops = { .mem_reg = mem_reg, .mem_dereg = mem_dereg, .dump_region = dump_region };
    ucs_rcache_params_t parameters = {
        .region_struct_size = sizeof(ucs_rcache_region_t),
        .alignment = UCS_RCACHE_MIN_ALIGNMENT,
        .max_alignment = PAGE,
        .ucm_events = 0,
        .ops = &ops,
        .flags = UCS_RCACHE_FLAG_NO_PFN_CHECK,
        .max_regions = ULONG_MAX,
        .max_size = SIZE_MAX,
        .max_unreleased = SIZE_MAX,
    };
    if (ucs_rcache_create(&parameters, "peer", NULL, &cache) != UCS_OK) {
        return 0;
    }
    srand(1);
    for (int i = 0; i < entries; i++) {
        order[i] = (uint32_t)i;
    }
    for (int i = entries - 1; i > 0; i--) {
        int other = rand() % (i + 1);
        uint32_t swapped = order[i];
        order[i] = order[other];
        order[other] = swapped;
    }
    for (int i = 0; i < entries; i++) {
        get_put(i);
    }
    return 1;
}

int main(void)
{
    char line[256];
    setvbuf(stdout, NULL, _IOLBF, 0);
    memory = mmap(NULL, (size_t)MAX_ENTRIES * SPACING, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    while (fgets(line, sizeof line, stdin) != NULL) {
        int threads;
        char name[16];
        if (sscanf(line, "%d %d %15s", &threads, &entries, name) != 3 || threads > MAX_THREADS || entries > MAX_ENTRIES || memory == MAP_FAILED) {
            puts("skipped: no such measurement");
            continue;
        }
        spread = strcmp(name, "spread") == 0;
        if (!prepare()) {
            puts("skipped: ucs_rcache_create failed");
            continue;
        }
        pthread_t handles[MAX_THREADS];
        double results[MAX_THREADS];
        double sum = 0;
        pthread_barrier_init(&start, NULL, (unsigned)threads);
        for (int i = 0; i < threads; i++) {
            pthread_create(&handles[i], NULL, run, &results[i]);
        }
        for (int i = 0; i < threads; i++) {
            pthread_join(handles[i], NULL);
            sum += results[i];
        }
        pthread_barrier_destroy(&start);
        ucs_rcache_destroy(cache);
        printf("%.2f\n", sum / threads);
    }
    return 0;
}
