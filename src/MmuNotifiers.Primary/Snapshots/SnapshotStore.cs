using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace MmuNotifiers.Primary;

/// <summary>
/// The pages of a snapshot as a swap store that is only read: a page that comes in is compared with its checksum, so that a page that is corrupt in
/// the file is <see cref="SwapOutcome.Corrupt"/> by itself. Reads block the caller's thread.
/// </summary>
internal sealed class SnapshotStore : ISwapStore
{
    /// <summary>How many neighbouring pages are read by one call at most.</summary>
    private const int MaxRun = 64;

    [ThreadStatic]
    private static Memory<byte>[]? Buffers;

    private readonly SafeFileHandle _handle;
    private readonly string _file;
    private readonly uint[] _checksums;

    /// <summary>Serves the pages of an open snapshot.</summary>
    /// <param name="handle">The file; the caller closes it.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="checksums">One for each slot.</param>
    internal SnapshotStore(SafeFileHandle handle, string file, uint[] checksums)
    {
        _handle = handle;
        _file = file;
        _checksums = checksums;
    }

    /// <inheritdoc/>
    public string Name => "snapshot";

    /// <inheritdoc/>
    public long SlotCount => _checksums.Length;

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">Always: a snapshot is only read.</exception>
    public ValueTask WriteAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException($"{_file} is a snapshot, which is only read.");

    /// <inheritdoc/>
    public ValueTask ReadAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default)
    {
        Read(transfers.Span);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void Discard(ReadOnlySpan<long> slots)
    {
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>As <see cref="ReadAsync"/>.</summary>
    internal void Read(Span<SwapTransfer> pages)
    {
        while (!pages.IsEmpty)
        {
            int run = RunLength(pages);
            ReadRun(pages[..run]);
            pages = pages[run..];
        }
    }

    /// <summary>Compares a slot's bytes with its checksum.</summary>
    /// <returns>Null if they are right; otherwise what is wrong, in one line.</returns>
    private string? Check(long slot, ReadOnlySpan<byte> bytes)
    {
        uint found = PageChecksum.Of(bytes);
        return found == _checksums[slot] ? null : At(slot, string.Create(
            CultureInfo.InvariantCulture, $"expected a page with the checksum 0x{_checksums[slot]:x8}, found 0x{found:x8}"));
    }

    /// <summary>An error message about a slot: file, offset, problem.</summary>
    private string At(long slot, string problem) =>
        string.Create(CultureInfo.InvariantCulture, $"{_file}: at byte {SnapshotFormat.OffsetOfSlot(slot)}: {problem}");

    private static int RunLength(ReadOnlySpan<SwapTransfer> pages)
    {
        int run = 1;
        while (run < pages.Length && run < MaxRun && pages[run].Slot == pages[run - 1].Slot + 1)
        {
            run++;
        }

        return run;
    }

    /// <summary>Reads neighbouring pages.</summary>
    private void ReadRun(Span<SwapTransfer> pages)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(pages[0].Slot);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(pages[^1].Slot, SlotCount);
        try
        {
            long done = pages.Length == 1 ? ReadOne(in pages[0]) : ReadTogether(pages);
            for (int i = 0; i < pages.Length; i++)
            {
                ref SwapTransfer page = ref pages[i];
                bool isWhole = done >= (i + 1L) << Page.Shift;
                page.Detail = isWhole ? Check(page.Slot, page.Bytes.Span) : At(page.Slot, "expected a page, found the end of the file: it was truncated");
                page.Outcome = page.Detail is null ? SwapOutcome.Success : SwapOutcome.Corrupt;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            foreach (ref SwapTransfer page in pages)
            {
                page.Outcome = SwapOutcome.IoError;
                page.Detail = At(page.Slot, error is ObjectDisposedException ? "the snapshot was closed" : error.Message);
            }
        }
    }

    private long ReadOne(in SwapTransfer page)
    {
        Span<byte> bytes = page.Bytes.Span;
        long offset = SnapshotFormat.OffsetOfSlot(page.Slot);
        int done = 0;
        int read;
        do
        {
            read = RandomAccess.Read(_handle, bytes[done..], offset + done);
            done += read;
        }
        while (read > 0 && done < bytes.Length);
        return done;
    }

    /// <summary>One call for all; if it comes back early, page by page.</summary>
    private long ReadTogether(ReadOnlySpan<SwapTransfer> pages)
    {
        Memory<byte>[] buffers = Buffers ??= new Memory<byte>[MaxRun];
        for (int i = 0; i < pages.Length; i++)
        {
            buffers[i] = pages[i].Bytes;
        }

        long whole = (long)pages.Length << Page.Shift;
        long read = RandomAccess.Read(_handle, new ArraySegment<Memory<byte>>(buffers, 0, pages.Length), SnapshotFormat.OffsetOfSlot(pages[0].Slot));
        Array.Clear(buffers, 0, pages.Length);
        if (read == whole)
        {
            return whole;
        }

        long done = 0;
        foreach (ref readonly SwapTransfer page in pages)
        {
            long one = ReadOne(in page);
            done += one;
            if (one < Page.SizeBytes)
            {
                break;
            }
        }

        return done;
    }
}
