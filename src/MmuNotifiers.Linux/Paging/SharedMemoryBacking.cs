namespace MmuNotifiers.Linux;

/// <summary>
/// Pages of a memory file, mapped twice: in the window, where faults are reported, and beside it, where this library touches the bytes.
/// </summary>
/// <remarks>
/// The two mappings have page tables of their own. Write protection and reports are the window's; a page of the file is reached through the second mapping
/// only while it is resident, so that no access there makes a page.
/// <para>
/// Uses: the window's translations are dropped (MADV_DONTNEED leaves the file's pages, and the marks of write protection, where they are), and those that are
/// there at the next look were used since. Whoever uses a page meanwhile pays a fault in the kernel, since the window is not registered for minor faults:
/// none of this library's.
/// </para>
/// </remarks>
internal sealed class SharedMemoryBacking : PageBacking
{
    private readonly FileDescriptor _file;
    private readonly MemoryMapping _alias;
    private readonly PageMap _map = new();
    private readonly NativePages[] _bytes;
    private readonly PageRegion[] _regions = new PageRegion[256];
    private readonly bool _protects;
    private bool _knowsUses;

    internal SharedMemoryBacking(FileDescriptor file, MemoryMapping window, Userfault faults, PagedMemoryOptions options)
        : base(window, faults)
    {
        _file = file;
        _protects = options.Mutation != PagingMutation.EvictsWithoutProtection;
        _knowsUses = options.AsksKernel;
        _alias = MemoryMapping.Shared(file, window.LengthBytes);
        LinuxException.ThrowIfFailed(Libc.Advise(_alias.Address, _alias.LengthBytes, Libc.AdviseDontFork), "madvise(MADV_DONTFORK)", _alias.Range);
        _bytes = NativePages.Cover(_alias);
        faults.Register(window.Range, UserfaultMode.Missing | UserfaultMode.WriteProtect);
    }

    /// <inheritdoc/>
    internal override bool KnowsUses => _knowsUses;

    /// <inheritdoc/>
    internal override bool IsShared => true;

    /// <inheritdoc/>
    internal override nint BytesOf(VirtualAddress page) => _alias.Address + (nint)(page - Window.Range.Start);

    /// <inheritdoc/>
    internal override EvictionBatch CreateBatch(int capacity) => new(capacity, staging: null);

    /// <inheritdoc/>
    internal override void TakeAway(EvictionBatch batch, int first, int end) => ProtectTaken(batch, first, end, skips: !_protects);

    /// <inheritdoc/>
    internal override Memory<byte> TakenBytes(EvictionBatch batch, int index) => NativePages.Of(_bytes, batch.Items[index].Page);

    /// <inheritdoc/>
    internal override void Drop(EvictionBatch batch)
    {
        for (int run = 0, next; run < batch.Count; run = next)
        {
            next = run + 1;
            if (batch.Items[run].Fate != EvictionFate.Leaves)
            {
                continue;
            }

            while (next < batch.Count && batch.Items[next].Fate == EvictionFate.Leaves && batch.Items[next].Page == batch.Items[next - 1].Page + 1)
            {
                next++;
            }

            Cut(RunOf(batch, run, next));
        }
    }

    /// <inheritdoc/>
    internal override void PutBack(EvictionBatch batch, int index) => Faults.Unprotect(AddressRange.OfPage(AddressOf(batch.Items[index].Page)));

    /// <inheritdoc/>
    internal override void Release(EvictionBatch batch)
    {
    }

    /// <inheritdoc/>
    /// <remarks>A hole in the file takes the page from both mappings, and with it the mark of write protection; poison is a mark in the window alone.</remarks>
    internal override void Discard(AddressRange pages)
    {
        Cut(pages);
        Forget(pages);
    }

    /// <inheritdoc/>
    internal override void CollectUses(PageUseVisitor visitor)
    {
        for (AddressRange rest = Window.Range; !rest.IsEmpty;)
        {
            int count = _map.FindPresent(rest, _regions, out VirtualAddress next);
            if (count < 0)
            {
                _knowsUses = false;
                return;
            }

            foreach (PageRegion region in _regions.AsSpan(0, count))
            {
                visitor(region.Range);
            }

            rest = new AddressRange(next, rest.End);
        }

        Forget(Window.Range);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _map.Dispose();
        _alias.Dispose();
        _file.Dispose();
    }

    private void Cut(AddressRange pages) => LinuxException.ThrowIfFailed(
        Libc.Allocate(_file, Libc.PunchHole, (long)(pages.Start - Window.Range.Start), (long)pages.LengthBytes), "fallocate(PUNCH_HOLE)", pages);
}
