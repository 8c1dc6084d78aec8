using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>
/// The pages of one eviction that go to the swap store, in one batch: added while nobody can write to them, begun, and asked for their
/// outcome when the store is done.
/// </summary>
internal sealed class SwapWrites
{
    private readonly PhysicalMemory _memory;
    private readonly SwapTransfers _transfers = new();

    /// <summary>For each page its place in the transfers, or <see cref="Zero"/>.</summary>
    private int[] _places = new int[16];

    internal SwapWrites(PhysicalMemory memory) => _memory = memory;

    private static int Zero => -1;

    /// <summary>How many pages were added.</summary>
    internal int Count { get; private set; }

    /// <summary>Adds a page; neighbours in the store are best added one after the other.</summary>
    /// <param name="entry">A slot of area 0 that the caller holds.</param>
    /// <param name="frame">A frame that the caller holds, and that nobody writes to until the outcome is known.</param>
    /// <returns>The page's number, for <see cref="IsWritten"/>.</returns>
    internal int Add(SwapEntry entry, FrameNumber frame)
    {
        if (Count == _places.Length)
        {
            Array.Resize(ref _places, Count * 2);
        }

        Shared.BeforeRead(_memory.Address(frame), Page.SizeBytes, "page to be evicted");
        bool isZero = !_memory.Bytes(frame).ContainsAnyExcept((byte)0);
        _memory.Swap.NoteContent(entry, isZero);
        _places[Count] = isZero ? Zero : _transfers.Count;
        if (!isZero)
        {
            _transfers.Add(entry.Slot, _memory.BytesForTransfer(frame));
        }

        return Count++;
    }

    /// <summary>Gives the pages to the store. May block; no lock is held but perhaps a map lock.</summary>
    internal void Begin()
    {
        if (_transfers.Count > 0)
        {
            _transfers.BeginWrite(_memory.Swap.AreaOf(0).Store);
        }
    }

    /// <summary>Blocks until the store is done, and counts what failed.</summary>
    internal void Wait()
    {
        if (_transfers.Count == 0)
        {
            return;
        }

        _transfers.Wait();
        for (int i = 0; i < _transfers.Count; i++)
        {
            if (_transfers[i].Outcome != SwapOutcome.Success)
            {
                _memory.Swap.Counters.CountFailure(SwapOperation.Write, _memory.Swap.AreaOf(0).Store, in _transfers[i]);
            }
        }
    }

    /// <summary>Whether a page is safe now; after <see cref="Wait"/>.</summary>
    internal bool IsWritten(int page) => _places[page] == Zero || _transfers[_places[page]].Outcome == SwapOutcome.Success;

    /// <summary>Whether a page was all zeroes, and the store was not given it.</summary>
    internal bool IsZero(int page) => _places[page] == Zero;

    /// <summary>Forgets the pages, for the next eviction.</summary>
    internal void Clear()
    {
        _transfers.Clear();
        Count = 0;
    }
}
