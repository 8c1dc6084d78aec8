/* A small program with enough in it for the compiler to do: three sorts, a hash table, formatted output. */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SORT(NAME, TYPE)                                                                  \
    static void quick_##NAME(TYPE *items, long low, long high) {                          \
        while (low < high) {                                                              \
            TYPE pivot = items[(low + high) / 2];                                         \
            long left = low, right = high;                                                \
            while (left <= right) {                                                       \
                while (items[left] < pivot) left++;                                       \
                while (pivot < items[right]) right--;                                     \
                if (left <= right) {                                                      \
                    TYPE held = items[left];                                              \
                    items[left++] = items[right];                                         \
                    items[right--] = held;                                                \
                }                                                                         \
            }                                                                             \
            quick_##NAME(items, low, right);                                              \
            low = left;                                                                   \
        }                                                                                 \
    }                                                                                     \
    static void heap_##NAME(TYPE *items, long count) {                                    \
        for (long end = count, start = count / 2; end > 1;) {                             \
            if (start > 0) {                                                              \
                start--;                                                                  \
            } else {                                                                      \
                TYPE held = items[--end];                                                 \
                items[end] = items[0];                                                    \
                items[0] = held;                                                          \
            }                                                                             \
            for (long root = start, child; (child = 2 * root + 1) < end; root = child) {  \
                if (child + 1 < end && items[child] < items[child + 1]) child++;          \
                if (!(items[root] < items[child])) break;                                 \
                TYPE held = items[root];                                                  \
                items[root] = items[child];                                               \
                items[child] = held;                                                      \
            }                                                                             \
        }                                                                                 \
    }                                                                                     \
    static void insertion_##NAME(TYPE *items, long count) {                               \
        for (long i = 1; i < count; i++) {                                                \
            TYPE held = items[i];                                                         \
            long at = i;                                                                  \
            for (; at > 0 && held < items[at - 1]; at--) items[at] = items[at - 1];       \
            items[at] = held;                                                             \
        }                                                                                 \
    }                                                                                     \
    static bool sorted_##NAME(const TYPE *items, long count) {                            \
        for (long i = 1; i < count; i++)                                                  \
            if (items[i] < items[i - 1]) return false;                                    \
        return true;                                                                      \
    }

SORT(int, int)
SORT(long, long)
SORT(float, float)
SORT(double, double)
SORT(byte, unsigned char)
SORT(word, uint16_t)

struct entry {
    struct entry *next;
    char *name;
    long count;
};

static struct entry *table[4096];

static struct entry *find(const char *name) {
    uint32_t hash = 2166136261u;
    for (const char *c = name; *c; c++) hash = (hash ^ (unsigned char)tolower(*c)) * 16777619u;
    struct entry **at = &table[hash % 4096];
    for (; *at; at = &(*at)->next)
        if (strcmp((*at)->name, name) == 0) return *at;
    *at = calloc(1, sizeof **at);
    (*at)->name = strdup(name);
    return *at;
}

#define CHECK(NAME, TYPE)                                                                 \
    do {                                                                                  \
        TYPE *items = malloc(count * sizeof *items);                                      \
        for (int way = 0; way < 3; way++) {                                               \
            for (long i = 0; i < count; i++) items[i] = (TYPE)(rand() % 1000);            \
            if (way == 0) quick_##NAME(items, 0, count - 1);                              \
            if (way == 1) heap_##NAME(items, count);                                      \
            if (way == 2) insertion_##NAME(items, count);                                 \
            find(#NAME)->count += sorted_##NAME(items, count);                            \
        }                                                                                 \
        free(items);                                                                      \
    } while (0)

int main(int argc, char **argv) {
    long count = argc > 1 ? strtol(argv[1], NULL, 10) : 1000;
    CHECK(int, int);
    CHECK(long, long);
    CHECK(float, float);
    CHECK(double, double);
    CHECK(byte, unsigned char);
    CHECK(word, uint16_t);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        for (struct entry *at = table[i]; at; at = at->next) printf("%-8s %ld\n", at->name, at->count);
    return 0;
}
