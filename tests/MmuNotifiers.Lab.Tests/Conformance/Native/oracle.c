/*
 * The running Linux kernel as the judge of conformance cases.
 *
 * A hub reads commands from standard input and hands each to the process that it names; a process performs it as a system
 * call or as a load or store, and answers in one line. Processes never allocate: their address space is sealed but for a
 * window, so that addresses which the kernel chooses lie there.
 *
 *   case WINDOW HEAP PAGES OBJECTS...   start over: window address, 1 if the heap may grow, pages, id=size each
 *   P map ADDR LEN PROT FLAGS FD OFF    and so on, numbers in hexadecimal; FD is id * 4 + (0 rw, 1 ro, 2 wo), or -1, or bad
 *
 * Answers: "ret HEX", "errno N", "fault SIGNAL CODE", "value N", "layout N" and N lines.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_PROCESSES = 16, MAX_OBJECTS = 8, LINE = 512, MAPS = 1 << 20, FIRST_OBJECT_FD = 200 };

static const uint64_t page_bytes = 4096, lowest = 0x10000, highest = 0x7ffffffff000ULL;

struct channel { int command[2], answer[2]; };

static struct channel channels[MAX_PROCESSES];
static pid_t pids[MAX_PROCESSES];
static uint64_t window_start, window_end, heap_start;
static char maps[MAPS], line[LINE], reply[MAPS + 64];
static unsigned char resident[1 << 16];
static sigjmp_buf resume;
static volatile sig_atomic_t fault_signal, fault_code;
static char alternate_stack[1 << 16];

static void die(const char *what)
{
    dprintf(2, "oracle: %s: %s\n", what, strerror(errno));
    _exit(3);
}

static void write_all(int fd, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, text, length);
        if (written <= 0)
            _exit(0);
        text += written;
        length -= (size_t)written;
    }
}

/* Reads up to and including a newline; returns 0 at the end of the file. */
static int read_line(int fd, char *to)
{
    size_t length = 0;
    while (length < LINE - 1) {
        if (read(fd, to + length, 1) != 1)
            return 0;
        if (to[length++] == '\n')
            break;
    }
    to[length] = 0;
    return 1;
}

static void on_fault(int number, siginfo_t *info, void *context)
{
    (void)context;
    fault_signal = number;
    fault_code = info->si_code;
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

static size_t read_maps(void)
{
    int fd = open("/proc/self/maps", O_RDONLY);
    size_t length = 0;
    ssize_t got;
    if (fd < 0)
        die("open maps");
    while ((got = read(fd, maps + length, MAPS - 1 - length)) > 0)
        length += (size_t)got;
    close(fd);
    maps[length] = 0;
    return length;
}

static void seal_between(uint64_t start, uint64_t end)
{
    if (start < end
        && mmap((void *)start, end - start, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE | MAP_NORESERVE, -1, 0)
            == MAP_FAILED)
        die("seal");
}

/* Seals one hole, sparing the window and, if it may grow, room for the heap. */
static void seal_hole(uint64_t start, uint64_t end, uint64_t room_end)
{
    uint64_t spared[2][2] = { { window_start, window_end }, { heap_start, room_end } };
    if (spared[0][0] > spared[1][0]) {
        uint64_t swap[2] = { spared[0][0], spared[0][1] };
        memcpy(spared[0], spared[1], sizeof swap);
        memcpy(spared[1], swap, sizeof swap);
    }
    for (int i = 0; i < 2; i++) {
        if (spared[i][1] <= start || spared[i][0] >= end || spared[i][0] == spared[i][1])
            continue;
        seal_between(start, spared[i][0]);
        start = spared[i][1];
    }
    seal_between(start, end);
}

static void seal(int heap_may_grow)
{
    uint64_t at = lowest;
    volatile char grown[256 << 10];
    for (size_t i = 0; i < sizeof grown; i += page_bytes)
        grown[i] = 0;
    heap_start = (uint64_t)syscall(SYS_brk, 0);
    read_maps();
    for (char *cursor = maps; *cursor;) {
        char *rest;
        uint64_t start = strtoull(cursor, &rest, 16), end = strtoull(rest + 1, &rest, 16);
        if (start < highest) {
            seal_hole(at, start, heap_may_grow ? heap_start + (1ULL << 30) : heap_start);
            at = end;
        }
        cursor = strchr(rest, '\n') + 1;
    }
    seal_hole(at, highest, heap_may_grow ? heap_start + (1ULL << 30) : heap_start);
}

static int answer_result(long result)
{
    return result == -1 ? sprintf(reply, "errno %d\n", errno) : sprintf(reply, "ret %lx\n", result);
}

static int answer_layout(void)
{
    int count = 0, length = 0;
    static char body[MAPS - 64];
    read_maps();
    for (char *cursor = maps; *cursor;) {
        char *end_of_line = strchr(cursor, '\n');
        uint64_t start = strtoull(cursor, NULL, 16), end = strtoull(strchr(cursor, '-') + 1, NULL, 16);
        if (end > window_start && start < window_end) {
            length += sprintf(body + length, "%.*s\n", (int)(end_of_line - cursor), cursor);
            count++;
        }
        cursor = end_of_line + 1;
    }
    return sprintf(reply, "layout %d\n%s", count, length ? body : "");
}

static int object_fd(const char *text)
{
    if (!strcmp(text, "-1"))
        return -1;
    if (!strcmp(text, "bad"))
        return 999;
    return FIRST_OBJECT_FD + atoi(text);
}

static int fault_answer(void)
{
    return sprintf(reply, "fault %d %d\n", (int)fault_signal, (int)fault_code);
}

static int touch(char *op, uint64_t address, uint64_t length, uint64_t value)
{
    if (sigsetjmp(resume, 1))
        return fault_answer();
    if (!strcmp(op, "read1"))
        return sprintf(reply, "value %d\n", *(volatile unsigned char *)address);
    for (uint64_t i = 0; i < length; i++)
        ((volatile unsigned char *)address)[i] = (unsigned char)value;
    return answer_result(0);
}

static int device(char *op, uint64_t address, unsigned char value)
{
    struct iovec mine = { &value, 1 }, theirs = { (void *)address, 1 };
    if (!strcmp(op, "dev_write1"))
        return answer_result(process_vm_writev(getpid(), &mine, 1, &theirs, 1, 0));
    return process_vm_readv(getpid(), &mine, 1, &theirs, 1, 0) == 1 ? sprintf(reply, "value %d\n", value) : answer_result(-1);
}

static int read_byte_of(int fd, uint64_t offset)
{
    unsigned char value;
    long result = pread(fd, &value, 1, (off_t)offset);
    return result == 1 ? sprintf(reply, "value %d\n", value) : answer_result(result);
}

static void serve(int index);

static int fork_process(int child)
{
    pid_t pid = fork();
    if (pid == 0)
        serve(child);
    return pid < 0 ? answer_result(-1) : answer_result(child);
}

static int perform(int argc, char **argv)
{
    uint64_t n[8] = { 0 };
    char *op = argv[0];
    for (int i = 1; i < argc && i < 8; i++)
        n[i] = strtoull(argv[i], NULL, 16);
    if (!strcmp(op, "map"))
        return answer_result(syscall(SYS_mmap, n[1], n[2], n[3], n[4], (long)object_fd(argv[5]), n[6]));
    if (!strcmp(op, "unmap"))
        return answer_result(syscall(SYS_munmap, n[1], n[2]));
    if (!strcmp(op, "protect"))
        return answer_result(syscall(SYS_mprotect, n[1], n[2], n[3]));
    if (!strcmp(op, "remap"))
        return answer_result(syscall(SYS_mremap, n[1], n[2], n[3], n[4], n[5]));
    if (!strcmp(op, "advise"))
        return answer_result(syscall(SYS_madvise, n[1], n[2], (long)(int)n[3]));
    if (!strcmp(op, "mlock"))
        return answer_result(syscall(SYS_mlock, n[1], n[2]));
    if (!strcmp(op, "munlock"))
        return answer_result(syscall(SYS_munlock, n[1], n[2]));
    if (!strcmp(op, "msync"))
        return answer_result(syscall(SYS_msync, n[1], n[2], n[3]));
    if (!strcmp(op, "mincore"))
        return answer_result(syscall(SYS_mincore, n[1], n[2], resident));
    if (!strcmp(op, "brk_start"))
        return answer_result((long)(syscall(SYS_brk, heap_start + n[1]) - heap_start));
    if (!strcmp(op, "brk_end"))
        return answer_result((long)(syscall(SYS_brk, syscall(SYS_brk, 0) + n[1]) - heap_start));
    if (!strcmp(op, "fork"))
        return fork_process((int)n[1]);
    if (!strcmp(op, "layout"))
        return answer_layout();
    if (!strcmp(op, "read1") || !strcmp(op, "fill"))
        return touch(op, n[1], n[2], n[3]);
    if (!strcmp(op, "dev_read1") || !strcmp(op, "dev_write1"))
        return device(op, n[1], (unsigned char)n[2]);
    if (!strcmp(op, "obj_read_into"))
        return answer_result(syscall(SYS_pread64, (long)object_fd(argv[1]), n[2], n[3], n[4]));
    if (!strcmp(op, "obj_write_from"))
        return answer_result(syscall(SYS_pwrite64, (long)object_fd(argv[1]), n[2], n[3], n[4]));
    if (!strcmp(op, "obj_read1"))
        return read_byte_of(object_fd(argv[1]), n[2]);
    if (!strcmp(op, "obj_write1")) {
        unsigned char value = (unsigned char)n[3];
        return answer_result(syscall(SYS_pwrite64, (long)object_fd(argv[1]), &value, 1L, n[2]));
    }
    if (!strcmp(op, "obj_truncate"))
        return answer_result(syscall(SYS_ftruncate, (long)object_fd(argv[1]), n[2]));
    if (!strcmp(op, "obj_punch_hole"))
        return answer_result(syscall(SYS_fallocate, (long)object_fd(argv[1]),
            (long)(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE), n[2], n[3]));
    return sprintf(reply, "unknown %s\n", op);
}

static void serve(int index)
{
    int in = channels[index].command[0], out = channels[index].answer[1];
    catch_faults();
    while (read_line(in, line)) {
        char *argv[8] = { 0 };
        int argc = 0;
        for (char *word = strtok(line, " \n"); word && argc < 8; word = strtok(NULL, " \n"))
            argv[argc++] = word;
        if (!strcmp(argv[0], "exit")) {
            write_all(out, "ret 0\n", 6);
            _exit(0);
        }
        write_all(out, reply, (size_t)perform(argc, argv));
    }
    _exit(0);
}

static void close_channels(void)
{
    for (int i = 0; i < MAX_PROCESSES; i++)
        if (channels[i].command[0]) {
            close(channels[i].command[0]);
            close(channels[i].command[1]);
            close(channels[i].answer[0]);
            close(channels[i].answer[1]);
        }
}

static void open_channels(void)
{
    for (int i = 0; i < MAX_PROCESSES; i++)
        if (pipe(channels[i].command) || pipe(channels[i].answer))
            die("pipe");
}

static void open_object(char *text)
{
    char name[32], path[64];
    int id = atoi(text);
    uint64_t size = strtoull(strchr(text, '=') + 1, NULL, 16);
    sprintf(name, "o%d", id);
    int fd = memfd_create(name, 0), base = FIRST_OBJECT_FD + id * 4;
    if (fd < 0 || ftruncate(fd, (off_t)size) || dup2(fd, base) < 0)
        die("object");
    sprintf(path, "/proc/self/fd/%d", fd);
    for (int mode = 1; mode <= 2; mode++) {
        int opened = open(path, mode == 1 ? O_RDONLY : O_WRONLY);
        if (opened < 0 || dup2(opened, base + mode) < 0)
            die("open object");
        close(opened);
    }
    close(fd);
}

/* The processes of the last case read the end of their commands, and end. */
static void start_case(char **argv, int argc)
{
    static char answer[64];
    close_channels();
    for (int i = 0; i < MAX_OBJECTS * 4; i++)
        close(FIRST_OBJECT_FD + i);
    open_channels();
    window_start = strtoull(argv[1], NULL, 16);
    window_end = window_start + strtoull(argv[3], NULL, 16) * page_bytes;
    for (int i = 4; i < argc; i++)
        open_object(argv[i]);
    if ((pids[0] = fork()) == 0) {
        for (int i = 0; i < MAX_PROCESSES; i++) {
            close(channels[i].command[1]);
            close(channels[i].answer[0]);
        }
        seal(atoi(argv[2]));
        write_all(channels[0].answer[1], "ret 0\n", 6);
        serve(0);
    }
    read_line(channels[0].answer[0], answer);
    write_all(1, answer, strlen(answer));
}

static void relay(char *command)
{
    char *rest;
    int index = (int)strtol(command, &rest, 10);
    write_all(channels[index].command[1], rest + 1, strlen(rest + 1));
    if (!read_line(channels[index].answer[0], line))
        die("a process ended");
    write_all(1, line, strlen(line));
    if (!strncmp(line, "layout ", 7))
        for (int left = atoi(line + 7); left > 0; left--) {
            read_line(channels[index].answer[0], line);
            write_all(1, line, strlen(line));
        }
}

int main(int argc, char **argv)
{
    static char command[LINE];
    (void)argc;
    if (!(personality(0xffffffff) & ADDR_NO_RANDOMIZE)) {
        personality(ADDR_NO_RANDOMIZE);
        execv("/proc/self/exe", argv);
    }
    prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    signal(SIGCHLD, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    while (read_line(0, command)) {
        char *words[4 + MAX_OBJECTS], copy[LINE];
        int count = 0;
        if (strncmp(command, "case ", 5)) {
            relay(command);
            continue;
        }
        strcpy(copy, command);
        for (char *word = strtok(copy, " \n"); word && count < 4 + MAX_OBJECTS; word = strtok(NULL, " \n"))
            words[count++] = word;
        start_case(words, count);
    }
    return 0;
}
