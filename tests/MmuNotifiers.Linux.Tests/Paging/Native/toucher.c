/* Touches a window of memory from native code, as a guest would, and knows what each word must hold. Words of a page are guarded by a lock that lies
 * outside of the window; a thread that finds it taken goes to another page, so that one which waits in a fault holds nobody up. */
#include <stdint.h>
#include <string.h>
#include <time.h>

#define PAGE 4096
#define WORDS 8 /* tracked in each page, one in each 512 bytes */

struct touch {
    uint8_t *window;
    uint64_t pages;
    uint64_t *expected; /* WORDS for each page */
    uint8_t *locks;     /* one for each page */
    uint32_t *stop;
    uint64_t seed;
    uint64_t writes_in_256; /* how many of 256 visits store */
    uint64_t visits;        /* out */
    uint64_t wrong;         /* out */
};

static uint64_t next(uint64_t *state)
{
    uint64_t x = *state;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return *state = x;
}

void touch_random(struct touch *t)
{
    uint64_t state = t->seed * 0x9e3779b97f4a7c15u + 1;
    while (!__atomic_load_n(t->stop, __ATOMIC_RELAXED)) {
        uint64_t draw = next(&state);
        uint64_t page = (draw >> 16) % t->pages;
        uint64_t word = (draw >> 8) % WORDS;
        if (__atomic_exchange_n(&t->locks[page], 1, __ATOMIC_ACQUIRE))
            continue;
        volatile uint64_t *place = (volatile uint64_t *)(t->window + page * PAGE + word * (PAGE / WORDS));
        uint64_t *expected = &t->expected[page * WORDS + word];
        uint64_t found = *place;
        if (found != *expected) {
            __atomic_fetch_add(&t->wrong, 1, __ATOMIC_RELAXED);
            *expected = found;
        }
        if ((draw & 255) < t->writes_in_256) {
            uint64_t value = next(&state) | 1;
            *place = value;
            *expected = value;
        }
        __atomic_store_n(&t->locks[page], 0, __ATOMIC_RELEASE);
        __atomic_fetch_add(&t->visits, 1, __ATOMIC_RELAXED);
    }
}

/* Stores again and again to every word of a few pages, so that a store falls into every moment of their eviction. */
void touch_hard(struct touch *t)
{
    uint64_t value = t->seed;
    while (!__atomic_load_n(t->stop, __ATOMIC_RELAXED)) {
        for (uint64_t page = 0; page < t->pages; page++) {
            volatile uint64_t *place = (volatile uint64_t *)(t->window + page * PAGE);
            uint64_t found = *place;
            if (found != t->expected[page * WORDS]) {
                __atomic_fetch_add(&t->wrong, 1, __ATOMIC_RELAXED);
            }
            *place = ++value;
            t->expected[page * WORDS] = value;
        }
        __atomic_fetch_add(&t->visits, t->pages, __ATOMIC_RELAXED);
    }
}

/* How long the first access to each page takes, in nanoseconds. A store or a load. */
void touch_timed(uint8_t *window, const uint32_t *order, uint64_t pages, int stores, uint64_t *nanoseconds)
{
    for (uint64_t i = 0; i < pages; i++) {
        volatile uint64_t *place = (volatile uint64_t *)(window + (uint64_t)order[i] * PAGE);
        struct timespec before, after;
        clock_gettime(CLOCK_MONOTONIC, &before);
        if (stores)
            *place = i + 1;
        else
            (void)*place;
        clock_gettime(CLOCK_MONOTONIC, &after);
        nanoseconds[i] = (uint64_t)(after.tv_sec - before.tv_sec) * 1000000000u + (uint64_t)(after.tv_nsec - before.tv_nsec);
    }
}
