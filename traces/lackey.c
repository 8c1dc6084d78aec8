/*
 * A plugin of QEMU's user mode that prints what valgrind's lackey prints with --trace-mem=yes --trace-syscalls=yes: a line for each instruction, load
 * and store, and one for each system call that changes the address space or copies bytes. Lackey makes a system call of its own for each line.
 *
 *   cc -O2 -shared -fPIC -o lackey.so lackey.c
 *   qemu-x86_64 -plugin ./lackey.so PROGRAM 9>lines
 *
 * For programs with one thread. The declarations are those of version 1 of the interface (QEMU 4.2 to 8.2), whose header Debian does not package.
 * Guest addresses are host addresses: the path of a file is taken from its descriptor.
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef uint64_t plugin_id;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum { NO_REGISTERS = 0, READS_AND_WRITES = 3 };

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *instruction);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *instruction);
unsigned qemu_plugin_mem_size_shift(uint32_t info);
bool qemu_plugin_mem_is_store(uint32_t info);
void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id, void (*call)(plugin_id, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *instruction, void (*call)(unsigned, void *), int flags, void *data);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *instruction, void (*call)(unsigned, uint32_t, uint64_t, void *), int flags, int accesses, void *data);
void qemu_plugin_register_vcpu_syscall_cb(
    plugin_id id, void (*call)(plugin_id, unsigned, int64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t));
void qemu_plugin_register_vcpu_syscall_ret_cb(plugin_id id, void (*call)(plugin_id, unsigned, int64_t, int64_t));
void qemu_plugin_register_atexit_cb(plugin_id id, void (*call)(plugin_id, void *), void *data);

int qemu_plugin_version = 1;

enum { LINES = 9, LONGEST = 5000, ROOM = 1 << 20 };

static char lines[ROOM + LONGEST];
static size_t used;

static void flush(void) {
    for (size_t at = 0; at < used;) {
        ssize_t count = write(LINES, lines + at, used - at);
        if (count < 0 && errno != EINTR) {
            perror("lackey: descriptor 9");
            _exit(1);
        }
        at += count > 0 ? (size_t)count : 0;
    }
    used = 0;
}

static void end(size_t length) {
    used += length;
    if (used >= ROOM) flush();
}

/* A line, as short as lackey's: the address has eight digits or more. */
static size_t format(char *line, const char *kind, uint64_t address, unsigned size) {
    static const char digits[] = "0123456789abcdef";
    int count = 8;
    while (count < 16 && address >> (4 * count)) count++;
    memcpy(line, kind, 3);
    char *at = line + 3;
    for (int i = count - 1; i >= 0; i--) *at++ = digits[address >> (4 * i) & 15];
    *at++ = ',';
    if (size >= 10) *at++ = (char)('0' + size / 10);
    *at++ = (char)('0' + size % 10);
    *at++ = '\n';
    return (size_t)(at - line);
}

struct fetch {
    size_t length;
    char line[32];
};

static void fetched(unsigned cpu, void *data) {
    const struct fetch *fetch = data;
    memcpy(lines + used, fetch->line, sizeof fetch->line);
    end(fetch->length);
}

static void accessed(unsigned cpu, uint32_t info, uint64_t address, void *data) {
    end(format(lines + used, qemu_plugin_mem_is_store(info) ? " S " : " L ", address, 1u << qemu_plugin_mem_size_shift(info)));
}

static void translated(plugin_id id, struct qemu_plugin_tb *block) {
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); i++) {
        struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(block, i);
        struct fetch *fetch = malloc(sizeof *fetch);
        if (!fetch) abort();
        fetch->length = format(fetch->line, "I  ", qemu_plugin_insn_vaddr(instruction), (unsigned)qemu_plugin_insn_size(instruction));
        qemu_plugin_register_vcpu_insn_exec_cb(instruction, fetched, NO_REGISTERS, fetch);
        qemu_plugin_register_vcpu_mem_cb(instruction, accessed, NO_REGISTERS, READS_AND_WRITES, NULL);
    }
}

static const struct {
    int64_t number;
    const char *name;
} calls[] = {{0, "read"}, {1, "write"}, {9, "mmap"}, {10, "mprotect"}, {11, "munmap"}, {12, "brk"}, {17, "pread64"}, {18, "pwrite64"}, {25, "mremap"},
             {28, "madvise"}, {56, "clone"}, {57, "fork"}, {58, "vfork"}, {59, "execve"}, {257, "openat"}, {435, "clone3"}};

static uint64_t arguments[6];

static void called(plugin_id id, unsigned cpu, int64_t number, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f, uint64_t g, uint64_t h) {
    const uint64_t given[6] = {a, b, c, d, e, f};
    memcpy(arguments, given, sizeof given);
}

static void returned(plugin_id id, unsigned cpu, int64_t number, int64_t result) {
    const char *name = NULL;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (calls[i].number == number) name = calls[i].name;
    if (!name) return;

    char path[4096] = "";
    if (number == 257 && result >= 0) {
        char link[64];
        snprintf(link, sizeof link, "/proc/self/fd/%d", (int)result);
        ssize_t length = readlink(link, path, sizeof path - 1);
        path[length > 0 ? length : 0] = '\0';
    }

    bool failed = result < 0 && result > -4096;
    int length = snprintf(lines + used, LONGEST, "SYSCALL[1,1](%ld) sys_%s ( 0x%lx, 0x%lx", (long)number, name, arguments[0], arguments[1]);
    if (*path) length += snprintf(lines + used + length, LONGEST - length, "(%s)", path);
    length += snprintf(
        lines + used + length, LONGEST - length, ", 0x%lx, 0x%lx, 0x%lx, 0x%lx ) --> %s(0x%lx)\n",
        arguments[2], arguments[3], arguments[4], arguments[5], failed ? "Failure" : "Success", failed ? -result : result);
    end((size_t)length);
}

static void ended(plugin_id id, void *data) { flush(); }

int qemu_plugin_install(plugin_id id, const void *host, int count, char **values) {
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_vcpu_syscall_cb(id, called);
    qemu_plugin_register_vcpu_syscall_ret_cb(id, returned);
    qemu_plugin_register_atexit_cb(id, ended, NULL);
    return 0;
}
