namespace MmuNotifiers.Swap.Tests;

/// <summary>A file that fails where a test says so, in front of a real one, and counts what is asked of it.</summary>
internal sealed class ScriptedPageFile(IPageFile file) : IPageFile
{
    /// <summary>How each write of a page ends, by its slot; null is as the file does.</summary>
    internal Func<long, PageFileError> OnWrite { get; set; } = static _ => PageFileError.None;

    /// <summary>How each read of a page ends, by its slot.</summary>
    internal Func<long, PageFileError> OnRead { get; set; } = static _ => PageFileError.None;

    /// <summary>How many pages each call for writing had.</summary>
    internal List<int> Writes { get; } = [];

    /// <summary>How many pages each call for reading had.</summary>
    internal List<int> Reads { get; } = [];

    /// <summary>The holes that were made: first slot and slots.</summary>
    internal List<(long Slot, long Slots)> Holes { get; } = [];

    /// <inheritdoc/>
    public int Alignment => file.Alignment;

    /// <inheritdoc/>
    public PageFileResult Write(long offset, ReadOnlySpan<nint> buffers)
    {
        Writes.Add(buffers.Length);
        return Transfer(offset, buffers, OnWrite, file.Write);
    }

    /// <inheritdoc/>
    public PageFileResult Read(long offset, ReadOnlySpan<nint> buffers)
    {
        Reads.Add(buffers.Length);
        return Transfer(offset, buffers, OnRead, file.Read);
    }

    /// <inheritdoc/>
    public bool TryPunchHole(long offset, long bytes)
    {
        Holes.Add((SlotOf(offset), bytes >> Page.Shift));
        return file.TryPunchHole(offset, bytes);
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    internal static long SlotOf(long offset) => (offset - PageFiles.HeaderBytes) >> Page.Shift;

    private static PageFileResult Transfer(
        long offset, ReadOnlySpan<nint> buffers, Func<long, PageFileError> endOf, Func<long, ReadOnlySpan<nint>, PageFileResult> transfer)
    {
        for (int page = 0; page < buffers.Length; page++)
        {
            if (endOf(SlotOf(offset) + page) is not PageFileError.None and var error)
            {
                PageFileResult before = page == 0 ? default : transfer(offset, buffers[..page]);
                return new PageFileResult(before.Pages, error, "as the test says");
            }
        }

        return transfer(offset, buffers);
    }
}
