namespace MmuNotifiers.Primary;

/// <summary>
/// What private pages and pages of objects do each in a way of their own when they are evicted. What they do alike, and in which order, is
/// in <see cref="EvictionBatch"/>, which has one of each kind and calls it from one thread. No lock is held but perhaps a map lock.
/// </summary>
internal abstract class EvictionKind
{
    /// <summary>
    /// Isolates a page: takes a reference on its frame, and marks it, so that nobody else tries to evict it. A page that cannot go is left alone.
    /// </summary>
    /// <param name="frame">Its frame: a hint, until the reference is taken under a lock that says whose page it is.</param>
    /// <param name="number">The page's number in the batch.</param>
    /// <param name="mappings">Receives where it is mapped, if that is known by now; as it was where the page is left alone.</param>
    /// <param name="page">The page; of one that is left alone only whether it is held (<see cref="EvictedPage.IsHeld"/>).</param>
    /// <returns>Whether it is isolated.</returns>
    internal abstract bool TryIsolate(FrameNumber frame, int number, List<MappedPage> mappings, out EvictedPage page);

    /// <summary>Lists where pages of this kind are mapped that did not know it when they were isolated, and sees which need a slot.</summary>
    /// <param name="pages">All pages of the batch.</param>
    /// <param name="mappings">Receives the mappings.</param>
    internal virtual void FindMappings(Span<EvictedPage> pages, List<MappedPage> mappings)
    {
    }

    /// <summary>A slot was taken for a page, before it is unmapped; the state is <see cref="EvictedPageState.HasSlot"/>.</summary>
    internal virtual void TakeSlot(ref EvictedPage page)
    {
    }

    /// <summary>The mappings of a page are gone that could be revoked: what becomes of it now is in its state.</summary>
    internal virtual void Depart(ref EvictedPage page)
    {
    }

    /// <summary>Writes a page in <see cref="EvictedPageState.NeedsWriteBack"/> to what is behind its object, and lets it depart then. May block.</summary>
    /// <returns>False if it was refused: the page stays.</returns>
    internal virtual bool TryWriteBack(ref EvictedPage page) => true;

    /// <summary>By what reclaim knows a page that is gone without a slot; 0 if nobody will ask for it.</summary>
    internal virtual ulong IdentityOf(in EvictedPage page) => 0;
}
