namespace MmuNotifiers;

/// <summary>
/// What reclaim asks a subscriber: whether its device used pages. A page that only a guest touches has no accessed bit in the
/// primary's tables; without these answers it would be evicted first. Results of all subscribers are OR-ed with the pte's own bit.
/// None of these methods may block; a subscriber without accessed bits drops the translations and answers whether there were any.
/// Implemented on the same object as <see cref="IMmuNotifier"/>, or as <see cref="IIntervalNotifier"/>: then asked about its interval alone.
/// </summary>
public interface IAgingNotifier
{
    /// <summary>Reads and clears the accessed state of the range and flushes cached copies of it, so that the next use is seen.</summary>
    /// <returns>Whether the device used any page of the range since it was last asked.</returns>
    bool ClearFlushYoung(AddressRange range);

    /// <summary>As <see cref="ClearFlushYoung"/>, but may leave cached copies alone: cheaper, and may miss a use that hits one.</summary>
    /// <returns>Whether the device is known to have used any page of the range since it was last asked.</returns>
    bool ClearYoung(AddressRange range);

    /// <summary>
    /// As <see cref="ClearYoung(AddressRange)"/> for many pages, each answered for itself: what an ageing walk over page tables asks, leaf by leaf. A
    /// subscriber implements it where it can do better than one call for each page: one lock, one look at its tables.
    /// </summary>
    /// <param name="query">Which pages are asked about; the answers go there. Pages that it does not ask about stay as they are.</param>
    void ClearYoung(scoped in AgeQuery query)
    {
        for (int page = query.NextAsked(0); page < query.Pages; page = query.NextAsked(page + 1))
        {
            if (ClearYoung(AddressRange.OfPage(query.AddressOf(page))))
            {
                query.MarkYoung(page);
            }
        }
    }

    /// <summary>Reads the accessed state of one page and changes nothing.</summary>
    /// <returns>Whether the device used the page since its state was last cleared.</returns>
    bool TestYoung(VirtualAddress address);
}
