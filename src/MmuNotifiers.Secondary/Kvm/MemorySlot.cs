using System.Diagnostics;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary.Kvm;

/// <summary>
/// A memory slot: a stretch of guest physical memory that is a stretch of the host's address space. It carries its part of the
/// shadow table. In a directly mapped guest each page has one entry, so the table is its own reverse mapping.
/// </summary>
internal sealed class MemorySlot
{
    private readonly ShadowLeaf?[] _leaves;

    /// <summary>One bit for each page that was written since it was last asked; empty without a log. Set without a lock.</summary>
    private readonly ulong[] _dirty;

    /// <summary>Whether the slot has been deleted or replaced. Written under the mmu lock.</summary>
    private bool _isRemoved;

    internal MemorySlot(int id, GuestFrameNumber firstFrame, AddressRange userRange, MemorySlotFlags flags)
        : this(id, firstFrame, userRange, flags, new ShadowLeaf?[(userRange.Pages + ShadowLeaf.Entries - 1) >> ShadowLeaf.Shift])
    {
    }

    private MemorySlot(
        int id, GuestFrameNumber firstFrame, AddressRange userRange, MemorySlotFlags flags, ShadowLeaf?[] leaves)
    {
        Id = id;
        FirstFrame = firstFrame;
        UserRange = userRange;
        Flags = flags;
        _leaves = leaves;
        _dirty = LogsDirtyPages ? new ulong[(userRange.Pages + 63) / 64] : [];
    }

    internal int Id { get; }

    internal GuestFrameNumber FirstFrame { get; }

    /// <summary>The host's addresses behind the slot.</summary>
    internal AddressRange UserRange { get; }

    internal MemorySlotFlags Flags { get; }

    /// <summary>The slot's own subscription; null where the guest has one for all. Set before the slot can be found.</summary>
    internal IntervalSubscription? Subscription { get; set; }

    internal ulong Pages => UserRange.Pages;

    internal bool LogsDirtyPages => (Flags & MemorySlotFlags.LogDirtyPages) != 0;

    internal bool IsReadOnly => (Flags & MemorySlotFlags.ReadOnly) != 0;

    /// <summary>Final under the mmu lock, a hint without it.</summary>
    internal bool IsRemoved => Shared.Read(in _isRemoved, this);

    internal int DirtyLogWords => _dirty.Length;

    /// <summary>The same slot, table included, with other flags. The old object must be marked removed.</summary>
    internal MemorySlot WithFlags(MemorySlotFlags flags) => new(Id, FirstFrame, UserRange, flags, _leaves) { Subscription = Subscription };

    internal bool Contains(GuestFrameNumber frame) => frame.Value - FirstFrame.Value < Pages;

    /// <summary>The host's address of a guest page.</summary>
    internal VirtualAddress UserAddressOf(GuestFrameNumber frame) =>
        UserRange.Start + ((frame.Value - FirstFrame.Value) << Page.Shift);

    /// <summary>The guest page at a host address of the slot.</summary>
    internal GuestFrameNumber FrameAt(VirtualAddress address) =>
        new(FirstFrame.Value + ((address - UserRange.Start) >> Page.Shift));

    /// <summary>The table that holds a page's entry, if it was ever needed.</summary>
    internal ShadowLeaf? LeafOf(GuestFrameNumber frame) =>
        Shared.Read(in _leaves[(int)((frame.Value - FirstFrame.Value) >> ShadowLeaf.Shift)], _leaves);

    /// <summary>A page's index in its leaf.</summary>
    internal int IndexOf(GuestFrameNumber frame) => (int)((frame.Value - FirstFrame.Value) & (ShadowLeaf.Entries - 1));

    /// <summary>The table for a page's entry, made if need be. Under the mmu lock.</summary>
    internal ShadowLeaf EnsureLeaf(GuestFrameNumber frame)
    {
        ref ShadowLeaf? leaf = ref _leaves[(int)((frame.Value - FirstFrame.Value) >> ShadowLeaf.Shift)];
        if (leaf is null)
        {
            Shared.Write(ref leaf, new ShadowLeaf(), _leaves);
        }

        return leaf!;
    }

    /// <summary>Visits every table that overlaps host addresses.</summary>
    /// <param name="range">Host addresses.</param>
    /// <param name="visitor">Gets the leaf and the indexes from the first to behind the last.</param>
    internal void Visit<TVisitor>(AddressRange range, ref TVisitor visitor)
        where TVisitor : struct, ILeafVisitor
    {
        AddressRange mine = range.Intersect(UserRange);
        if (mine.IsEmpty)
        {
            return;
        }

        ulong first = (mine.Start - UserRange.Start) >> Page.Shift;
        ulong end = first + mine.Pages;
        for (ulong leafIndex = first >> ShadowLeaf.Shift; leafIndex << ShadowLeaf.Shift < end; leafIndex++)
        {
            if (Shared.Read(in _leaves[(int)leafIndex], _leaves) is { } leaf)
            {
                ulong start = leafIndex << ShadowLeaf.Shift;
                visitor.Visit(leaf, (int)(Math.Max(first, start) - start), (int)(Math.Min(end, start + ShadowLeaf.Entries) - start));
            }
        }
    }

    /// <summary>Reads and clears the accessed bits of host addresses. Without a lock.</summary>
    /// <returns>Whether any was set.</returns>
    internal bool ClearYoung(AddressRange range)
    {
        AgeVisitor visitor = default;
        Visit(range, ref visitor);
        return visitor.IsYoung;
    }

    /// <summary>As <see cref="ClearYoung(AddressRange)"/>, page by page; the query is about host addresses of the slot.</summary>
    internal void ClearYoung(scoped in AgeQuery query)
    {
        for (int page = query.NextAsked(0); page < query.Pages; page = query.NextAsked(page + 1))
        {
            GuestFrameNumber frame = FrameAt(query.AddressOf(page));
            if (LeafOf(frame) is { } leaf && leaf.ClearYoung(IndexOf(frame)))
            {
                query.MarkYoung(page);
            }
        }
    }

    /// <summary>Whether a page was used since its accessed bit was cleared. Without a lock.</summary>
    internal bool IsYoung(VirtualAddress address)
    {
        GuestFrameNumber frame = FrameAt(address);
        return LeafOf(frame)?.Read(IndexOf(frame)) is { IsPresent: true, IsAccessed: true };
    }

    /// <summary>Notes a store. Without a lock, inside or outside of a section.</summary>
    internal void MarkDirty(GuestFrameNumber frame)
    {
        Debug.Assert(LogsDirtyPages, "Only a slot with a log notes stores.");
        ulong page = frame.Value - FirstFrame.Value;
        Shared.Or(ref _dirty[(int)(page >> 6)], 1UL << (int)(page & 63), _dirty);
    }

    /// <summary>Takes 64 pages' worth of the log and clears it.</summary>
    internal ulong TakeDirty(int word) => Shared.Exchange(ref _dirty[word], 0UL, _dirty);

    /// <summary>No translation may be installed from now on. Under the mmu lock.</summary>
    internal void MarkRemoved() => Shared.Write(ref _isRemoved, true, this);
}
