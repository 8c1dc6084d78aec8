using System.Numerics;
using System.Runtime.CompilerServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>256 neighbouring slots of a swap area: their states under one spin lock, and which of them are free.</summary>
/// <remarks>The lock is taken under a leaf's, an object's and a family's lock; the allocator's lock is not taken under it.</remarks>
internal sealed class SwapCluster
{
    /// <summary>How many slots a cluster has.</summary>
    internal const int Slots = 256;

    private const int SlotsInWord = 64;

    /// <summary>Guarded by <see cref="_lock"/>.</summary>
    private readonly SwapSlot[] _slots = new SwapSlot[Slots];

    /// <summary>One bit for each free slot. Guarded by the area's allocator lock.</summary>
    private readonly ulong[] _free = new ulong[Slots / SlotsInWord];

    private int _lock;

    /// <summary>Makes a cluster all of whose slots below a number are free.</summary>
    internal SwapCluster(int slots)
    {
        for (int slot = 0; slot < slots; slot++)
        {
            _free[slot / SlotsInWord] |= 1UL << (slot % SlotsInWord);
        }

        FreeSlots = slots;
    }

    /// <summary>How many slots are free. Guarded by the area's allocator lock.</summary>
    internal int FreeSlots { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Lock([CallerMemberName] string step = "") => SharedSpinLock.Enter(ref _lock, this, step);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Unlock([CallerMemberName] string step = "") => SharedSpinLock.Exit(ref _lock, this, step);

    /// <summary>The state of a slot, by its number in the area. The lock is held.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref SwapSlot At(long slot) => ref _slots[slot & (Slots - 1)];

    /// <summary>Whether no slot has a user.</summary>
    internal bool HasNoUsers()
    {
        Lock();
        bool hasNone = Array.TrueForAll(_slots, static slot => slot.References == 0);
        Unlock();
        return hasNone;
    }

    /// <summary>Takes the first free slot from a place on. The allocator lock is held.</summary>
    /// <returns>Its place in the cluster, or -1.</returns>
    internal int Take(int from)
    {
        for (int word = from / SlotsInWord; word < _free.Length; word++)
        {
            ulong free = word == from / SlotsInWord ? _free[word] & (ulong.MaxValue << (from % SlotsInWord)) : _free[word];
            if (free != 0)
            {
                _free[word] &= ~(free & (~free + 1));
                FreeSlots--;
                return (word * SlotsInWord) + BitOperations.TrailingZeroCount(free);
            }
        }

        return -1;
    }

    /// <summary>Makes a slot free again, by its number in the area. The allocator lock is held.</summary>
    internal void Give(long slot)
    {
        int place = (int)(slot & (Slots - 1));
        ulong bit = 1UL << (place % SlotsInWord);
        ref ulong free = ref _free[place / SlotsInWord];
        InvariantViolationException.ThrowIf((free & bit) != 0, "A swap slot was freed twice.");
        free |= bit;
        FreeSlots++;
    }
}
