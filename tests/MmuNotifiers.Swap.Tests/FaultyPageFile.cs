namespace MmuNotifiers.Swap.Tests;

/// <summary>
/// A medium that fails at random beneath a <see cref="FileSwapStore"/>: errors of single pages, a full file system, transfers that end early, and
/// writes that are said to be done and tore the page, went elsewhere or nowhere. Safe for several threads.
/// </summary>
internal sealed class FaultyPageFile(IPageFile file, int seed) : IPageFile
{
    private readonly Lock _gate = new();

    // Guarded by _gate.
    private readonly Random _random = new(seed);
    private readonly HashSet<long> _damaged = [];

    private int _failedWrites;
    private int _fullWrites;
    private int _failedReads;
    private int _brokenWrites;

    /// <summary>Whether it fails at all.</summary>
    internal bool IsFaulty { get; set; } = true;

    internal int FailedWrites => _failedWrites;

    internal int FullWrites => _fullWrites;

    internal int FailedReads => _failedReads;

    /// <summary>Writes that were said to be done, and were not.</summary>
    internal int BrokenWrites => _brokenWrites;

    /// <inheritdoc/>
    public int Alignment => file.Alignment;

    /// <summary>Whether a slot does not hold what was last said to be written.</summary>
    internal bool IsDamaged(long slot)
    {
        lock (_gate)
        {
            return _damaged.Contains(slot);
        }
    }

    /// <inheritdoc/>
    public PageFileResult Write(long offset, ReadOnlySpan<nint> buffers)
    {
        int draw = Draw();
        switch (draw)
        {
            case < 20:
                Interlocked.Increment(ref _failedWrites);
                return Shorter(offset, buffers, PageFileError.Failed, isWrite: true);
            case < 40:
                Interlocked.Increment(ref _fullWrites);
                return Shorter(offset, buffers, PageFileError.NoSpace, isWrite: true);
            case < 50:
                return Break(offset, buffers, draw);
            default:
                Heal(offset, buffers.Length);
                return file.Write(offset, buffers);
        }
    }

    /// <inheritdoc/>
    public PageFileResult Read(long offset, ReadOnlySpan<nint> buffers)
    {
        if (Draw() >= 40)
        {
            return file.Read(offset, buffers);
        }

        Interlocked.Increment(ref _failedReads);
        return Shorter(offset, buffers, PageFileError.Failed, isWrite: false);
    }

    /// <inheritdoc/>
    public bool TryPunchHole(long offset, long bytes) => file.TryPunchHole(offset, bytes);

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    /// <summary>A number below a thousand; above all faults when there are to be none.</summary>
    private int Draw()
    {
        lock (_gate)
        {
            return IsFaulty ? _random.Next(1000) : 999;
        }
    }

    /// <summary>Transfers some pages and fails at the next.</summary>
    private PageFileResult Shorter(long offset, ReadOnlySpan<nint> buffers, PageFileError error, bool isWrite)
    {
        int pages;
        lock (_gate)
        {
            pages = _random.Next(buffers.Length);
        }

        if (pages > 0)
        {
            Heal(offset, isWrite ? pages : 0);
            PageFileResult result = isWrite ? file.Write(offset, buffers[..pages]) : file.Read(offset, buffers[..pages]);
            if (result.Error != PageFileError.None)
            {
                return result;
            }
        }

        return new PageFileResult(pages, error, "as the dice said");
    }

    /// <summary>Says that all is written, having written half of the first page, the second's bytes in its place, or nothing.</summary>
    private unsafe PageFileResult Break(long offset, ReadOnlySpan<nint> buffers, int draw)
    {
        Interlocked.Increment(ref _brokenWrites);
        Heal(offset, buffers.Length);
        lock (_gate)
        {
            _damaged.Add(ScriptedPageFile.SlotOf(offset));
        }

        byte* page = stackalloc byte[2 * Page.SizeBytes];
        page += -(nint)page & (Page.SizeBytes - 1);
        new Span<byte>(page, Page.SizeBytes).Fill((byte)draw);
        ReadOnlySpan<byte> right = new((void*)buffers[0], Page.SizeBytes);
        right[..(Page.SizeBytes / 2)].CopyTo(new Span<byte>(page, Page.SizeBytes));
        nint[] broken = [.. buffers];
        broken[0] = draw % 3 == 0 && buffers.Length > 1 ? buffers[1] : (nint)page;
        return file.Write(offset, broken);
    }

    private void Heal(long offset, int pages)
    {
        lock (_gate)
        {
            for (int page = 0; page < pages; page++)
            {
                _damaged.Remove(ScriptedPageFile.SlotOf(offset) + page);
            }
        }
    }
}
