using System.Collections.Concurrent;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Replay;

/// <summary>
/// Knows which pages of one address space reclaim has taken since the program used them last: what the recorded program had present may be
/// gone here. Told inside the brackets of evictions, by any thread, and therefore before the page is gone.
/// </summary>
internal sealed class ReclaimWatch : IMmuNotifier, IDisposable
{
    private readonly Reclaimer _reclaimer;
    private readonly NotifierSubscription _subscription;

    /// <summary>The numbers of the pages. A bracket may cover more than is evicted; then too much is in here, which makes the oracle milder, never wrong.</summary>
    private readonly ConcurrentDictionary<ulong, bool> _taken = new();

    public ReclaimWatch(AddressSpace space, Reclaimer reclaimer)
    {
        _reclaimer = reclaimer;
        _subscription = space.Register(this);
    }

    /// <summary>Whether a page may have been taken since the last <see cref="ComesBack"/>.</summary>
    public bool WasTaken(ulong pageNumber) => _taken.ContainsKey(pageNumber);

    /// <summary>The program is about to use a page: if it was taken, it is no more.</summary>
    /// <returns>Whether it was taken.</returns>
    public bool ComesBack(ulong pageNumber) => _taken.TryRemove(pageNumber, out _);

    /// <summary>A fork copied the entries of pages that are swapped out.</summary>
    public void Inherit(ReclaimWatch parent)
    {
        foreach (ulong page in parent._taken.Keys)
        {
            _taken[page] = true;
        }
    }

    /// <summary>Pages moved to other addresses, those that are swapped out as well.</summary>
    public void Move(AddressRange from, VirtualAddress to)
    {
        foreach (ulong page in _taken.Keys)
        {
            if (from.Contains(VirtualAddress.OfPage(page)) && _taken.TryRemove(page, out _))
            {
                _taken[page - from.Start.PageNumber + to.PageNumber] = true;
            }
        }
    }

    /// <inheritdoc/>
    public bool InvalidateRangeStart(in InvalidationRange range)
    {
        if (ReferenceEquals(range.Owner, _reclaimer))
        {
            for (ulong page = range.Range.Start.PageNumber; page < range.Range.End.PageNumber; page++)
            {
                _taken[page] = true;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public void InvalidateRangeEnd(in InvalidationRange range)
    {
    }

    /// <inheritdoc/>
    public void Release()
    {
    }

    /// <inheritdoc/>
    public void Dispose() => _subscription.Dispose();
}
