namespace MmuNotifiers.Linux;

/// <summary>Private anonymous pages.</summary>
/// <remarks>
/// Where the kernel can move pages (Linux 6.8), one goes in a single step: before it, stores reach the page in the window; after it, the page lies in a
/// private place of the batch, and a store faults.
/// <code>
///   thread of the window                 evictor
///   store 1: in the page
///                                        UFFDIO_MOVE: page to the batch's place
///   store 2: faults; waits               writes the page with store 1
///                                        swapped; wakes
///   fetched with store 1; store 2
/// </code>
/// Elsewhere it is write-protected first, written from where it lies, and dropped: whoever stores meanwhile waits.
/// </remarks>
internal sealed class AnonymousBacking : PageBacking
{
    private readonly bool _moves;
    private readonly bool _protects;
    private readonly NativePages[] _bytes;

    internal AnonymousBacking(MemoryMapping window, Userfault faults, PagedMemoryOptions options)
        : base(window, faults)
    {
        _moves = (faults.Features & UserfaultFeatures.Move) != 0;
        _protects = options.Mutation != PagingMutation.EvictsWithoutProtection;
        _bytes = NativePages.Cover(window);
        faults.Register(window.Range, UserfaultMode.Missing | UserfaultMode.WriteProtect);
    }

    /// <inheritdoc/>
    internal override bool KnowsUses => false;

    /// <inheritdoc/>
    internal override bool IsShared => false;

    /// <inheritdoc/>
    internal override nint BytesOf(VirtualAddress page) => (nint)page.Value;

    /// <inheritdoc/>
    internal override EvictionBatch CreateBatch(int capacity)
    {
        if (!_moves)
        {
            return new EvictionBatch(capacity, staging: null);
        }

        MemoryMapping staging = MemoryMapping.Anonymous((nuint)capacity << Page.Shift);
        LinuxException.ThrowIfFailed(Libc.Advise(staging.Address, staging.LengthBytes, Libc.AdviseDontFork), "madvise(MADV_DONTFORK)", staging.Range);

        // The kernel moves pages only to where the same userfaultfd would be asked for them.
        Faults.Register(staging.Range, UserfaultMode.Missing);
        return new EvictionBatch(capacity, staging);
    }

    /// <inheritdoc/>
    internal override void TakeAway(EvictionBatch batch, int first, int end)
    {
        if (!_moves)
        {
            ProtectTaken(batch, first, end, skips: !_protects);
            return;
        }

        for (int run = first, next; run < end; run = next)
        {
            next = batch.EndOfLikeRun(run, end);
            if (batch.Items[run].IsClean)
            {
                SetFate(batch.Items[run..next], EvictionFate.Taken);
            }
            else
            {
                Move(batch, run, next);
            }
        }
    }

    /// <inheritdoc/>
    internal override Memory<byte> TakenBytes(EvictionBatch batch, int index) =>
        batch.StagedBytes is { } staged ? staged.Of(index) : NativePages.Of(_bytes, batch.Items[index].Page);

    /// <inheritdoc/>
    internal override void Drop(EvictionBatch batch)
    {
        for (int run = 0, next; run < batch.Count; run = next)
        {
            next = batch.EndOfLikeRun(run, batch.Count);
            if (batch.Items[run].Fate == EvictionFate.Leaves && (!_moves || batch.Items[run].IsClean))
            {
                Forget(RunOf(batch, run, next));
            }
        }
    }

    /// <inheritdoc/>
    internal override void PutBack(EvictionBatch batch, int index)
    {
        AddressRange page = AddressRange.OfPage(AddressOf(batch.Items[index].Page));
        if (!_moves)
        {
            Faults.Unprotect(page);
            return;
        }

        AddressRange staged = AddressRange.OfPage(PlaceOf(batch, index));
        if (Faults.Move(page.Start, staged, out int error) == 1)
        {
            return;
        }

        // Whoever wrote it to a medium from where it lies may hold on to it a moment longer than the store says. Its bytes can be copied all the same.
        if (error != Errno.Busy || Faults.Copy(page.Start, (nint)staged.Start.Value, isProtected: false) != CopyResult.Filled)
        {
            throw new LinuxException("ioctl(UFFDIO_MOVE)", error, page);
        }
    }

    /// <inheritdoc/>
    internal override void Release(EvictionBatch batch)
    {
        if (batch.Staging is { } staging)
        {
            Forget(AddressRange.FromPages(staging.Range.Start, (ulong)batch.Count));
        }
    }

    /// <inheritdoc/>
    internal override void Discard(AddressRange pages) => Forget(pages);

    /// <inheritdoc/>
    internal override void CollectUses(PageUseVisitor visitor)
    {
    }

    private static void SetFate(Span<EvictedItem> items, EvictionFate fate)
    {
        foreach (ref EvictedItem item in items)
        {
            item.Fate = fate;
        }
    }

    private static VirtualAddress PlaceOf(EvictionBatch batch, int index) => batch.Staging!.Range.Start + ((ulong)index << Page.Shift);

    private void Move(EvictionBatch batch, int first, int end)
    {
        while (first < end)
        {
            int moved = Faults.Move(PlaceOf(batch, first), RunOf(batch, first, end), out int error);
            SetFate(batch.Items.Slice(first, moved), EvictionFate.Taken);
            first += moved;
            if (first == end)
            {
                return;
            }

            batch.Items[first].Fate = error switch
            {
                Errno.Busy => EvictionFate.Stays,
                Errno.NoEntry => EvictionFate.Absent,
                _ => throw new LinuxException("ioctl(UFFDIO_MOVE)", error, RunOf(batch, first, first + 1)),
            };
            first++;
        }
    }
}
