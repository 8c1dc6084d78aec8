/* What the kernel tells secondary MMUs of this process (kvm:kvm_unmap_hva_range), by a trace instance of its own. */
#include "oracle.h"

enum { TRACE_BYTES = 1 << 20 };

static char text[TRACE_BYTES];

static int open_in(const char *instance, const char *name, int flags)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", instance, name);
    return open(path, flags);
}

static int write_to(const char *instance, const char *name, const char *value)
{
    int fd = open_in(instance, name, O_WRONLY | O_TRUNC);
    long written = fd < 0 ? -1 : write(fd, value, strlen(value));
    if (fd >= 0)
        close(fd);
    return written < 0 ? -1 : 0;
}

/* Begins to listen: only events of this process, and nothing of what was before. */
void watch(const char *instance)
{
    char pid[32];
    snprintf(pid, sizeof pid, "%d", getpid());
    guest_start();
    int failed = write_to(instance, "set_event_pid", pid) || write_to(instance, "events/kvm/kvm_unmap_hva_range/enable", "1");
    int fd = open_in(instance, "trace", O_WRONLY | O_TRUNC);
    if (fd >= 0)
        close(fd);
    if (failed || fd < 0)
        answer("errno %d\n", errno);
    else
        answer("ret 0\n");
}

void traffic(const char *instance)
{
    int fd = open_in(instance, "trace", O_RDONLY), count = 0;
    size_t length = 0;
    ssize_t got;
    while (fd >= 0 && (got = read(fd, text + length, TRACE_BYTES - 1 - length)) > 0)
        length += (size_t)got;
    text[length] = 0;
    if (fd >= 0)
        close(fd);
    write_to(instance, "events/kvm/kvm_unmap_hva_range/enable", "0");
    for (int pass = 0; pass < 2; pass++) {
        if (pass)
            answer("lines %d\n", count);
        for (char *cursor = text; *cursor;) {
            char *end_of_line = strchr(cursor, '\n');
            if (!end_of_line)
                break;
            *end_of_line = 0;
            char *event = strstr(cursor, "mmu notifier unmap range: ");
            *end_of_line = '\n';
            if (event) {
                uint64_t start, end;
                if (sscanf(event, "mmu notifier unmap range: %lx -- %lx", &start, &end) == 2) {
                    if (pass)
                        answer("%lx %lx\n", start, end);
                    else
                        count++;
                }
            }
            cursor = end_of_line + 1;
        }
    }
}

/* The entries of /proc/self/pagemap. */
void pages(uint64_t start, uint64_t count)
{
    int fd = open("/proc/self/pagemap", O_RDONLY);
    if (fd < 0) {
        answer("errno %d\n", errno);
        return;
    }
    answer("lines %lu\n", count);
    for (uint64_t i = 0; i < count; i++) {
        uint64_t entry = 0;
        if (pread(fd, &entry, sizeof entry, (off_t)((start / PAGE_BYTES + i) * sizeof entry)) != sizeof entry)
            entry = 0;
        answer("%lx\n", entry);
    }
    close(fd);
}
