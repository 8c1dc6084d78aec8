namespace MmuNotifiers.Swap;

/// <summary>
/// The embedded default: one file, a slot a page of it. Neighbouring slots of a batch are written and read by one call of the system; what is read is
/// checked against a checksum that was taken when it was written and is kept in memory, so that torn, misplaced or foreign bytes are
/// <see cref="SwapOutcome.Corrupt"/>.
/// </summary>
/// <remarks>
/// Completes on the caller's thread, which it blocks. A full file system is <see cref="SwapOutcome.NoSpace"/>, for those pages alone that found no
/// room; an error of the medium <see cref="SwapOutcome.IoError"/>; a page that the file does not have any more <see cref="SwapOutcome.Lost"/>.
/// Without <see cref="FileSwapStoreOptions.IsDirect"/> the system acknowledges a write from its page cache, and an error of the medium comes to light
/// when the page is read.
/// </remarks>
public sealed class FileSwapStore : ISwapStore
{
    /// <summary>The most pages of one call, so that what describes them fits on the stack.</summary>
    private const int MostPagesOfRun = 64;

    private readonly IPageFile _file;
    private readonly HoleMaker? _holes;
    private readonly SlotDirectory<FileGroup> _groups;
    private readonly string _path;
    private readonly bool _keepsFile;
    private bool _isDisposed;

    /// <summary>Opens or creates the file.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size is less than a page.</exception>
    /// <exception cref="IOException">The path holds something else, or the system refuses: the message names the path and the reason.</exception>
    /// <exception cref="UnauthorizedAccessException">The system refuses.</exception>
    public FileSwapStore(FileSwapStoreOptions options)
        : this(options, static (options, slotCount) => PageFiles.Open(options, slotCount))
    {
    }

    /// <summary>Makes a store over a file that is opened otherwise.</summary>
    internal FileSwapStore(FileSwapStoreOptions options, Func<FileSwapStoreOptions, long, IPageFile> open)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(options.Path);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.SizeBytes, Page.SizeBytes);
        _groups = new SlotDirectory<FileGroup>(options.SizeBytes >> Page.Shift);
        _path = Path.GetFullPath(options.Path);
        _keepsFile = options.KeepsFile;
        _file = open(options with { Path = _path }, SlotCount);
        _holes = options.IsPreallocated ? null : new HoleMaker(_file);
    }

    /// <inheritdoc/>
    public string Name => "file";

    /// <inheritdoc/>
    public long SlotCount => _groups.SlotCount;

    /// <inheritdoc/>
    public ValueTask WriteAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        SwapTransfers.ThrowIfWrong(transfers.Span, SlotCount);
        for (Span<SwapTransfer> rest = transfers.Span; rest.Length > 0;)
        {
            int pages = cancellationToken.IsCancellationRequested ? Cancel(rest) : WriteRun(rest[..RunOf(rest)]);
            rest = rest[pages..];
        }

        return default;
    }

    /// <inheritdoc/>
    public ValueTask ReadAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        SwapTransfers.ThrowIfWrong(transfers.Span, SlotCount);
        for (Span<SwapTransfer> rest = transfers.Span; rest.Length > 0;)
        {
            int pages = cancellationToken.IsCancellationRequested ? Cancel(rest) : ReadRun(rest[..RunOf(rest)]);
            rest = rest[pages..];
        }

        return default;
    }

    /// <inheritdoc/>
    public void Discard(ReadOnlySpan<long> slots)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        SwapTransfers.ThrowIfOutOfRange(slots, SlotCount);
        foreach (long slot in slots)
        {
            Empty(slot);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        if (_holes is not null)
        {
            await _holes.DisposeAsync().ConfigureAwait(false);
        }

        // Deleted while it is still locked: nobody else has taken it over meanwhile.
        if (!_keepsFile && !OperatingSystem.IsWindows())
        {
            File.Delete(_path);
        }

        _file.Dispose();
        if (!_keepsFile && OperatingSystem.IsWindows())
        {
            File.Delete(_path);
        }
    }

    /// <summary>How many transfers from the first are of neighbouring slots.</summary>
    private static int RunOf(ReadOnlySpan<SwapTransfer> transfers)
    {
        int run = 1;
        while (run < Math.Min(transfers.Length, MostPagesOfRun) && transfers[run].Slot == transfers[0].Slot + run)
        {
            run++;
        }

        return run;
    }

    private static int Cancel(Span<SwapTransfer> transfers)
    {
        foreach (ref SwapTransfer transfer in transfers)
        {
            transfer.End(SwapOutcome.Unavailable, "file store: the wait was cancelled");
        }

        return transfers.Length;
    }

    private static SwapOutcome OutcomeOf(PageFileError error) => error switch
    {
        PageFileError.NoSpace => SwapOutcome.NoSpace,
        PageFileError.EndOfFile => SwapOutcome.Lost,
        _ => SwapOutcome.IoError,
    };

    private static long OffsetOf(long slot) => PageFiles.HeaderBytes + (slot << Page.Shift);

    /// <summary>Forgets what a slot held; the blocks of its group go back if it was the last one in use.</summary>
    private void Empty(long slot)
    {
        if (_groups.Find(slot) is { } group && group.Discard(SlotGroups.IndexOf(slot)))
        {
            _holes?.Queue(group);
        }
    }

    private int WriteRun(Span<SwapTransfer> run)
    {
        foreach (ref SwapTransfer transfer in run)
        {
            _groups.GetOrAdd(transfer.Slot).BeginWrite(transfer.Slot);
        }

        using PinnedRun pinned = new(run, _file.Alignment, PinnedRunUse.Write);
        for (int done = 0; done < run.Length;)
        {
            PageFileResult result = _file.Write(OffsetOf(run[done].Slot), pinned.Addresses[done..run.Length]);
            foreach (ref SwapTransfer transfer in run.Slice(done, result.Pages))
            {
                _groups.GetOrAdd(transfer.Slot).EndWrite(SlotGroups.IndexOf(transfer.Slot), FileGroup.Checksum(transfer.Bytes.Span));
                transfer.Succeed();
            }

            done += result.Pages;
            if (result.Error != PageFileError.None)
            {
                // What failed for one page need not fail for the next: it may have its blocks already.
                Empty(run[done].Slot);
                Fail(ref run[done++], "write", result);
            }
        }

        return run.Length;
    }

    private int ReadRun(Span<SwapTransfer> run)
    {
        using PinnedRun pinned = new(run, _file.Alignment, PinnedRunUse.Read);
        for (int done = 0; done < run.Length;)
        {
            PageFileResult result = _file.Read(OffsetOf(run[done].Slot), pinned.Addresses[done..run.Length]);
            for (int end = done + result.Pages; done < end; done++)
            {
                pinned.CopyBack(done, run[done].Bytes.Span);
                Verify(ref run[done]);
            }

            if (result.Error != PageFileError.None)
            {
                Fail(ref run[done++], "read", result);
            }
        }

        return run.Length;
    }

    private void Verify(ref SwapTransfer transfer)
    {
        int index = SlotGroups.IndexOf(transfer.Slot);
        FileGroup? group = _groups.Find(transfer.Slot);
        if (group is null || !group.IsWritten(index))
        {
            transfer.End(SwapOutcome.Lost, $"{Place(transfer.Slot)}: the slot holds nothing");
        }
        else if (!group.IsIntact(index, transfer.Bytes.Span))
        {
            transfer.End(SwapOutcome.Corrupt, $"{Place(transfer.Slot)}: the bytes are not those that were written, the checksum does not fit");
        }
        else
        {
            transfer.Succeed();
        }
    }

    private void Fail(ref SwapTransfer transfer, string operation, PageFileResult result) =>
        transfer.End(OutcomeOf(result.Error), $"{Place(transfer.Slot)}: {operation} failed: {result.Reason}");

    private string Place(long slot) => $"{_path} at offset 0x{OffsetOf(slot):x}";
}
