using System.Runtime.InteropServices;

namespace MmuNotifiers.Primary;

/// <summary>What stands before the 512 entries of a leaf table: one cache line.</summary>
[StructLayout(LayoutKind.Sequential, Size = SizeBytes)]
internal unsafe struct LeafHeader
{
    /// <summary>Size in bytes. With the entries a table is 4160 bytes long, so that tables do not collide in the cache.</summary>
    internal const int SizeBytes = 64;

    /// <summary>The leaf's lock (a spin lock): held for every store to an entry, and to read several as one.</summary>
    internal int Lock;

    /// <summary>How many entries are not empty. Guarded by the lock.</summary>
    internal int Used;

    /// <summary>Raised under the lock, after an entry lost rights or its frame and before that frame can be freed,
    /// and when the leaf leaves its table. Never falls, whomever the memory serves.</summary>
    internal long Revocations;

    /// <summary>The address of the first entry's page.</summary>
    internal ulong BaseAddress;

    /// <summary>The root of the page table that the leaf hangs in; zero while it hangs in none. Written under the lock, or before it is hung in.</summary>
    internal nint Owner;

    /// <summary>The pte of the huge page that the table lies under; zero if there is none. Written under the lock.</summary>
    internal ulong Huge;

    /// <summary>What the entries stand for, those of a huge page aside: <see cref="PageCounts"/>. Guarded by the lock; who only wants to know how
    /// much there is reads it without.</summary>
    internal long Counts;

    /// <summary>The next free table, while the table lies in the pool. Guarded by the pool's lock.</summary>
    internal LeafHeader* NextFree;
}
