/*
 * The running kernel as a peer of the primary MMU: the same work through its own system calls and page faults.
 * Reads names of measurements, one a line, and answers each with nanoseconds for one operation, or "skipped: REASON".
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096UL
#define MIB (1UL << 20)

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}

static void die(const char *what)
{
    printf("skipped: %s failed: %s\n", what, strerror(errno));
    fflush(stdout);
    exit(1);
}

static char *map(size_t bytes)
{
    char *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED)
        die("mmap");
    return p;
}

static void store_each_page(volatile char *p, size_t pages)
{
    for (size_t i = 0; i < pages; i++)
        p[i * PAGE] = 1;
}

static double faults(size_t pages, int rounds, int stores)
{
    volatile char *p = map(pages * PAGE);
    double sum = 0;
    for (int round = 0; round < rounds; round++) {
        double start = now();
        for (size_t i = 0; i < pages; i++) {
            if (stores)
                p[i * PAGE] = 1;
            else
                (void)p[i * PAGE];
        }
        sum += now() - start;
        madvise((void *)p, pages * PAGE, MADV_DONTNEED);
    }
    munmap((void *)p, pages * PAGE);
    return sum / ((double)rounds * pages);
}

enum { THREAD_PAGES = 64, THREAD_ROUNDS = 400, PAGES_APART = 1024 };

struct toucher {
    pthread_barrier_t *start;
    char *part;
    double took[THREAD_ROUNDS];
};

static void *touch_part(void *argument)
{
    struct toucher *t = argument;
    pthread_barrier_wait(t->start);
    for (int round = 0; round < THREAD_ROUNDS; round++) {
        double begin = now();
        store_each_page(t->part, THREAD_PAGES);
        t->took[round] = now() - begin;
        madvise(t->part, THREAD_PAGES * PAGE, MADV_DONTNEED);
    }
    return NULL;
}

static int ascending(const void *one, const void *other)
{
    double a = *(const double *)one, b = *(const double *)other;
    return (a > b) - (a < b);
}

/* The median of all rounds of all threads: nanoseconds for one fault of one thread, discards left out. */
static double faults_by_threads(int threads)
{
    static struct toucher touchers[2];
    static double all[2 * THREAD_ROUNDS];
    pthread_barrier_t start;
    pthread_t ids[2];
    size_t bytes = threads * PAGES_APART * PAGE;
    char *p = map(bytes);
    pthread_barrier_init(&start, NULL, threads);
    for (int i = 0; i < threads; i++) {
        touchers[i].start = &start;
        touchers[i].part = p + i * PAGES_APART * PAGE;
        pthread_create(&ids[i], NULL, touch_part, &touchers[i]);
    }
    for (int i = 0; i < threads; i++) {
        pthread_join(ids[i], NULL);
        memcpy(all + i * THREAD_ROUNDS, touchers[i].took, sizeof touchers[i].took);
    }
    pthread_barrier_destroy(&start);
    munmap(p, bytes);
    qsort(all, threads * THREAD_ROUNDS, sizeof *all, ascending);
    return all[threads * THREAD_ROUNDS / 2] / THREAD_PAGES;
}

static double map_touch_unmap(size_t pages, int rounds)
{
    double start = now();
    for (int round = 0; round < rounds; round++) {
        char *p = map(64 * PAGE);
        store_each_page(p, pages);
        munmap(p, 64 * PAGE);
    }
    return (now() - start) / rounds;
}

/* fork as the parent waits for it; the stores between two forks are not counted. */
static double fork_populated(size_t bytes, int rounds)
{
    char *p = map(bytes);
    double sum = 0;
    for (int round = 0; round < rounds; round++) {
        store_each_page(p, bytes / PAGE);
        double start = now();
        pid_t child = fork();
        if (child == 0)
            _exit(0);
        sum += now() - start;
        if (child < 0)
            die("fork");
        waitpid(child, NULL, 0);
    }
    munmap(p, bytes);
    return sum / rounds;
}

static double copy_on_write(size_t pages, int rounds)
{
    char *p = map(pages * PAGE);
    double sum = 0;
    for (int round = 0; round < rounds; round++) {
        store_each_page(p, pages);
        pid_t child = fork();
        if (child == 0) {
            pause();
            _exit(0);
        }
        if (child < 0)
            die("fork");
        double start = now();
        store_each_page(p, pages);
        sum += now() - start;
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    }
    munmap(p, pages * PAGE);
    return sum / ((double)rounds * pages);
}

static double protect_alternate(size_t pages, int rounds)
{
    char *p = map(pages * PAGE);
    double sum = 0;
    for (int round = 0; round < rounds; round++) {
        store_each_page(p, pages);
        double start = now();
        for (size_t i = 0; i < pages; i += 2)
            mprotect(p + i * PAGE, PAGE, PROT_READ);
        sum += now() - start;
        mprotect(p, pages * PAGE, PROT_READ | PROT_WRITE);
    }
    munmap(p, pages * PAGE);
    return sum / ((double)rounds * (pages / 2));
}

/* The kernel offers no bare look-up: mincore of one page is a system call around one. As many areas as this host allows. */
static double area_lookup(size_t wanted)
{
    enum { LOOKUPS = 20000 };
    FILE *limit = fopen("/proc/sys/vm/max_map_count", "r");
    size_t most = 65530;
    if (limit) {
        if (fscanf(limit, "%zu", &most) != 1)
            most = 65530;
        fclose(limit);
    }
    size_t areas = wanted < most - 1000 ? wanted : most - 1000;
    char *p = map(areas * PAGE);
    for (size_t i = 0; i < areas; i += 2)
        if (mprotect(p + i * PAGE, PAGE, PROT_READ) != 0)
            die("mprotect");
    uint64_t random = 88172645463325252ULL;
    unsigned char resident;
    double start = now();
    for (int i = 0; i < LOOKUPS; i++) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        mincore(p + (random % areas) * PAGE, PAGE, &resident);
    }
    double took = (now() - start) / LOOKUPS;
    munmap(p, areas * PAGE);
    return took;
}

int main(void)
{
    char line[64];
    while (fgets(line, sizeof line, stdin)) {
        double ns;
        line[strcspn(line, "\r\n")] = 0;
        if (!strcmp(line, "warm-fault"))
            ns = faults(64, 50, 1);
        else if (!strcmp(line, "read-fault"))
            ns = faults(64, 50, 0);
        else if (!strcmp(line, "cold-fault"))
            ns = faults(16384, 1, 1);
        else if (!strcmp(line, "fault-1-thread"))
            ns = faults_by_threads(1);
        else if (!strcmp(line, "fault-2-threads"))
            ns = faults_by_threads(2);
        else if (!strcmp(line, "map-touch-unmap"))
            ns = map_touch_unmap(64, 50);
        else if (!strcmp(line, "map-unmap"))
            ns = map_touch_unmap(0, 500);
        else if (!strcmp(line, "fork-64-mib"))
            ns = fork_populated(64 * MIB, 1);
        else if (!strcmp(line, "fork-1-gib"))
            ns = fork_populated(1024 * MIB, 1);
        else if (!strcmp(line, "copy-on-write"))
            ns = copy_on_write(1024, 1);
        else if (!strcmp(line, "protect"))
            ns = protect_alternate(1024, 1);
        else if (!strcmp(line, "area-look-up"))
            ns = area_lookup(100000);
        else {
            printf("skipped: no such measurement\n");
            fflush(stdout);
            continue;
        }
        printf("%.3f\n", ns);
        fflush(stdout);
    }
    return 0;
}
