using Microsoft.Win32.SafeHandles;

namespace MmuNotifiers.Swap;

/// <summary>A file through what .NET has on every system. Where one page of a run fails, how far the run came is found out page by page.</summary>
internal sealed unsafe class PortablePageFile(SafeFileHandle handle) : IPageFile
{
    private const int DiskFull = unchecked((int)0x80070070);
    private const int HandleDiskFull = unchecked((int)0x80070027);

    /// <inheritdoc/>
    public int Alignment => 1;

    /// <inheritdoc/>
    public PageFileResult Write(long offset, ReadOnlySpan<nint> buffers)
    {
        int pages = 0;
        try
        {
            for (; pages < buffers.Length; pages++)
            {
                RandomAccess.Write(handle, BytesOf(buffers[pages]), offset + ((long)pages << Page.Shift));
            }

            return new PageFileResult(pages, PageFileError.None, Reason: null);
        }
        catch (IOException problem) when (problem.HResult is DiskFull or HandleDiskFull)
        {
            return new PageFileResult(pages, PageFileError.NoSpace, problem.Message);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            return new PageFileResult(pages, PageFileError.Failed, problem.Message);
        }
    }

    /// <inheritdoc/>
    public PageFileResult Read(long offset, ReadOnlySpan<nint> buffers)
    {
        int pages = 0;
        try
        {
            for (; pages < buffers.Length; pages++)
            {
                if (!TryFill(BytesOf(buffers[pages]), offset + ((long)pages << Page.Shift)))
                {
                    return new PageFileResult(pages, PageFileError.EndOfFile, "the file ends there");
                }
            }

            return new PageFileResult(pages, PageFileError.None, Reason: null);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return new PageFileResult(pages, PageFileError.Failed, problem.Message);
        }
    }

    /// <inheritdoc/>
    public bool TryPunchHole(long offset, long bytes) => false;

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();

    private bool TryFill(Span<byte> page, long offset)
    {
        while (page.Length > 0)
        {
            int read = RandomAccess.Read(handle, page, offset);
            if (read == 0)
            {
                return false;
            }

            page = page[read..];
            offset += read;
        }

        return true;
    }

    // SAFETY: each buffer is one pinned page.
    private static Span<byte> BytesOf(nint buffer) => new((void*)buffer, Page.SizeBytes);
}
