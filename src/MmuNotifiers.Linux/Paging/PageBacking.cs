namespace MmuNotifiers.Linux;

/// <summary>
/// What the pages of a window are made of: how one comes in, and how one goes without a store being lost. Decides nothing and keeps no state of pages;
/// whoever calls has the page, as the table of states says.
/// </summary>
internal abstract class PageBacking : IDisposable
{
    private protected PageBacking(MemoryMapping window, Userfault faults)
    {
        Window = window;
        Faults = faults;
        LinuxException.ThrowIfFailed(Libc.Advise(window.Address, window.LengthBytes, Libc.AdviseDontFork), "madvise(MADV_DONTFORK)", window.Range);
    }

    /// <summary>Where native code finds the pages.</summary>
    internal MemoryMapping Window { get; }

    /// <summary>What answers faults.</summary>
    internal Userfault Faults { get; }

    /// <summary>Whether the kernel can say which pages were used.</summary>
    internal abstract bool KnowsUses { get; }

    /// <summary>Whether the window maps what others may map, too.</summary>
    internal abstract bool IsShared { get; }

    /// <summary>Where managed code finds the bytes of a resident page: an address at which it never faults into this library.</summary>
    internal abstract nint BytesOf(VirtualAddress page);

    /// <summary>Makes room to evict into.</summary>
    internal abstract EvictionBatch CreateBatch(int capacity);

    /// <summary>
    /// Sees to it that nobody can change the bytes of pages any more: the window does not have them, or a store waits. Clean pages are so already.
    /// Sets the fate of each.
    /// </summary>
    /// <param name="batch">The pages.</param>
    /// <param name="first">The first of a run of neighbours.</param>
    /// <param name="end">One more than its last.</param>
    internal abstract void TakeAway(EvictionBatch batch, int first, int end);

    /// <summary>The bytes of a page that was taken and is not clean.</summary>
    internal abstract Memory<byte> TakenBytes(EvictionBatch batch, int index);

    /// <summary>Removes the pages from the window whose fate is to leave.</summary>
    internal abstract void Drop(EvictionBatch batch);

    /// <summary>Gives a page back to the window that was taken and is not clean: writable; and wakes who waits for it.</summary>
    internal abstract void PutBack(EvictionBatch batch, int index);

    /// <summary>Frees what a batch still holds; no page of it is on its way.</summary>
    internal abstract void Release(EvictionBatch batch);

    /// <summary>Removes pages, whatever they hold, poison included; whoever touches one next faults.</summary>
    internal abstract void Discard(AddressRange pages);

    /// <summary>
    /// Reports which pages were used since the last call, and begins to watch anew. Only where <see cref="KnowsUses"/>.
    /// </summary>
    internal abstract void CollectUses(PageUseVisitor visitor);

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        Faults.Dispose();
        Window.Dispose();
    }

    /// <summary>Lets pages wait for stores no more, or do, in runs of those that have a fate and are not clean.</summary>
    private protected void ProtectTaken(EvictionBatch batch, int first, int end, bool skips)
    {
        for (int run = first, next; run < end; run = next)
        {
            next = batch.EndOfLikeRun(run, end);
            if (!batch.Items[run].IsClean && !skips)
            {
                Faults.Protect(RunOf(batch, run, next));
            }

            foreach (ref EvictedItem item in batch.Items[run..next])
            {
                item.Fate = EvictionFate.Taken;
            }
        }
    }

    /// <summary>The addresses of a run of neighbours.</summary>
    private protected AddressRange RunOf(EvictionBatch batch, int first, int end) =>
        AddressRange.FromPages(AddressOf(batch.Items[first].Page), (ulong)(end - first));

    private protected VirtualAddress AddressOf(int page) => Window.Range.Start + ((ulong)page << Page.Shift);

    /// <summary>Removes pages of a mapping from it (MADV_DONTNEED).</summary>
    private protected static void Forget(AddressRange range) =>
        LinuxException.ThrowIfFailed(Libc.Advise((nint)range.Start.Value, (nuint)range.LengthBytes, Libc.AdviseDontNeed), "madvise(MADV_DONTNEED)", range);
}
