/*
 * What the Linux kernel does for one bracket over interval subscriptions, rebuilt in user space from the facts in docs/dispatch.md:
 * one spin lock per address space around a count of open brackets, a sequence and an augmented search tree of intervals; the start
 * finds every interval that overlaps and calls it outside the lock, the end takes the lock again.
 *
 * The tree is a treap over interval starts, augmented with the greatest end in each subtree: the same search, pruned by the same
 * rule, as an augmented red-black tree, of the same expected depth. Removal is left out: the benchmark never removes.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct node {
    uint64_t start, last, greatest;
    struct node *left, *right;
    uint32_t priority;
    uint64_t sequence;
    int user_lock;
};

struct space {
    int lock;
    bool has_tree;
    uint64_t sequence;
    uint64_t active;
    struct node *root;
    uint64_t random;
};

static void enter(int *lock)
{
    while (__atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE))
        __builtin_ia32_pause();
}

static void leave(int *lock)
{
    __atomic_store_n(lock, 0, __ATOMIC_RELEASE);
}

static void update(struct node *node)
{
    node->greatest = node->last;
    if (node->left && node->left->greatest > node->greatest)
        node->greatest = node->left->greatest;
    if (node->right && node->right->greatest > node->greatest)
        node->greatest = node->right->greatest;
}

static struct node *insert(struct node *root, struct node *node)
{
    struct node *child;

    if (!root)
        return node;
    if (node->start < root->start) {
        root->left = insert(root->left, node);
        child = root->left;
        if (child->priority > root->priority) {
            root->left = child->right;
            child->right = root;
            update(root);
            root = child;
        }
    } else {
        root->right = insert(root->right, node);
        child = root->right;
        if (child->priority > root->priority) {
            root->right = child->left;
            child->left = root;
            update(root);
            root = child;
        }
    }
    update(root);
    return root;
}

/* The subscriber: takes its lock, sets the sequence it was given. Not inlined: the kernel calls it through a pointer. */
static __attribute__((noinline)) bool invalidate(struct node *node, uint64_t sequence)
{
    enter(&node->user_lock);
    __atomic_store_n(&node->sequence, sequence, __ATOMIC_RELAXED);
    leave(&node->user_lock);
    return true;
}

static bool (*volatile callback)(struct node *, uint64_t) = invalidate;

static uint64_t visit(struct node *node, uint64_t first, uint64_t last, uint64_t sequence)
{
    uint64_t hits = 0;

    while (node && node->greatest >= first) {
        hits += visit(node->left, first, last, sequence);
        if (node->start > last)
            break;
        if (node->last >= first) {
            callback(node, sequence);
            hits++;
        }
        node = node->right;
    }
    return hits;
}

static uint64_t bracket(struct space *space, uint64_t first, uint64_t last)
{
    uint64_t hits, sequence;

    if (!__atomic_load_n(&space->has_tree, __ATOMIC_ACQUIRE))
        return 0;

    enter(&space->lock);
    space->active++;
    space->sequence |= 1;
    sequence = space->sequence;
    leave(&space->lock);

    hits = visit(space->root, first, last, sequence);

    enter(&space->lock);
    if (--space->active == 0 && (space->sequence & 1))
        space->sequence++;
    leave(&space->lock);
    return hits;
}

static struct space *new_space(void)
{
    struct space *space = calloc(1, sizeof(*space));

    space->sequence = 2;
    space->random = 0x9e3779b97f4a7c15u;
    return space;
}

static void insert_interval(struct space *space, uint64_t first, uint64_t last)
{
    struct node *node = calloc(1, sizeof(*node));

    node->start = first;
    node->last = last;
    space->random = space->random * 6364136223846793005u + 1442695040888963407u;
    node->priority = (uint32_t)(space->random >> 32);
    update(node);
    enter(&space->lock);
    space->root = insert(space->root, node);
    space->has_tree = true;
    leave(&space->lock);
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e9 + time.tv_nsec;
}

/* The intervals of Layout.cs: four pages every 64 KiB. */
static uint64_t interval(uint64_t index)
{
    return 0x7f0000000000u + index * 65536;
}

enum { ADDRESSES = 4096, CHUNKS = 48 };

static uint64_t called;

/* The best of many short chunks: a chunk during which the machine did something else does not count. */
static double measure(struct space *space, uint64_t intervals, bool spread)
{
    static uint64_t addresses[ADDRESSES];
    double best = 1e18;

    for (int i = 0; i < ADDRESSES; i++)
        addresses[i] = interval(spread && intervals ? (uint64_t)rand() % intervals : intervals * 2 / 3);
    for (int chunk = 0; chunk < CHUNKS; chunk++) {
        double start = now(), time;

        for (int i = 0; i < ADDRESSES; i++)
            called += bracket(space, addresses[i], addresses[i] + 4095);
        time = (now() - start) / ADDRESSES;
        best = time < best ? time : best;
    }
    return best;
}

static double measure_registration(uint64_t intervals)
{
    enum { ADDED = 1024 };
    double best = 1e18;

    for (int round = 0; round < 4; round++) {
        struct space *space = new_space();
        double start, time;

        for (uint64_t i = 0; i < intervals; i++)
            insert_interval(space, interval(i), interval(i) + 16383);
        start = now();
        for (uint64_t i = intervals; i < intervals + ADDED; i++)
            insert_interval(space, interval(i), interval(i) + 16383);
        time = (now() - start) / ADDED;
        best = time < best ? time : best;
    }
    return best;
}

/* Reads "same N", "spread N" or "register N" with N intervals, answers with nanoseconds. */
int main(void)
{
    char what[16];
    uint64_t intervals, built = 0;
    struct space *space = new_space();

    while (scanf("%15s %lu", what, &intervals) == 2) {
        if (!strcmp(what, "register")) {
            printf("%f\n", measure_registration(intervals));
        } else {
            if (built > intervals) {
                space = new_space();
                built = 0;
            }
            for (; built < intervals; built++)
                insert_interval(space, interval(built), interval(built) + 16383);
            printf("%f\n", measure(space, intervals, !strcmp(what, "spread")));
        }
        fflush(stdout);
    }
    return called == 1;
}
