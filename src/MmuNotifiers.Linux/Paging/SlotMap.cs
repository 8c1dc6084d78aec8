using System.Numerics;

namespace MmuNotifiers.Linux;

/// <summary>
/// Which slots of the store are taken. Slots are handed out in ascending order, on and on, so that pages that go together lie together; slots that are
/// given up are told to the store in batches. Guarded by the gate of its <see cref="PagedMemory"/>.
/// </summary>
internal sealed class SlotMap
{
    private const int WordBits = 64;

    private readonly ISwapStore _store;

    /// <summary>One bit for each slot that is taken, or given up but not yet told.</summary>
    private readonly ulong[] _taken;

    private readonly long[] _givenUp = new long[64];
    private int _givenUpCount;
    private long _next;
    private long _free;

    internal SlotMap(ISwapStore store, long pages)
    {
        _store = store;
        long slots = Math.Min(store.SlotCount, pages * 2);
        _taken = new ulong[(slots + WordBits - 1) / WordBits];
        if (slots % WordBits != 0)
        {
            _taken[^1] = ulong.MaxValue << (int)(slots % WordBits);
        }

        _free = slots;
    }

    /// <summary>Takes a slot.</summary>
    /// <returns>False if all are taken.</returns>
    internal bool TryTake(out long slot)
    {
        if (_free == 0)
        {
            TellStore();
        }

        slot = -1;
        if (_free == 0)
        {
            return false;
        }

        long word = _next / WordBits;
        ulong free = ~_taken[word] & (ulong.MaxValue << (int)(_next % WordBits));
        while (free == 0)
        {
            word = word + 1 == _taken.Length ? 0 : word + 1;
            free = ~_taken[word];
        }

        int bit = BitOperations.TrailingZeroCount(free);
        _taken[word] |= 1UL << bit;
        slot = (word * WordBits) + bit;
        _next = slot + 1 == (long)_taken.Length * WordBits ? 0 : slot + 1;
        _free--;
        return true;
    }

    /// <summary>Gives a slot up whose bytes nobody needs.</summary>
    internal void GiveUp(long slot)
    {
        _givenUp[_givenUpCount++] = slot;
        if (_givenUpCount == _givenUp.Length)
        {
            TellStore();
        }
    }

    /// <summary>Tells the store of slots that were given up; it may not block.</summary>
    internal void TellStore()
    {
        ReadOnlySpan<long> slots = _givenUp.AsSpan(0, _givenUpCount);
        if (slots.IsEmpty)
        {
            return;
        }

        _store.Discard(slots);
        foreach (long slot in slots)
        {
            _taken[slot / WordBits] &= ~(1UL << (int)(slot % WordBits));
        }

        _free += slots.Length;
        _givenUpCount = 0;
    }
}
