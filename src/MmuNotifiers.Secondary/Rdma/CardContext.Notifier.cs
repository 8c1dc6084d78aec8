using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary.Rdma;

/// <summary>What the notifier's callbacks come down to, wherever it hangs.</summary>
public sealed partial class CardContext
{
    // Guarded by the card's lock.
    private long _callbacks;
    private long _usefulCallbacks;
    private long _pagesNamed;
    private long _pagesInvalidated;
    private long _flushes;

    /// <inheritdoc cref="IMmuNotifier.InvalidateRangeStart"/>
    internal bool Start(AddressRange range, bool mayBlock)
    {
        if (!Card.TryEnter(mayBlock))
        {
            return false;
        }

        Brackets.Start(range);
        int dropped = Card.DropLocked(this, range);
        FlushLocked(range);
        _callbacks++;
        _usefulCallbacks += dropped > 0 ? 1 : 0;
        _pagesNamed += (long)range.Pages;
        _pagesInvalidated += dropped;
        Card.Exit();
        return true;
    }

    /// <inheritdoc cref="IMmuNotifier.InvalidateRangeEnd"/>
    internal void End(bool mayBlock)
    {
        Card.EnterOrSpin(mayBlock);
        Brackets.End();
        Card.Exit();
    }

    /// <summary>Opens a bracket over everything that never ends.</summary>
    internal void StopMirroring()
    {
        using SharedLock.Scope scope = Card.EnterScope();
        if (!_released)
        {
            Shared.Write(ref _released, true, this);
            Brackets.Start(AddressRange.All);
            Card.DropLocked(this, AddressRange.All);
            FlushLocked(AddressRange.All);
        }
    }

    /// <summary>
    /// Takes rights away that the pages are about to lose; on return no access in flight uses them. More rights are left to the first
    /// store, or to an update: the ptes have not changed yet.
    /// </summary>
    internal void ChangeProtection(AddressRange range, AccessRights rights)
    {
        if ((rights & AccessRights.Write) != 0)
        {
            return;
        }

        using SharedLock.Scope scope = Card.EnterScope();
        if (rights == AccessRights.None)
        {
            _pagesInvalidated += Card.DropLocked(this, range);
        }
        else
        {
            Card.WriteProtectLocked(this, range);
        }

        FlushLocked(range);
    }

    /// <summary>
    /// Drops what was used, so that its next use is seen. No wait for the queues: the translations stay true.
    /// </summary>
    /// <returns>Whether anything was.</returns>
    internal bool Age(AddressRange range)
    {
        using SharedLock.Scope scope = Card.EnterScope();
        return Card.DropUsedLocked(this, range) > 0;
    }

    /// <summary>As <see cref="Age(AddressRange)"/>, page by page.</summary>
    internal void Age(scoped in AgeQuery query)
    {
        using SharedLock.Scope scope = Card.EnterScope();
        Card.DropUsedLocked(this, in query);
    }

    /// <summary>Whether the card has used a page and may use it again without anybody knowing.</summary>
    internal bool IsYoung(VirtualAddress address)
    {
        using SharedLock.Scope scope = Card.EnterScope();
        return Card.Tlb.Find(CardTag.Of(Number, address)) is { IsPresent: true, WasNeverUsed: false };
    }

    private void FlushLocked(AddressRange range) => _flushes += Card.AwaitLocked(range) ? 1 : 0;
}
