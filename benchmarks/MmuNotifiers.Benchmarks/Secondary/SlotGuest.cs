using MmuNotifiers.Secondary.Kvm;

namespace MmuNotifiers.Benchmarks.Secondary;

/// <summary>A guest with so many memory slots of 64 KiB, side by side, none of whose pages is translated until <see cref="Translate"/>.</summary>
internal sealed class SlotGuest : IDisposable
{
    internal const int SlotPages = 16;

    private readonly FlatPrimary _primary = new(1);
    private readonly ShadowMmu _mmu;
    private readonly VirtualCpu _cpu;
    private readonly int _middle;

    internal SlotGuest(int slots, SlotAttachment attachment)
    {
        _mmu = new ShadowMmu(_primary, attachment);
        _cpu = _mmu.AddVirtualCpu();
        _middle = slots / 2;
        _mmu.AddMemorySlots([.. Enumerable.Range(0, slots).Select(static slot =>
            new MemorySlotDescription(slot, FirstFrameOf(slot), AddressRange.FromPages(StartOf(slot), SlotPages)))]);
    }

    /// <summary>Has the guest read every page of the middle slot.</summary>
    internal void Translate()
    {
        for (ulong page = 0; page < SlotPages; page++)
        {
            _ = _cpu.Read(new GuestAddress((FirstFrameOf(_middle).Value + page) << Page.Shift), out byte _);
        }
    }

    /// <summary>Brackets for <see cref="Invalidate"/>: over each page of the middle slot.</summary>
    internal InvalidationRange[] RangesOfMiddle() =>
        [.. Enumerable.Range(0, SlotPages).Select(page => new InvalidationRange(
            AddressRange.OfPage(StartOf(_middle) + ((ulong)page << Page.Shift)), InvalidationEvent.Clear))];

    /// <summary>Brackets over one page of slots, one after the other.</summary>
    /// <param name="ranges">One of them for each bracket.</param>
    internal void Invalidate(InvalidationRange[] ranges)
    {
        foreach (ref readonly InvalidationRange range in ranges.AsSpan())
        {
            using InvalidationScope scope = _primary.Subscriptions.Invalidate(in range);
        }
    }

    /// <summary>Brackets for <see cref="Invalidate"/>: over the middle slot, or over all in no order.</summary>
    internal static InvalidationRange[] Ranges(int slots, bool areSpread, int count)
    {
        Random random = new(1);
        return [.. Enumerable.Range(0, count).Select(_ => new InvalidationRange(
            AddressRange.OfPage(StartOf(areSpread ? random.Next(slots) : slots / 2)), InvalidationEvent.Clear))];
    }

    public void Dispose()
    {
        _mmu.Dispose();
        _primary.Dispose();
    }

    private static GuestFrameNumber FirstFrameOf(int slot) => new((ulong)slot * SlotPages);

    private static VirtualAddress StartOf(int slot) => FlatPrimary.Base + ((ulong)slot * SlotPages << Page.Shift);
}
