namespace MmuNotifiers;

/// <summary>
/// Whom a race checker puts beside the subscribers of an address space: it hears of every bracket, whoever is subscribed. Only where checks are
/// made; called by the thread that acts, outside of any lock of the dispatch.
/// </summary>
internal interface IBracketObserver
{
    /// <summary>Every start has returned: from here on translations may change.</summary>
    void Opened(in InvalidationRange range);

    /// <summary>No translation changes any more; the ends are not told yet.</summary>
    void Closed(in InvalidationRange range);

    /// <summary>The primary is about to take rights or its frame from the pte of a page. The lock of its table is held.</summary>
    void Revoked(VirtualAddress page);
}
