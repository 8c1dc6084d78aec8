/*
 * The running kernel's own swap as a peer: a swap file beside this program (so on the file system that it was built on), and a child in a memory
 * cgroup that holds a quarter of what the child uses. Reads names of measurements, one a line, and answers each with nanoseconds for one page, or
 * "skipped: REASON". Swap file and cgroup go when standard input ends, or a signal comes.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096UL
#define FRAMES 4096UL
#define PAGES (4 * FRAMES)
#define SWAP_PAGES (10 * FRAMES)
#define RANDOM_ACCESSES 4096
#define BATCH 512
#define WORDS (PAGE / 8)

static char swap_file[4096];
static char cgroup[4096];
static int is_second;
static volatile int is_swapping;
static pid_t child;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}

static void clean_up(void)
{
    if (child > 0) {
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    }
    if (is_swapping)
        swapoff(swap_file);
    if (swap_file[0])
        unlink(swap_file);
    for (int attempt = 0; cgroup[0] && attempt < 100 && rmdir(cgroup) != 0 && errno == EBUSY; attempt++)
        usleep(10000);
}

static void on_signal(int number)
{
    clean_up();
    _exit(128 + number);
}

static int fail(char *reason, const char *what)
{
    sprintf(reason, "%s failed: %s", what, strerror(errno));
    return -1;
}

/* A swap file's first page: the version, the last page, and the signature in its last ten bytes. */
static int make_swap_file(char *reason)
{
    static union {
        char bytes[PAGE];
        struct { char boot[1024]; uint32_t version, last_page, bad_pages; } info;
    } head;
    static char zeroes[1 << 20];
    int file = open(swap_file, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (file < 0)
        return fail(reason, "creating the swap file");
    head.info.version = 1;
    head.info.last_page = SWAP_PAGES - 1;
    memcpy(head.bytes + PAGE - 10, "SWAPSPACE2", 10);
    for (size_t done = 0; done < SWAP_PAGES * PAGE; done += sizeof zeroes)
        if (write(file, zeroes, sizeof zeroes) != sizeof zeroes)
            return fail(reason, "writing the swap file");
    if (pwrite(file, head.bytes, PAGE, 0) != (ssize_t)PAGE || fsync(file) != 0)
        return fail(reason, "writing the swap file");
    close(file);
    if (swapon(swap_file, SWAP_FLAG_PREFER | SWAP_FLAG_PRIO_MASK) != 0)
        return fail(reason, "swapon");
    is_swapping = 1;
    return 0;
}

static int write_text(const char *folder, const char *name, const char *text)
{
    char path[8192];
    sprintf(path, "%s/%s", folder, name);
    int file = open(path, O_WRONLY);
    if (file < 0)
        return -1;
    ssize_t written = write(file, text, strlen(text));
    close(file);
    return written < 0 ? -1 : 0;
}

/* The limit is the frames and what the child needs beside. */
static int make_cgroup(char *reason)
{
    char limit[32];
    sprintf(cgroup, "/sys/fs/cgroup/memory/mmun-swap-%d", getpid());
    if (mkdir(cgroup, 0700) != 0) {
        sprintf(cgroup, "/sys/fs/cgroup/mmun-swap-%d", getpid());
        is_second = 1;
        if (mkdir(cgroup, 0700) != 0) {
            cgroup[0] = 0;
            return fail(reason, "making a memory cgroup");
        }
    }
    sprintf(limit, "%lu", (FRAMES + 256) * PAGE);
    if (write_text(cgroup, is_second ? "memory.max" : "memory.limit_in_bytes", limit) != 0)
        return fail(reason, "limiting the memory of a cgroup");
    return 0;
}

static int set_up(char *reason)
{
    static int is_ready;
    if (is_ready)
        return 0;
    ssize_t length = readlink("/proc/self/exe", swap_file, sizeof swap_file - 16);
    if (length < 0)
        return fail(reason, "readlink");
    strcpy(swap_file + length, ".swap");
    if (make_swap_file(reason) != 0 || make_cgroup(reason) != 0)
        return -1;
    is_ready = 1;
    return 0;
}

static uint64_t state;

static uint64_t next_random(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* A quarter of a page is noise, the rest its number: what our side writes as well. */
static void fill(uint64_t *page, uint64_t number)
{
    uint64_t noise = number * 0x9e3779b97f4a7c15UL | 1;
    for (size_t i = 0; i < WORDS; i++) {
        noise ^= noise << 13;
        noise ^= noise >> 7;
        noise ^= noise << 17;
        page[i] = i < WORDS / 4 ? noise : number;
    }
}

static long major_faults(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_majflt;
}

static uint64_t *map_filled(size_t pages)
{
    uint64_t *p = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED)
        return NULL;
    madvise(p, pages * PAGE, MADV_NOHUGEPAGE);
    for (size_t i = 0; i < pages; i++)
        fill(p + i * WORDS, i);
    return p;
}

static double advise_out(uint64_t *p, size_t pages, size_t batch)
{
    double start = now();
    for (size_t i = 0; i < pages; i += batch)
        if (madvise(p + i * WORDS, batch * PAGE, MADV_PAGEOUT) != 0)
            return -1;
    return (now() - start) / pages;
}

/* Time of one page that was read in, in nanoseconds; of one access where "each" is set. */
static double accesses(volatile uint64_t *p, const char *kind, int *wrong)
{
    int is_sequential = strncmp(kind, "sequential", 10) == 0;
    int is_store = strstr(kind, "store") != NULL;
    size_t count = is_sequential ? PAGES : RANDOM_ACCESSES;
    long before = major_faults();
    double start = now();
    for (size_t i = 0; i < count; i++) {
        size_t page = is_sequential ? i : next_random() % PAGES;
        if (p[page * WORDS + WORDS - 1] != page)
            *wrong = 1;
        if (is_store)
            p[page * WORDS + WORDS / 2] = i;
    }
    double took = now() - start;
    long faults = major_faults() - before;
    return is_sequential ? took / count : faults > 0 ? took / faults : -1;
}

static double measure(const char *kind)
{
    int wrong = 0;
    double result;
    state = 88172645463325252UL;
    if (strncmp(kind, "evict", 5) == 0) {
        uint64_t *p = map_filled(FRAMES / 2);
        if (p == NULL)
            return -1;
        return advise_out(p, FRAMES / 2, strcmp(kind, "evict-single") == 0 ? 1 : BATCH);
    }
    uint64_t *p = map_filled(PAGES);
    if (p == NULL)
        return -1;
    accesses(p, kind, &wrong);
    result = accesses(p, kind, &wrong);
    return wrong ? -1 : result;
}

static int run(const char *kind, double *result, char *reason)
{
    int ends[2], status;
    char pid[32];
    if (pipe(ends) != 0)
        return fail(reason, "pipe");
    child = fork();
    if (child < 0)
        return fail(reason, "fork");
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        sprintf(pid, "%d", getpid());
        double took = write_text(cgroup, "cgroup.procs", pid) == 0 ? measure(kind) : -2;
        if (write(ends[1], &took, sizeof took) != sizeof took)
            _exit(1);
        _exit(0);
    }
    close(ends[1]);
    int is_read = read(ends[0], result, sizeof *result) == sizeof *result;
    close(ends[0]);
    waitpid(child, &status, 0);
    child = 0;
    if (is_read && *result > 0)
        return 0;
    sprintf(reason, !is_read ? "the child was killed" : *result == -2 ? "the child could not enter its cgroup" : "the child got a wrong page, or none was swapped");
    return -1;
}

int main(void)
{
    char line[256];
    char reason[512];
    double result;
    signal(SIGTERM, on_signal);
    signal(SIGINT, on_signal);
    signal(SIGHUP, on_signal);
    signal(SIGPIPE, on_signal);
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = 0;
        if (set_up(reason) != 0 || run(line, &result, reason) != 0)
            printf("skipped: %s\n", reason);
        else
            printf("%.1f\n", result);
        fflush(stdout);
    }
    clean_up();
    return 0;
}
