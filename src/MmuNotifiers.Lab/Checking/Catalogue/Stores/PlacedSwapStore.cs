using System.Runtime.InteropServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking.Catalogue.Stores;

/// <summary>
/// A swap store that gives each page a place of its own, as one does that compresses or that writes in the order in which pages come: the first that is
/// free. The place is the page's until the store is told that the slot is not needed any more.
/// </summary>
/// <remarks>
/// <code>
///   read                              write
///   lock; place of the slot; unlock   lock; the first free place becomes the slot's; unlock
///   copy the page out of it           copy the page into it
/// </code>
/// Bytes are copied without the lock: nobody else comes to a place that is in use, and nobody writes to a slot while it is read.
/// </remarks>
internal class PlacedSwapStore : ISwapStore
{
    private const int Slots = 64;

    /// <summary>The slot that has a place, plus 1; 0 for a free one. Guarded by <see cref="_lock"/>.</summary>
    private readonly long[] _owners = new long[Slots];

    /// <summary>The pages, by place. A page belongs to the slot that owns its place.</summary>
    private readonly ulong[][] _pages = [.. Enumerable.Range(0, Slots).Select(static _ => new ulong[Page.SizeBytes / sizeof(ulong)])];

    private int _lock;

    public string Name => "placed";

    public long SlotCount => Slots;

    public ValueTask WriteAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default)
    {
        foreach (ref SwapTransfer transfer in transfers.Span)
        {
            ReadOnlySpan<ulong> bytes = MemoryMarshal.Cast<byte, ulong>(transfer.Bytes.Span);
            ulong[] page = _pages[TakePlace(transfer.Slot)];
            Shared.Write(ref page[0], bytes[0], this, "swapped page");
            bytes.CopyTo(page);
            transfer.Outcome = SwapOutcome.Success;
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask ReadAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default)
    {
        foreach (ref SwapTransfer transfer in transfers.Span)
        {
            int place = FindPlace(transfer.Slot);
            if (place >= 0)
            {
                CopyOut(place, MemoryMarshal.Cast<byte, ulong>(transfer.Bytes.Span));
            }

            transfer.Outcome = place >= 0 ? SwapOutcome.Success : SwapOutcome.Lost;
        }

        return ValueTask.CompletedTask;
    }

    public void Discard(ReadOnlySpan<long> slots)
    {
        foreach (long slot in slots)
        {
            int place = FindPlace(slot);
            if (place >= 0)
            {
                GiveUp(place);
            }
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Brings the page of a slot in, which has a place.</summary>
    protected virtual void CopyOut(int place, Span<ulong> bytes)
    {
        ulong[] page = _pages[place];
        Shared.Read(in page[0], this, "swapped page");
        page.CopyTo(bytes);
    }

    /// <summary>Frees a place.</summary>
    protected void GiveUp(int place)
    {
        SharedSpinLock.Enter(ref _lock, this);
        _owners[place] = 0;
        SharedSpinLock.Exit(ref _lock, this);
    }

    private int FindPlace(long slot)
    {
        SharedSpinLock.Enter(ref _lock, this);
        int place = Array.IndexOf(_owners, slot + 1);
        SharedSpinLock.Exit(ref _lock, this);
        return place;
    }

    private int TakePlace(long slot)
    {
        SharedSpinLock.Enter(ref _lock, this);
        int place = Array.IndexOf(_owners, slot + 1);
        if (place < 0)
        {
            place = Array.IndexOf(_owners, 0L);
            _owners[place] = slot + 1;
        }

        SharedSpinLock.Exit(ref _lock, this);
        return place;
    }
}
