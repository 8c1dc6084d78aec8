/*
 * The running Linux kernel as the judge of cases: what the files share.
 *
 *   hub.c        reads cases from standard input, writes answers to standard output
 *   process.c    a process of a case: performs operations, hands the turn on
 *   space.c      seals the address space of the first process, reads /proc/self/maps, sets limits
 *   guest.c      a virtual machine over the window: the kernel's own secondary MMU
 *   traffic.c    what the kernel tells secondary MMUs, and which pages it has
 *
 * Standard input, one line each; numbers are hexadecimal unless said otherwise:
 *
 *   case WINDOW HEAP PAGES GUEST AREAS ADDRESSES LOCKED STACK OBJECTS...
 *       WINDOW     where the window starts; with HEAP, its distance from the start of the heap
 *       HEAP       1 if the heap may grow
 *       GUEST      1 if devices also go through a guest
 *       AREAS...   limits, or -: how many areas, bytes of addresses, locked bytes more than there are; bytes of a stack
 *       OBJECTS    ID=SIZE each, ID in decimal
 *   P OP ARGUMENTS...   an operation of process P (decimal); a number behind @ is counted from the start of the heap
 *   run                 performs the case
 *
 * Standard output: "case WINDOW_START HEAP_START", one answer for each operation in order, "end". Answers: "ret HEX",
 * "errno DECIMAL", "fault SIGNAL CODE ADDRESS", "value DECIMAL", "resident" and a digit for each page, "lines N" with N lines
 * behind it, "gone" where there is no such process, and for devices with a guest "both A | B", A by get_user_pages and B by
 * the guest.
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
#include <sys/syscall.h>
#include <unistd.h>

enum {
    MAX_PROCESSES = 32,
    MAX_OBJECTS = 8,
    MAX_OPERATIONS = 1 << 16,
    SCRIPT_BYTES = 4 << 20,
    ANSWER_BYTES = 32 << 20,
    MAPS_BYTES = 8 << 20,
    FIRST_OBJECT_FD = 200,
    PAGE_BYTES = 4096,
};

/* What the hub and the processes of a case share; whoever has the turn owns all of it. */
struct shared {
    volatile uint32_t go[MAX_PROCESSES];
    volatile uint32_t done;
    volatile uint32_t generation;
    volatile uint32_t alive[MAX_PROCESSES];
    uint32_t count, next;
    uint32_t offsets[MAX_OPERATIONS];
    size_t answered;
    char script[SCRIPT_BYTES];
    char answers[ANSWER_BYTES];
};

/* How a case starts. */
struct setting {
    uint64_t window_start, window_end, heap_start, heap_room;
    int64_t areas, addresses, locked, stack;
    int heap_may_grow, has_guest;
    uint32_t generation;
};

extern struct shared *shared;
extern struct setting setting;
extern pid_t hub;

/* process.c */
void serve(int index) __attribute__((noreturn));

/* space.c */
void seal(void);
void limit(void);
size_t read_maps(char **text);

/* guest.c: accesses give -1 with errno set where the guest cannot; its window has at most 1 GiB. */
int guest_read(uint64_t address, unsigned char *value);
int guest_write(uint64_t address, unsigned char value);
void guest_start(void);
void guest_forget(void);

/* traffic.c: append to the answers. */
void watch(const char *instance);
void traffic(const char *instance);
void pages(uint64_t start, uint64_t count);

void answer(const char *format, ...) __attribute__((format(printf, 1, 2)));
void answer_bytes(const char *text, size_t length);
void die(const char *what) __attribute__((noreturn));
