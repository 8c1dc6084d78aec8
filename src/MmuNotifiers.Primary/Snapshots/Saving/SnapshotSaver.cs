using System.Globalization;

namespace MmuNotifiers.Primary;

/// <summary>
/// Saves a copy of an address space that nobody else uses, and empties it on the way: a page that is saved is shared no more, so that the original's
/// next store to it copies nothing.
/// </summary>
internal sealed class SnapshotSaver : IAsyncDisposable
{
    /// <summary>How many pages are written together, at most: 1 MiB.</summary>
    private const int MaxBatchPages = 256;

    private readonly AddressSpace _copy;
    private readonly PhysicalMemory _memory;
    private readonly SnapshotImage _image = new();
    private readonly SnapshotContents _contents;
    private readonly AddressRangeSet _softDirtyCleared;
    private readonly IProgress<SnapshotProgress>? _progress;

    /// <summary>Slots of pages that several ptes share, which hold a reference here for as long as this is known.</summary>
    private readonly Dictionary<FrameNumber, long> _mergedSlots = [];

    private PageBatch _filling;
    private PageBatch _writing;
    private Task _write = Task.CompletedTask;
    private long _donePages;
    private long _totalPages;

    private SnapshotSaver(AddressSpace copy, SnapshotSaveOptions options, IProgress<SnapshotProgress>? progress)
    {
        _copy = copy;
        _memory = copy.Memory;
        _progress = progress;
        _image.Id = Guid.NewGuid();
        _image.SavedAt = DateTimeOffset.UtcNow;
        _contents = copy.Describe(_image, options);
        _softDirtyCleared = _contents.SoftDirtyCleared;
        int batch = (int)Math.Clamp(_memory.FrameCount / 16, 1, MaxBatchPages);
        _filling = new PageBatch(_memory, batch);
        _writing = new PageBatch(_memory, batch);
    }

    /// <summary>Takes the moment: copies an address space, which may go on when this returns.</summary>
    /// <exception cref="SnapshotException">It has something that cannot be saved, or cannot be copied.</exception>
    internal static SnapshotSaver Begin(AddressSpace space, SnapshotSaveOptions options, IProgress<SnapshotProgress>? progress)
    {
        AddressSpace copy = space.ForkFor(ForkMode.Snapshot) ?? throw new SnapshotException(
            space.IsReaped ? "the address space was reaped: what its pages were is not known any more" : "there are not enough frames to copy the pages that are pinned");
        try
        {
            return new SnapshotSaver(copy, options, progress);
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    /// <summary>Writes the snapshot.</summary>
    /// <returns>What it holds.</returns>
    internal async Task<SnapshotSummary> WriteAsync(ISnapshotSink sink, CancellationToken cancellationToken)
    {
        AddressSpaceStatistics statistics = _copy.GetStatistics();
        _totalPages = statistics.AnonymousPages + statistics.SwappedPages + _contents.SharedPages();
        await sink.WriteAsync([SnapshotEncoder.Header(_image)], cancellationToken).ConfigureAwait(false);
        List<TakenPage> taken = [];
        foreach (Area area in _contents.Areas)
        {
            for (VirtualAddress position = area.Range.Start; _copy.TakePages(area, ref position, taken);)
            {
                await StoreAsync(area, taken, sink, cancellationToken).ConfigureAwait(false);
            }
        }

        for (int number = 0; number < _contents.Objects.Count; number++)
        {
            if (_contents.Objects[number] is SharedMemoryObject shared)
            {
                await StoreAsync(shared, (uint)number, sink, cancellationToken).ConfigureAwait(false);
            }
        }

        await FlushAsync(sink, cancellationToken).ConfigureAwait(false);
        await _write.ConfigureAwait(false);
        _image.SoftDirtyCleared.AddRange(_softDirtyCleared.Ranges);
        await sink.WriteAsync([SnapshotEncoder.Tail(_image)], cancellationToken).ConfigureAwait(false);
        return new SnapshotSummary(
            _image.Areas.Count,
            _image.Areas.Aggregate(0UL, static (pages, area) => pages + area.Range.Pages),
            _image.Checksums.Count,
            sink.Length);
    }

    /// <inheritdoc/>
    /// <remarks>Waits for the write that is under way, whatever becomes of it: it uses frames.</remarks>
    public async ValueTask DisposeAsync()
    {
        await _write.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _filling.Clear();
        _writing.Clear();
        foreach (FrameNumber frame in _mergedSlots.Keys)
        {
            _memory.Put(frame);
        }

        _copy.Dispose();
    }

    private async Task StoreAsync(Area area, List<TakenPage> taken, ISnapshotSink sink, CancellationToken cancellationToken)
    {
        int next = 0;
        try
        {
            while (next < taken.Count)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (Store(area, taken[next++]) && _filling.IsFull)
                {
                    await FlushAsync(sink, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch
        {
            taken[next..].ForEach(Drop);
            throw;
        }

        taken.Clear();
        Report();
    }

    /// <summary>Notes a page, whose reference is dropped, or goes to the batch.</summary>
    /// <returns>Whether its bytes went to the batch.</returns>
    private bool Store(Area area, TakenPage page)
    {
        if (page.Pte.IsSoftDirty)
        {
            _softDirtyCleared.Remove(AddressRange.OfPage(VirtualAddress.OfPage(page.Page)));
        }

        switch (page.Pte.Kind)
        {
            case PteKind.Guard:
                _image.Add(new PageRun(SnapshotFormat.None, PageRunKind.Guard, page.Page, 1, 0));
                return false;
            case PteKind.Nonlinear:
                _image.Add(new PageRun(SnapshotFormat.None, PageRunKind.Nonlinear, page.Page, 1, page.Pte.Payload));
                return false;
            case PteKind.Swap:
                _donePages++;
                return Store(area, page, BringIn(page));
            default:
                _donePages++;
                return Store(area, page, page.Pte.Frame);
        }
    }

    private bool Store(Area area, TakenPage page, FrameNumber frame)
    {
        if (_mergedSlots.TryGetValue(frame, out long known))
        {
            _image.Add(new PageRun(SnapshotFormat.None, PageRunKind.Stored, page.Page, 1, (ulong)known));
            _memory.Put(frame);
            return false;
        }

        Span<byte> bytes = _memory.Bytes(frame);
        if (area.IsAnonymous && !bytes.ContainsAnyExcept((byte)0))
        {
            _memory.Put(frame);
            return false;
        }

        long slot = _image.Checksums.Count;
        _image.Checksums.Add(PageChecksum.Of(bytes));
        _image.Add(new PageRun(SnapshotFormat.None, PageRunKind.Stored, page.Page, 1, (ulong)slot));
        if (page.IsMerged)
        {
            _memory.Frames.Get(frame);
            _mergedSlots.Add(frame, slot);
        }

        _filling.Add(frame);
        return true;
    }

    /// <summary>The frame of an evicted page, with a reference; the page's own on its slot is dropped.</summary>
    private FrameNumber BringIn(TakenPage page)
    {
        FaultResult result = _memory.Swap.Read(page.Pte.SwapEntry, window: null, out FrameNumber frame);
        _memory.Swap.Drop(page.Pte.SwapEntry);
        return result == FaultResult.Success ? frame : throw new SnapshotException(string.Create(
            CultureInfo.InvariantCulture, $"the page at {VirtualAddress.OfPage(page.Page)} was evicted and cannot be brought in ({result})"));
    }

    private void Drop(TakenPage page)
    {
        if (page.Pte.IsSwap)
        {
            _memory.Swap.Drop(page.Pte.SwapEntry);
        }
        else if (page.Pte.IsPresent)
        {
            _memory.Put(page.Pte.Frame);
        }
    }

    private async Task StoreAsync(SharedMemoryObject shared, uint number, ISnapshotSink sink, CancellationToken cancellationToken)
    {
        foreach (ulong page in shared.PagesWithContent())
        {
            cancellationToken.ThrowIfCancellationRequested();
            Store(shared, number, page);
            _donePages++;
            if (_filling.IsFull)
            {
                await FlushAsync(sink, cancellationToken).ConfigureAwait(false);
                Report();
            }
        }

        Report();
    }

    /// <summary>Stores a page of shared memory as it is now: others may store to it meanwhile, so what is written and summed up is a copy.</summary>
    private void Store(SharedMemoryObject shared, uint number, ulong page)
    {
        Span<byte> bytes = _filling.RoomForCopy().Span;
        FaultResult result = shared.CopyPage(page, bytes);
        if (result == FaultResult.BusError && page >= Page.Count(shared.SizeBytes))
        {
            // The object shrank meanwhile.
            return;
        }

        if (result != FaultResult.Success)
        {
            throw new SnapshotException(string.Create(CultureInfo.InvariantCulture, $"page {page} of shared memory cannot be brought in ({result})"));
        }

        if (bytes.ContainsAnyExcept((byte)0))
        {
            _image.Add(new PageRun(number, PageRunKind.Stored, page, 1, (ulong)_image.Checksums.Count));
            _image.Checksums.Add(PageChecksum.Of(bytes));
            _filling.AddCopy();
        }
    }

    /// <summary>Begins to write what has come together, once what was written before is.</summary>
    private async Task FlushAsync(ISnapshotSink sink, CancellationToken cancellationToken)
    {
        await _write.ConfigureAwait(false);
        _writing.Clear();
        (_filling, _writing) = (_writing, _filling);
        if (!_writing.IsEmpty)
        {
            _write = sink.WriteAsync(_writing.Bytes, cancellationToken);
        }
    }

    private void Report() => _progress?.Report(new SnapshotProgress(_donePages, Math.Max(_totalPages, _donePages), _image.Checksums.Count));
}
