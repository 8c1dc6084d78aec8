/* A process of a case. Whoever has the turn performs operations until one is another process', and hands the turn on. */
#include "oracle.h"
#include <limits.h>
#include <linux/futex.h>
#include <setjmp.h>
#include <sys/uio.h>
#include <time.h>

enum { MAX_WORDS = 8, LINE = 512, RESIDENT_PAGES = 1 << 16 };

static unsigned char resident[RESIDENT_PAGES];
static sigjmp_buf resume;
static volatile sig_atomic_t fault_signal, fault_code;
static volatile uint64_t fault_address;
static char alternate_stack[1 << 16];

static void on_fault(int number, siginfo_t *info, void *context)
{
    (void)context;
    fault_signal = number;
    fault_code = info->si_code;
    fault_address = (uint64_t)info->si_addr;
    siglongjmp(resume, 1);
}

static void catch_faults(void)
{
    stack_t stack = { .ss_sp = alternate_stack, .ss_size = sizeof alternate_stack };
    struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER };
    sigaltstack(&stack, NULL);
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
}

static void answer_result(long result)
{
    if (result == -1)
        answer("errno %d\n", errno);
    else
        answer("ret %lx\n", result);
}

static void answer_fault(void)
{
    answer("fault %d %d %lx\n", (int)fault_signal, (int)fault_code, fault_address);
}

static void layout(uint64_t start, uint64_t end)
{
    int count = 0;
    char *text;
    read_maps(&text);
    for (int pass = 0; pass < 2; pass++) {
        if (pass)
            answer("lines %d\n", count);
        for (char *cursor = text; *cursor;) {
            char *rest, *end_of_line = strchr(cursor, '\n') + 1;
            uint64_t from = strtoull(cursor, &rest, 16), to = strtoull(rest + 1, NULL, 16);
            if (to > start && from < end) {
                if (pass)
                    answer_bytes(cursor, (size_t)(end_of_line - cursor));
                else
                    count++;
            }
            cursor = end_of_line;
        }
    }
}

static int object_fd(const char *text)
{
    if (!strcmp(text, "-1"))
        return -1;
    if (!strcmp(text, "bad"))
        return 999;
    return FIRST_OBJECT_FD + atoi(text);
}

static uint64_t sum_of(const void *bytes, uint64_t words, uint64_t sum)
{
    const volatile uint64_t *word = bytes;
    for (uint64_t i = 0; i < words; i++)
        sum = (sum ^ word[i]) * 0x9e3779b97f4a7c15ULL + (sum >> 29);
    return sum;
}

static void touch(const char *op, uint64_t address, uint64_t length, uint64_t value)
{
    if (sigsetjmp(resume, 0)) {
        answer_fault();
    } else if (!strcmp(op, "read1")) {
        unsigned char found = *(volatile unsigned char *)address;
        answer("value %d\n", found);
    } else if (!strcmp(op, "sum")) {
        uint64_t sum = sum_of((void *)address, length / 8, 0);
        answer("ret %lx\n", sum);
    } else {
        for (uint64_t i = 0; i < length; i++)
            ((volatile unsigned char *)address)[i] = (unsigned char)value;
        answer("ret 0\n");
    }
}

static void device(const char *op, uint64_t address, unsigned char value)
{
    unsigned char byte = value;
    struct iovec mine = { &byte, 1 }, theirs = { (void *)address, 1 };
    int writes = !strcmp(op, "dev_write1"), result;
    int is_guest = setting.has_guest && address >= setting.window_start && address < setting.window_end;
    if (is_guest)
        answer("both ");
    if (writes)
        result = (int)process_vm_writev(getpid(), &mine, 1, &theirs, 1, 0);
    else
        result = (int)process_vm_readv(getpid(), &mine, 1, &theirs, 1, 0);
    if (result != 1)
        answer("errno %d", errno);
    else if (writes)
        answer("ret 1");
    else
        answer("value %d", byte);
    if (is_guest) {
        result = writes ? guest_write(address, value) : guest_read(address, &byte);
        if (result < 0)
            answer(" | errno %d", errno);
        else if (writes)
            answer(" | ret 1");
        else
            answer(" | value %d", byte);
    }
    answer("\n");
}

static void read_byte_of(int fd, uint64_t offset)
{
    unsigned char value;
    long result = pread(fd, &value, 1, (off_t)offset);
    if (result == 1)
        answer("value %d\n", value);
    else
        answer_result(result);
}

/* The size and the sum of all bytes of an object. */
static void sum_object(int fd)
{
    static uint64_t page[PAGE_BYTES / 8];
    uint64_t size = 0, sum = 0;
    for (;;) {
        memset(page, 0, sizeof page);
        long got = pread(fd, page, PAGE_BYTES, (off_t)size);
        if (got <= 0)
            break;
        size += (uint64_t)got;
        sum = sum_of(page, PAGE_BYTES / 8, sum);
    }
    answer("ret %lx\n", sum + size);
}

static void check_resident(uint64_t address, uint64_t length)
{
    uint64_t count = (length + PAGE_BYTES - 1) / PAGE_BYTES;
    long result = syscall(SYS_mincore, address, length, resident);
    if (result || count > 64) {
        answer_result(result);
        return;
    }
    answer("resident ");
    for (uint64_t i = 0; i < count; i++)
        answer("%d", resident[i] & 1);
    answer("\n");
}

static void fork_process(int child)
{
    shared->alive[child] = 1;
    shared->go[child] = 0;
    pid_t pid = fork();
    if (pid == 0) {
        guest_forget();
        serve(child);
    }
    if (pid < 0)
        shared->alive[child] = 0;
    answer_result(pid < 0 ? -1 : child);
}

static int perform_on_object(char **argv, const uint64_t *n)
{
    const char *op = argv[0];
    int fd = argv[1] ? object_fd(argv[1]) : -1;
    if (!strcmp(op, "obj_read_into"))
        answer_result(syscall(SYS_pread64, (long)fd, n[2], n[3], n[4]));
    else if (!strcmp(op, "obj_write_from"))
        answer_result(syscall(SYS_pwrite64, (long)fd, n[2], n[3], n[4]));
    else if (!strcmp(op, "obj_read1"))
        read_byte_of(fd, n[2]);
    else if (!strcmp(op, "obj_write1")) {
        unsigned char value = (unsigned char)n[3];
        answer_result(syscall(SYS_pwrite64, (long)fd, &value, 1L, n[2]));
    } else if (!strcmp(op, "obj_truncate"))
        answer_result(syscall(SYS_ftruncate, (long)fd, n[2]));
    else if (!strcmp(op, "obj_punch_hole"))
        answer_result(syscall(SYS_fallocate, (long)fd, (long)(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE), n[2], n[3]));
    else if (!strcmp(op, "obj_sum"))
        sum_object(fd);
    else
        return 0;
    return 1;
}

static int perform_on_areas(char **argv, const uint64_t *n)
{
    const char *op = argv[0];
    if (!strcmp(op, "map"))
        answer_result(syscall(SYS_mmap, n[1], n[2], n[3], n[4], (long)object_fd(argv[5]), n[6]));
    else if (!strcmp(op, "unmap"))
        answer_result(syscall(SYS_munmap, n[1], n[2]));
    else if (!strcmp(op, "protect"))
        answer_result(syscall(SYS_mprotect, n[1], n[2], n[3]));
    else if (!strcmp(op, "remap"))
        answer_result(syscall(SYS_mremap, n[1], n[2], n[3], n[4], n[5]));
    else if (!strcmp(op, "remap_pages"))
        answer_result(syscall(SYS_remap_file_pages, n[1], n[2], n[3], n[4], n[5]));
    else if (!strcmp(op, "advise"))
        answer_result(syscall(SYS_madvise, n[1], n[2], (long)(int)n[3]));
    else if (!strcmp(op, "mlock"))
        answer_result(syscall(SYS_mlock, n[1], n[2]));
    else if (!strcmp(op, "munlock"))
        answer_result(syscall(SYS_munlock, n[1], n[2]));
    else if (!strcmp(op, "msync"))
        answer_result(syscall(SYS_msync, n[1], n[2], n[3]));
    else if (!strcmp(op, "mincore"))
        check_resident(n[1], n[2]);
    else if (!strcmp(op, "brk_start"))
        answer_result((long)(syscall(SYS_brk, setting.heap_start + n[1]) - setting.heap_start));
    else if (!strcmp(op, "brk_end"))
        answer_result((long)(syscall(SYS_brk, syscall(SYS_brk, 0) + n[1]) - setting.heap_start));
    else
        return 0;
    return 1;
}

static void perform(char **argv, const uint64_t *n)
{
    const char *op = argv[0];
    if (!strcmp(op, "read1") || !strcmp(op, "fill") || !strcmp(op, "sum"))
        touch(op, n[1], n[2], n[3]);
    else if (!strcmp(op, "dev_read1") || !strcmp(op, "dev_write1"))
        device(op, n[1], (unsigned char)n[2]);
    else if (!strcmp(op, "fork"))
        fork_process((int)n[1]);
    else if (!strcmp(op, "layout"))
        layout(n[1], n[2]);
    else if (!strcmp(op, "watch"))
        watch(argv[1]);
    else if (!strcmp(op, "traffic"))
        traffic(argv[1]);
    else if (!strcmp(op, "pages"))
        pages(n[1], n[2]);
    else if (!perform_on_areas(argv, n) && !perform_on_object(argv, n))
        answer("unknown %s\n", op);
}

static void wake(volatile uint32_t *word)
{
    *word = 1;
    syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

/*
 * Waits for the turn; a process whose case is over or whose hub has gone goes. The hub may begin the next case before the
 * processes of the last one have noticed; a turn that is given then is not theirs, and they leave it alone.
 */
static void await_turn(int index)
{
    struct timespec patience = { .tv_sec = 1 };
    while (!shared->go[index] && shared->generation == setting.generation)
        if (syscall(SYS_futex, &shared->go[index], FUTEX_WAIT, 0, &patience, NULL, 0) && errno == ETIMEDOUT && kill(hub, 0))
            _exit(0);
    if (shared->generation != setting.generation)
        _exit(0);
    shared->go[index] = 0;
}

static void hand_on(void)
{
    while (shared->next < shared->count) {
        int index = atoi(shared->script + shared->offsets[shared->next]);
        if (index >= 0 && index < MAX_PROCESSES && shared->alive[index]) {
            wake(&shared->go[index]);
            return;
        }
        answer("gone\n");
        shared->next++;
    }
    shared->generation++;
    for (int i = 0; i < MAX_PROCESSES; i++)
        if (shared->alive[i])
            syscall(SYS_futex, &shared->go[i], FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
    wake(&shared->done);
}

static void finish(int index)
{
    answer("ret 0\n");
    shared->alive[index] = 0;
    shared->next++;
    hand_on();
    _exit(0);
}

void serve(int index)
{
    static char line[LINE];
    catch_faults();
    for (;;) {
        await_turn(index);
        while (shared->next < shared->count && atoi(shared->script + shared->offsets[shared->next]) == index) {
            char *argv[MAX_WORDS] = { 0 };
            uint64_t numbers[MAX_WORDS] = { 0 };
            int argc = 0;
            strncpy(line, strchr(shared->script + shared->offsets[shared->next], ' ') + 1, LINE - 1);
            for (char *word = strtok(line, " "); word && argc < MAX_WORDS; word = strtok(NULL, " ")) {
                numbers[argc] = word[0] == '@' ? setting.heap_start + strtoull(word + 1, NULL, 16) : strtoull(word, NULL, 16);
                argv[argc++] = word;
            }
            if (!strcmp(argv[0], "exit"))
                finish(index);
            perform(argv, numbers);
            shared->next++;
        }
        hand_on();
    }
}
