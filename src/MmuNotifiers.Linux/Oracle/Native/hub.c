/* Reads cases, starts their first process, waits until all operations are answered. */
#include "oracle.h"
#include <linux/futex.h>
#include <sched.h>
#include <stdarg.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <time.h>

enum { STUCK_SECONDS = 30, COMMAND_BYTES = 1 << 16 };

struct shared *shared;
struct setting setting;
pid_t hub;

static char input[COMMAND_BYTES];
static size_t input_length, input_at;

void die(const char *what)
{
    dprintf(2, "oracle: %s: %s\n", what, strerror(errno));
    _exit(3);
}

void answer_bytes(const char *text, size_t length)
{
    if (shared->answered + length > ANSWER_BYTES)
        die("answers are too long");
    memcpy(shared->answers + shared->answered, text, length);
    shared->answered += length;
}

void answer(const char *format, ...)
{
    va_list arguments;
    size_t room = ANSWER_BYTES - shared->answered;
    va_start(arguments, format);
    int length = vsnprintf(shared->answers + shared->answered, room, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= room)
        die("answers are too long");
    shared->answered += (size_t)length;
}

static void write_all(const char *text, size_t length)
{
    while (length > 0) {
        ssize_t written = write(1, text, length);
        if (written <= 0)
            _exit(0);
        text += written;
        length -= (size_t)written;
    }
}

/* Reads a line without its newline; returns its length, or -1 at the end of the input. */
static int read_line(char *to, size_t room)
{
    size_t length = 0;
    for (;;) {
        if (input_at == input_length) {
            ssize_t got = read(0, input, sizeof input);
            if (got <= 0)
                return -1;
            input_length = (size_t)got;
            input_at = 0;
        }
        char next = input[input_at++];
        if (next == '\n')
            break;
        if (length + 1 < room)
            to[length++] = next;
    }
    to[length] = 0;
    return (int)length;
}

static int64_t limit_of(const char *text)
{
    return text[0] == '-' ? -1 : (int64_t)strtoull(text, NULL, 16);
}

static void open_object(char *text)
{
    char name[32], path[64];
    int id = atoi(text), base = FIRST_OBJECT_FD + id * 4;
    uint64_t size = strtoull(strchr(text, '=') + 1, NULL, 16);
    snprintf(name, sizeof name, "o%d", id);
    int fd = memfd_create(name, 0);
    if (id < 0 || id >= MAX_OBJECTS || fd < 0 || ftruncate(fd, (off_t)size) || dup2(fd, base) < 0)
        die("object");
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    for (int mode = 1; mode <= 2; mode++) {
        int opened = open(path, mode == 1 ? O_RDONLY : O_WRONLY);
        if (opened < 0 || dup2(opened, base + mode) < 0)
            die("open object");
        close(opened);
    }
    close(fd);
}

static void prepare(char *command)
{
    char *words[9 + MAX_OBJECTS];
    int count = 0;
    for (char *word = strtok(command, " "); word && count < 9 + MAX_OBJECTS; word = strtok(NULL, " "))
        words[count++] = word;
    if (count < 9)
        die("case");
    setting.window_start = strtoull(words[1], NULL, 16);
    setting.heap_may_grow = atoi(words[2]);
    setting.heap_start = (uint64_t)syscall(SYS_brk, 0);
    setting.heap_room = setting.heap_may_grow ? 1ULL << 30 : 0;
    setting.window_start += setting.heap_may_grow ? setting.heap_start : 0;
    setting.window_end = setting.window_start + strtoull(words[3], NULL, 16) * PAGE_BYTES;
    setting.has_guest = atoi(words[4]);
    setting.areas = limit_of(words[5]);
    setting.addresses = limit_of(words[6]);
    setting.locked = limit_of(words[7]);
    setting.stack = limit_of(words[8]);
    for (int i = 9; i < count; i++)
        open_object(words[i]);
}

/* Starts the first process and gives it the turn; waits until the last operation is answered. */
static void perform(void)
{
    struct timespec stuck = { .tv_sec = STUCK_SECONDS };
    shared->next = 0;
    shared->answered = 0;
    answer("case %lx %lx\n", setting.window_start, setting.heap_start);
    setting.generation = shared->generation;
    shared->done = 0;
    memset((void *)shared->go, 0, sizeof shared->go);
    memset((void *)shared->alive, 0, sizeof shared->alive);
    shared->alive[0] = 1;
    shared->go[0] = 1;
    pid_t first = fork();
    if (first < 0)
        die("fork");
    if (first == 0) {
        seal();
        limit();
        serve(0);
    }
    while (!shared->done)
        if (syscall(SYS_futex, &shared->done, FUTEX_WAIT, 0, &stuck, NULL, 0) && errno == ETIMEDOUT)
            die("a process ended or hangs");
    answer("end\n");
    write_all(shared->answers, shared->answered);
    for (int i = 0; i < MAX_OBJECTS * 4; i++)
        close(FIRST_OBJECT_FD + i);
}

/* Whoever runs on one CPU hands the turn on without an interrupt to another. */
static void stay_on_one_cpu(void)
{
    cpu_set_t one;
    int here = sched_getcpu();
    CPU_ZERO(&one);
    CPU_SET(here < 0 ? 0 : here, &one);
    sched_setaffinity(0, sizeof one, &one);
}

int main(int argc, char **argv)
{
    static char command[COMMAND_BYTES];
    size_t used = 0;
    (void)argc;
    if (!(personality(0xffffffff) & ADDR_NO_RANDOMIZE)) {
        personality(ADDR_NO_RANDOMIZE);
        execv("/proc/self/exe", argv);
    }
    hub = getpid();
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        die("mmap");
    prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    signal(SIGCHLD, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    stay_on_one_cpu();
    for (int length; (length = read_line(command, sizeof command)) >= 0;) {
        if (!strncmp(command, "case ", 5)) {
            shared->count = 0;
            used = 0;
            prepare(command);
        } else if (!strcmp(command, "run")) {
            perform();
        } else if (shared->count == MAX_OPERATIONS || used + (size_t)length + 1 > SCRIPT_BYTES) {
            die("the case is too long");
        } else {
            shared->offsets[shared->count++] = (uint32_t)used;
            memcpy(shared->script + used, command, (size_t)length + 1);
            used += (size_t)length + 1;
        }
    }
    return 0;
}
