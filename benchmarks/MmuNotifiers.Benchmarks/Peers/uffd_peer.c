/*
 * userfaultfd from C, as fast as it goes: the floor beneath what a handler in another language can reach. Reads names of measurements, one a line, and
 * answers each with nanoseconds for one page, or "skipped: REASON".
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096UL
#define PAGES 4096UL
#define BATCH 64UL

/* Of newer kernels than many hosts' headers. */
#define FEATURE_MOVE (1ULL << 16)
#define FEATURE_MINOR_SHMEM (1ULL << 10)
#define MODE_MINOR 4ULL
struct move { uint64_t dst, src, len, mode; int64_t moved; };
struct cont { uint64_t start, len, mode; int64_t mapped; };
#define IOCTL_MOVE 0xC028AA05UL
#define IOCTL_CONTINUE 0xC020AA07UL

static int faults = -1;
static int stop[2];
static char *zeroes;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}

static void run_on(int cpu)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    sched_setaffinity(0, sizeof set, &set);
}

static void *serve(void *argument)
{
    struct uffd_msg message;
    struct pollfd polls[2] = { { .fd = faults, .events = POLLIN }, { .fd = stop[0], .events = POLLIN } };
    (void)argument;
    run_on(0);
    while (poll(polls, 2, -1) > 0 && !polls[1].revents) {
        if (read(faults, &message, sizeof message) != sizeof message)
            continue;
        struct uffdio_copy copy = { .dst = message.arg.pagefault.address & ~(PAGE - 1), .src = (uint64_t)zeroes, .len = PAGE };
        if (ioctl(faults, UFFDIO_COPY, &copy) && errno == EEXIST) {
            struct uffdio_range range = { copy.dst, PAGE };
            ioctl(faults, UFFDIO_WAKE, &range);
        }
    }
    return NULL;
}

static int open_faults(uint64_t features)
{
    struct uffdio_api api = { .api = UFFD_API, .features = features };
    faults = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
    return faults < 0 || ioctl(faults, UFFDIO_API, &api) ? -1 : 0;
}

static int watch(char *start, uint64_t mode)
{
    struct uffdio_register area = { .range = { (uint64_t)start, PAGES * PAGE }, .mode = mode };
    return ioctl(faults, UFFDIO_REGISTER, &area);
}

static char *map(int file)
{
    char *start = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, file < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED, file, 0);
    if (start != MAP_FAILED)
        madvise(start, PAGES * PAGE, MADV_NOHUGEPAGE);
    return start == MAP_FAILED ? NULL : start;
}

/* A store to each page, which the handler fills. */
static double touch(int cpu)
{
    pthread_t handler;
    char *window = map(-1);
    if (!window || open_faults(0) || watch(window, UFFDIO_REGISTER_MODE_MISSING) || pipe(stop) || pthread_create(&handler, NULL, serve, NULL))
        return -1;
    run_on(cpu);
    double start = now();
    for (size_t i = 0; i < PAGES; i++)
        ((volatile char *)window)[i * PAGE] = 1;
    double took = now() - start;
    if (write(stop[1], "", 1) != 1)
        return -1;
    pthread_join(handler, NULL);
    close(stop[0]);
    close(stop[1]);
    close(faults);
    munmap(window, PAGES * PAGE);
    return took / PAGES;
}

static double copy_batches(void)
{
    char *window = map(-1), *source = map(-1);
    if (!window || !source || open_faults(0) || watch(window, UFFDIO_REGISTER_MODE_MISSING))
        return -1;
    memset(source, 1, PAGES * PAGE);
    double start = now();
    for (size_t i = 0; i < PAGES; i += BATCH) {
        struct uffdio_copy copy = { .dst = (uint64_t)window + i * PAGE, .src = (uint64_t)source + i * PAGE, .len = BATCH * PAGE };
        if (ioctl(faults, UFFDIO_COPY, &copy))
            return -1;
    }
    double took = now() - start;
    close(faults);
    munmap(window, PAGES * PAGE);
    munmap(source, PAGES * PAGE);
    return took / PAGES;
}

static double move_batches(void)
{
    char *window = map(-1), *source = map(-1);
    if (!window || !source || open_faults(FEATURE_MOVE) || watch(window, UFFDIO_REGISTER_MODE_MISSING))
        return -1;
    memset(source, 1, PAGES * PAGE);
    double start = now();
    for (size_t i = 0; i < PAGES; i += BATCH) {
        struct move move = { .dst = (uint64_t)window + i * PAGE, .src = (uint64_t)source + i * PAGE, .len = BATCH * PAGE };
        if (ioctl(faults, IOCTL_MOVE, &move))
            return -1;
    }
    double took = now() - start;
    close(faults);
    munmap(window, PAGES * PAGE);
    munmap(source, PAGES * PAGE);
    return took / PAGES;
}

static double continue_batches(void)
{
    int file = memfd_create("peer", MFD_CLOEXEC);
    if (file < 0 || ftruncate(file, PAGES * PAGE))
        return -1;
    char *window = map(file), *other = map(file);
    if (!window || !other || open_faults(FEATURE_MINOR_SHMEM) || watch(window, MODE_MINOR))
        return -1;
    memset(other, 1, PAGES * PAGE);
    double start = now();
    for (size_t i = 0; i < PAGES; i += BATCH) {
        struct cont request = { .start = (uint64_t)window + i * PAGE, .len = BATCH * PAGE };
        if (ioctl(faults, IOCTL_CONTINUE, &request))
            return -1;
    }
    double took = now() - start;
    close(faults);
    munmap(window, PAGES * PAGE);
    munmap(other, PAGES * PAGE);
    close(file);
    return took / PAGES;
}

int main(void)
{
    char line[64];
    zeroes = map(-1);
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = 0;
        double result = !strcmp(line, "beside") ? touch(0) : !strcmp(line, "across") ? touch(1) : !strcmp(line, "copy") ? copy_batches()
            : !strcmp(line, "move") ? move_batches() : !strcmp(line, "continue") ? continue_batches() : -1;
        if (result < 0)
            printf("skipped: %s: %s\n", line, strerror(errno));
        else
            printf("%.1f\n", result);
        fflush(stdout);
    }
    return 0;
}
