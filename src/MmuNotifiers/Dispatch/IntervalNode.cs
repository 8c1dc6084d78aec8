using System.Runtime.CompilerServices;

namespace MmuNotifiers;

/// <summary>
/// A node of a radix tree over addresses: 64 equal slots of a power of two bytes. Immutable once published: a change copies
/// the nodes on its path. Levels that would have one occupied slot only are left out.
/// </summary>
/// <remarks>
/// An interval is entered in every slot that it overlaps, on a level where these are at most <see cref="MaximumSpan"/>, and is
/// reported for the first of them that the query reaches, hence once. A slot gets finer parts when more than
/// <see cref="SplitAbove"/> of its intervals would fit into them, so that few intervals cost one short list and many a few levels.
/// </remarks>
internal sealed class IntervalNode
{
    internal const int LevelBits = 6;
    internal const int SlotCount = 1 << LevelBits;
    internal const int PageShift = Page.Shift;
    internal const int TopShift = 60;
    internal const int MaximumSpan = 8;
    internal const int SplitAbove = 8;

    private readonly ulong _base;
    private readonly ulong _last;
    private readonly int _shift;
    private ulong _occupied;
    private IntervalSlots _slots;

    private IntervalNode(ulong address, int shift)
    {
        _shift = shift;
        _base = address & ~CoverageMask(shift);
        _last = address | CoverageMask(shift);
    }

    private IntervalNode(IntervalNode other)
    {
        _base = other._base;
        _last = other._last;
        _shift = other._shift;
        _occupied = other._occupied;
        _slots = other._slots;
    }

    /// <summary>A tree with one more interval.</summary>
    internal static IntervalNode With(IntervalNode? root, in IntervalEntry entry, int naturalShift)
    {
        if (root is null)
        {
            return new IntervalNode(entry.First, ShiftToHold(entry.First, entry.Last, naturalShift)).WithOwn(in entry, naturalShift);
        }

        if (root._shift >= naturalShift && root._base <= entry.First && entry.Last <= root._last)
        {
            return root.WithOwn(in entry, naturalShift);
        }

        int shift = ShiftToHold(Math.Min(root._base, entry.First), Math.Max(root._last, entry.Last), Math.Max(naturalShift, root._shift + LevelBits));
        IntervalNode parent = new(entry.First, shift);
        parent.SetSlot(parent.IndexOf(root._base), new IntervalSlot(root, null));
        return parent.WithOwn(in entry, naturalShift);
    }

    /// <summary>A tree without an interval that is in it; null when it was the last.</summary>
    internal IntervalNode? Without(in IntervalEntry entry)
    {
        IntervalNode copy = new(this);
        for (int i = IndexOf(entry.First); i <= IndexOf(entry.Last); i++)
        {
            IntervalSlot slot = _slots[i];
            int at = slot.Entries is null ? -1 : IndexOf(slot.Entries, entry.Subscription);
            copy.SetSlot(i, at < 0 ? slot with { Child = slot.Child?.Without(in entry) } : slot with { Entries = Remove(slot.Entries!, at) });
        }

        return copy.Simplified();
    }

    /// <summary>Visits every interval that shares an address with the given ones, both ends included, once, always in the same order.</summary>
    /// <returns>False if the visitor stopped.</returns>
    internal static bool Walk<TVisitor>(IntervalNode? node, ulong first, ulong last, ref TVisitor visitor)
        where TVisitor : struct, IIntervalVisitor, allows ref struct
    {
        while (node is not null && first <= node._last && node._base <= last)
        {
            int low = first <= node._base ? 0 : node.IndexOf(first);
            int high = last >= node._last ? SlotCount - 1 : node.IndexOf(last);
            if (low != high)
            {
                return node.WalkSlots(low, high, first, last, ref visitor);
            }

            ref readonly IntervalSlot slot = ref node._slots[low];
            if (slot.Entries is { } entries && !node.Scan(entries, low, first, last, ref visitor))
            {
                return false;
            }

            node = slot.Child;
        }

        return true;
    }

    /// <summary>What the node and everything below it takes on the heap, in bytes, the intervals themselves aside.</summary>
    internal long MeasureBytes()
    {
        // Header, method table, four fields of eight bytes, and the slots.
        long bytes = (2 * nint.Size) + (4 * sizeof(ulong)) + Unsafe.SizeOf<IntervalSlots>();
        for (int i = 0; i < SlotCount; i++)
        {
            bytes += IntervalSlot.MeasureBytes(_slots[i].Entries) + (_slots[i].Child?.MeasureBytes() ?? 0);
        }

        return bytes;
    }

    private bool WalkSlots<TVisitor>(int low, int high, ulong first, ulong last, ref TVisitor visitor)
        where TVisitor : struct, IIntervalVisitor, allows ref struct
    {
        ulong pending = _occupied & (ulong.MaxValue << low) & (ulong.MaxValue >> (SlotCount - 1 - high));
        for (; pending != 0; pending &= pending - 1)
        {
            int index = System.Numerics.BitOperations.TrailingZeroCount(pending);
            ref readonly IntervalSlot slot = ref _slots[index];
            if ((slot.Entries is { } entries && !Scan(entries, index, first, last, ref visitor)) || !Walk(slot.Child, first, last, ref visitor))
            {
                return false;
            }
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Scan<TVisitor>(IntervalEntry[] entries, int index, ulong first, ulong last, ref TVisitor visitor)
        where TVisitor : struct, IIntervalVisitor, allows ref struct
    {
        for (int i = IntervalEntry.FindOverlap(entries, 0, first, last); i < entries.Length; i = IntervalEntry.FindOverlap(entries, i + 1, first, last))
        {
            ref readonly IntervalEntry entry = ref entries[i];
            if (IndexOf(Math.Max(entry.First, first)) == index && !visitor.Visit(entry.Subscription))
            {
                return false;
            }
        }

        return true;
    }

    private IntervalNode WithOwn(in IntervalEntry entry, int naturalShift)
    {
        IntervalNode copy = new(this);
        int low = IndexOf(entry.First);
        int high = IndexOf(entry.Last);
        for (int i = low; i <= high; i++)
        {
            IntervalSlot slot = _slots[i];
            bool fits = low == high && naturalShift < _shift;
            copy.SetSlot(i, fits && slot.Child is not null
                ? slot with { Child = With(slot.Child, in entry, naturalShift) }
                : Split(slot with { Entries = [.. slot.Entries ?? [], entry] }));
        }

        return copy;
    }

    private IntervalSlot Split(IntervalSlot slot)
    {
        IntervalEntry[] entries = slot.Entries!;
        if (entries.Length <= SplitAbove || Array.FindAll(entries, Fits) is not { Length: > SplitAbove } narrow)
        {
            return slot;
        }

        IntervalNode? child = slot.Child;
        foreach (IntervalEntry entry in narrow)
        {
            child = With(child, in entry, entry.NaturalShift());
        }

        IntervalEntry[] wide = Array.FindAll(entries, entry => !Fits(entry));
        return new IntervalSlot(child, wide.Length == 0 ? null : wide);
    }

    private bool Fits(IntervalEntry entry) => entry.First >> _shift == entry.Last >> _shift && entry.NaturalShift() < _shift;

    private IntervalNode? Simplified()
    {
        if (_occupied == 0)
        {
            return null;
        }

        IntervalSlot first = _slots[System.Numerics.BitOperations.TrailingZeroCount(_occupied)];
        bool isChain = System.Numerics.BitOperations.PopCount(_occupied) == 1 && first.Entries is null;
        return isChain ? first.Child : this;
    }

    private void SetSlot(int index, IntervalSlot slot)
    {
        _slots[index] = slot;
        ulong bit = 1UL << index;
        _occupied = slot.IsEmpty ? _occupied & ~bit : _occupied | bit;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int IndexOf(ulong address) => (int)(address >> _shift) & (SlotCount - 1);

    private static int IndexOf(IntervalEntry[] entries, IntervalSubscription subscription) =>
        Array.FindIndex(entries, entry => entry.Subscription == subscription);

    private static IntervalEntry[]? Remove(IntervalEntry[] entries, int at) =>
        entries.Length == 1 ? null : [.. entries.AsSpan(0, at), .. entries.AsSpan(at + 1)];

    private static int ShiftToHold(ulong first, ulong last, int shift)
    {
        while (((first ^ last) & ~CoverageMask(shift)) != 0)
        {
            shift += LevelBits;
        }

        return shift;
    }

    /// <summary>The address bits that a node of the level resolves; at the top all that are left.</summary>
    private static ulong CoverageMask(int shift) => shift + LevelBits >= 64 ? ulong.MaxValue : (1UL << (shift + LevelBits)) - 1;
}
