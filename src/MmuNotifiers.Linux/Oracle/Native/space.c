/* The address space of a case's first process: everything but the window is taken, limits are set. */
#include "oracle.h"
#include <linux/capability.h>
#include <sys/resource.h>

static const uint64_t lowest = 0x10000, highest = 0x7ffffffff000ULL;

static char maps[MAPS_BYTES];

size_t read_maps(char **text)
{
    int fd = open("/proc/self/maps", O_RDONLY);
    size_t length = 0;
    ssize_t got;
    if (fd < 0)
        die("open maps");
    while ((got = read(fd, maps + length, MAPS_BYTES - 1 - length)) > 0)
        length += (size_t)got;
    close(fd);
    maps[length] = 0;
    *text = maps;
    return length;
}

static void seal_between(uint64_t start, uint64_t end)
{
    if (start < end
        && mmap((void *)start, end - start, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE | MAP_NORESERVE, -1, 0)
            == MAP_FAILED)
        die("seal");
}

/* Seals one hole, sparing the window and the room of the heap, which lies below it. */
static void seal_hole(uint64_t start, uint64_t end)
{
    uint64_t spared[2][2] = {
        { setting.heap_start, setting.heap_start + setting.heap_room },
        { setting.window_start, setting.window_end },
    };
    for (int i = 0; i < 2; i++) {
        if (spared[i][1] <= start || spared[i][0] >= end || spared[i][0] == spared[i][1])
            continue;
        seal_between(start, spared[i][0]);
        start = spared[i][1];
    }
    seal_between(start, end);
}

void seal(void)
{
    uint64_t at = lowest;
    char *text;
    volatile char grown[256 << 10];
    for (size_t i = 0; i < sizeof grown; i += PAGE_BYTES)
        grown[i] = 0;
    read_maps(&text);
    for (char *cursor = text; *cursor;) {
        char *rest;
        uint64_t start = strtoull(cursor, &rest, 16), end = strtoull(rest + 1, &rest, 16);
        if (start < highest) {
            seal_hole(at, start);
            at = end;
        }
        cursor = strchr(rest, '\n') + 1;
    }
    seal_hole(at, highest);
}

/* How many areas there are, and their bytes, without the one that the kernel shows for everybody above user space. */
static uint64_t count_areas(uint64_t *bytes)
{
    uint64_t count = 0;
    char *text;
    *bytes = 0;
    read_maps(&text);
    for (char *cursor = text; *cursor; cursor = strchr(cursor, '\n') + 1) {
        char *rest;
        uint64_t start = strtoull(cursor, &rest, 16), end = strtoull(rest + 1, &rest, 16);
        if (start < highest) {
            count++;
            *bytes += end - start;
        }
    }
    return count;
}

static void set_limit(int resource, uint64_t value)
{
    struct rlimit wanted = { value, value };
    if (setrlimit(resource, &wanted))
        die("setrlimit");
}

/* Splits a sealed range into areas of one page until only so many more are possible. */
static void take_areas(uint64_t left)
{
    uint64_t bytes, most;
    char text[32] = { 0 };
    int fd = open("/proc/sys/vm/max_map_count", O_RDONLY);
    if (fd < 0 || read(fd, text, sizeof text - 1) <= 0)
        die("max_map_count");
    close(fd);
    most = strtoull(text, NULL, 10);
    uint64_t at = setting.window_end + (1ULL << 30), count = count_areas(&bytes);
    for (; count + 2 <= most - left; count += 2, at += 2 * PAGE_BYTES)
        if (mprotect((void *)at, PAGE_BYTES, PROT_READ))
            die("take areas");
    if (count < most - left && mprotect((void *)(at - 2 * PAGE_BYTES + PAGE_BYTES), PAGE_BYTES, PROT_READ | PROT_EXEC))
        die("take the last area");
}

/* Without it the limit of locked memory holds for root too, even one that is so large that only a sum which wraps passes it. */
static void drop_ipc_lock(void)
{
    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct data[2];
    if (syscall(SYS_capget, &header, data))
        die("capget");
    data[CAP_IPC_LOCK / 32].effective &= ~(1u << CAP_IPC_LOCK % 32);
    if (syscall(SYS_capset, &header, data))
        die("capset");
}

void limit(void)
{
    uint64_t bytes;
    struct rlimit locked;

    if (setting.areas >= 0)
        take_areas((uint64_t)setting.areas);
    if (setting.locked >= 0)
        set_limit(RLIMIT_MEMLOCK, (uint64_t)setting.locked);
    if (!getrlimit(RLIMIT_MEMLOCK, &locked) && (setting.locked >= 0 || locked.rlim_cur == RLIM_INFINITY))
        drop_ipc_lock();
    if (setting.stack >= 0)
        set_limit(RLIMIT_STACK, (uint64_t)setting.stack);
    if (setting.addresses >= 0) {
        count_areas(&bytes);
        set_limit(RLIMIT_AS, bytes + (uint64_t)setting.addresses);
    }
}
