using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary.Rdma;

/// <summary>How translations come into the TLB: faults of queues, and prefetch.</summary>
public sealed partial class CardContext
{
    /// <summary>How many pages are prefetched in one look-up.</summary>
    private const int PrefetchBatch = 16;

    /// <summary>The context that the calling thread is faulting a page of, on behalf of a queue.</summary>
    [ThreadStatic]
    private static CardContext? Faulting;

    // Guarded by the card's lock.
    private long _faults;
    private long _failedFaults;
    private long _retries;
    private long _pagesPrefetched;

    /// <summary>Added to without a lock.</summary>
    private long _updates;

    /// <inheritdoc cref="_updates"/>
    private long _faultsSaved;

    /// <summary>Faults a page in for a queue. Outside of a section; may block.</summary>
    internal FaultResult Fault(CardPort port, VirtualAddress address, AccessRights access)
    {
        if (IsTranslated(address, access))
        {
            return FaultResult.Success;
        }

        CardContext? outer = Faulting;
        Faulting = this;
        MirrorResult result;
        try
        {
            Span<Translation> translation = stackalloc Translation[1];
            result = _loop.Fault(port, AddressRange.OfPage(address), access, translation);
        }
        finally
        {
            Faulting = outer;
        }

        using SharedLock.Scope scope = Card.EnterScope();
        _faults++;
        _retries += result.Retries;
        _failedFaults += result.Result == FaultResult.Success ? 0 : 1;
        return result.Result;
    }

    /// <summary>Enters what a fault found, unless a bracket collided with the look-up.</summary>
    internal bool TryInstall(VirtualAddress page, Translation translation, ulong sequence)
    {
        using SharedLock.Scope scope = Card.EnterScope();
        if (Brackets.MustRetry(AddressRange.OfPage(page), sequence))
        {
            return false;
        }

        CardTag tag = CardTag.Of(Number, page);
        tag = (translation.Rights & AccessRights.Write) != 0 ? tag.WithStores() : tag;
        if (!Card.Tlb.Find(tag).IsPresent)
        {
            Card.TryInstallLocked(tag, Primary.FrameAddress(translation.Frame), isHint: false);
        }
        else
        {
            // There for loads only, or prefetched meanwhile: outside of brackets it can only be the same frame.
            Card.Tlb.Update(tag, tag.AllowsStores
                ? static old => old.WithStores().Used(AccessRights.Write)
                : static old => old.Used(AccessRights.Read));
        }

        return true;
    }

    /// <summary>
    /// Loads translations that the primary has just loaded, where they lie in a region: once, by the rules of a fault; if a bracket
    /// collides there is nothing to prefetch any more. What the card itself faulted in is no news to it.
    /// </summary>
    internal void Prefetch(AddressRange range)
    {
        if (Faulting == this || IsReleased)
        {
            return;
        }

        Shared.Add(ref _updates, 1, this);
        foreach (MemoryRegion region in Shared.Read(in _regions, this))
        {
            AddressRange part = region.Range.AlignOutward().Intersect(range);
            while (!part.IsEmpty)
            {
                AddressRange batch = part.Pages > PrefetchBatch ? AddressRange.FromPages(part.Start, PrefetchBatch) : part;
                PrefetchBatchOf(batch);
                part = new AddressRange(batch.End, part.End);
            }
        }
    }

    /// <summary>Notes that a queue found an entry for which it would have had to fault.</summary>
    internal void CountSavedFault() => Shared.Add(ref _faultsSaved, 1, this);

    private void PrefetchBatchOf(AddressRange range)
    {
        ulong sequence = Brackets.Sample();
        if (Brackets.Covers(range))
        {
            return;
        }

        Span<Translation> translations = stackalloc Translation[(int)range.Pages];
        int found = Primary.FaultRange(range, AccessRights.None, translations).Pages;
        using SharedLock.Scope scope = Card.EnterScope();
        if (Brackets.MustRetry(range, sequence))
        {
            _retries++;
            return;
        }

        for (int i = 0; i < found; i++)
        {
            if ((translations[i].Rights & AccessRights.Read) != 0)
            {
                PrefetchLocked(range.Start + ((ulong)i << Page.Shift), translations[i]);
            }
        }
    }

    private void PrefetchLocked(VirtualAddress page, Translation translation)
    {
        CardTag tag = CardTag.Of(Number, page);
        bool allowsStores = (translation.Rights & AccessRights.Write) != 0;
        CardTag present = Card.Tlb.Find(tag);
        if (!present.IsPresent)
        {
            tag = (allowsStores ? tag.WithStores() : tag).Prefetched();
            _pagesPrefetched += Card.TryInstallLocked(tag, Primary.FrameAddress(translation.Frame), isHint: true) ? 1 : 0;
        }
        else if (allowsStores && !present.AllowsStores)
        {
            // One that was never used saves one fault at most, whatever its first use will be.
            bool isCounted = present.WasNeverUsed;
            Card.Tlb.Update(tag, isCounted ? static old => old.WithStores() : static old => old.PrefetchedStores());
            _pagesPrefetched += isCounted ? 0 : 1;
        }
    }

    private bool IsTranslated(VirtualAddress address, AccessRights access)
    {
        using SharedLock.Scope scope = Card.EnterScope();
        CardTag tag = Card.Tlb.Find(CardTag.Of(Number, address));
        return tag.IsPresent && tag.Allows(access);
    }
}
