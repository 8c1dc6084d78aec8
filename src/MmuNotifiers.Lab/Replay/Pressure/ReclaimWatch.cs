using System.Collections.Concurrent;
using MmuNotifiers.Lab.Replay.Model;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Replay;

/// <summary>
/// Knows which pages of one address space reclaim has taken: what the recorded program had present may be gone here, and when it comes back it
/// need not be write-protected as it was there. Told inside the brackets of evictions, by any thread, and therefore before a page is gone. The moment of
/// a snapshot write-protects pages as well, of which the recorded kernel knows nothing.
/// </summary>
/// <remarks>
/// <code>
///   bracket of an eviction     taken       an access faults, of whatever kind
///   snapshot                   came back   a store may or may not fault
///   the program loads          came back   a store may or may not fault
///   the program stores         (nothing)   present and writable, as it was recorded
/// </code>
/// </remarks>
internal sealed class ReclaimWatch : IMmuNotifier, IDisposable
{
    private readonly Reclaimer? _reclaimer;

    /// <summary>Null where nothing is evicted.</summary>
    private readonly NotifierSubscription? _subscription;

    /// <summary>
    /// The pages by their numbers: true if taken, false if they came back. A bracket may cover more than is evicted; then too much is in here, which
    /// makes the oracle milder, never wrong.
    /// </summary>
    private readonly ConcurrentDictionary<ulong, bool> _taken = new();

    public ReclaimWatch(AddressSpace space, Reclaimer? reclaimer)
    {
        _reclaimer = reclaimer;
        _subscription = reclaimer is null ? null : space.Register(this);
    }

    /// <summary>Whether a page was taken and is not again as the program had it.</summary>
    public bool IsAffected(ulong pageNumber) => _taken.ContainsKey(pageNumber);

    /// <summary>The program is about to use a page, which comes back if it was taken.</summary>
    /// <returns>Whether it was taken, or is not again as the program had it.</returns>
    public bool Use(ulong pageNumber, AccessRights access)
    {
        if ((access & AccessRights.Write) != 0)
        {
            return _taken.TryRemove(pageNumber, out _);
        }

        return _taken.TryUpdate(pageNumber, newValue: false, comparisonValue: true) || _taken.ContainsKey(pageNumber);
    }

    /// <summary>Private pages that the program could store to cannot be stored to without a fault any more.</summary>
    public void WriteProtect(SpaceModel model)
    {
        for (int i = 0; i < model.PageCount; i++)
        {
            if (model.PageAt(i) is { IsPrivateCopy: true, State: PagePresence.Writable } page)
            {
                _taken.TryAdd(page.Number, false);
            }
        }
    }

    /// <summary>A fork copied the entries of pages that are swapped out.</summary>
    public void Inherit(ReclaimWatch parent)
    {
        foreach ((ulong page, bool taken) in parent._taken)
        {
            _taken.TryAdd(page, taken);
        }
    }

    /// <summary>Pages moved to other addresses, those that are swapped out as well.</summary>
    public void Move(AddressRange from, VirtualAddress to)
    {
        foreach (ulong page in _taken.Keys)
        {
            if (from.Contains(VirtualAddress.OfPage(page)) && _taken.TryRemove(page, out bool taken))
            {
                _taken.TryAdd(page - from.Start.PageNumber + to.PageNumber, taken);
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
    public void Dispose() => _subscription?.Dispose();
}
