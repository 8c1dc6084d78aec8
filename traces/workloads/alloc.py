"""Allocates and frees in the ways that a Python program has: small objects, large byte strings, mappings, threads, a fork."""
import gc
import mmap
import os
import threading


class Node:
    def __init__(self, left, right):
        self.left = left
        self.right = right


def tree(depth):
    return None if depth == 0 else Node(tree(depth - 1), tree(depth - 1))


def small_objects(rounds):
    for _ in range(rounds):
        kept = [tree(12) for _ in range(4)]
        table = {i: str(i) * 3 for i in range(20000)}
        del kept[::2]
        table.clear()
        gc.collect()


def large_objects(rounds):
    kept = []
    for i in range(rounds):
        kept.append(bytearray(b"\x01") * (100_000 + 40_000 * (i % 9)))
        if len(kept) > 12:
            del kept[i % 12]
    growing = bytearray()
    for _ in range(60):
        growing += b"\x02" * 65536
    del growing[: len(growing) // 2]


def mappings(rounds):
    for i in range(rounds):
        with mmap.mmap(-1, 1 << 20) as area:
            for at in range(0, len(area), mmap.PAGESIZE):
                area[at] = i & 0xFF
            area.madvise(mmap.MADV_DONTNEED)
            area[0] = 1


def forked():
    data = bytearray(b"\x03") * (2 << 20)
    child = os.fork()
    if child == 0:
        for at in range(0, len(data), 8192):
            data[at] = 4
        os._exit(0)
    for at in range(4096, len(data), 8192):
        data[at] = 5
    os.waitpid(child, 0)


small_objects(2)
large_objects(60)
mappings(3)
threads = [threading.Thread(target=work, args=(rounds,)) for work, rounds in
           ((small_objects, 1), (large_objects, 30), (mappings, 2), (large_objects, 20))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
forked()
