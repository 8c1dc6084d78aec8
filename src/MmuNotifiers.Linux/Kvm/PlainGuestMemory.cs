namespace MmuNotifiers.Linux.Kvm;

/// <summary>Anonymous memory that the kernel pages as it likes: what a guest has without this library.</summary>
internal sealed unsafe class PlainGuestMemory : IGuestMemory, IDisposable
{
    private readonly MemoryMapping _mapping;

    /// <summary>Maps zeroed memory.</summary>
    /// <param name="pages">How many pages of 4 KiB; at least 1.</param>
    public PlainGuestMemory(long pages)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pages, 1);
        _mapping = MemoryMapping.Anonymous((nuint)pages << Page.Shift);
    }

    /// <inheritdoc/>
    public AddressRange Range => _mapping.Range;

    /// <inheritdoc/>
    public bool TryRead(VirtualAddress address, Span<byte> destination)
    {
        At(address, destination.Length).CopyTo(destination);
        return true;
    }

    /// <inheritdoc/>
    public bool TryWrite(VirtualAddress address, ReadOnlySpan<byte> source)
    {
        source.CopyTo(At(address, source.Length));
        return true;
    }

    /// <inheritdoc/>
    public void Discard(AddressRange range)
    {
        if (!Range.Contains(range))
        {
            throw new ArgumentOutOfRangeException(nameof(range), $"{range} is not inside {Range}.");
        }

        _ = LinuxException.ThrowIfFailed(
            Libc.Advise((nint)range.Start.Value, (nuint)range.LengthBytes, Libc.AdviseDontNeed), "madvise(MADV_DONTNEED)", range);
    }

    /// <inheritdoc/>
    /// <remarks>The kernel loses no page of it without ending the process.</remarks>
    public void WatchLostPages(Action<VirtualAddress> watcher)
    {
    }

    /// <inheritdoc/>
    public void UnwatchLostPages(Action<VirtualAddress> watcher)
    {
    }

    /// <inheritdoc/>
    public void Dispose() => _mapping.Dispose();

    private Span<byte> At(VirtualAddress address, int bytes)
    {
        if (!Range.Contains(AddressRange.FromLength(address, (ulong)bytes)))
        {
            throw new ArgumentOutOfRangeException(nameof(address), $"{bytes} bytes at {address} are not inside {Range}.");
        }

        // SAFETY: inside the mapping, which lives as long as this object does.
        return new Span<byte>((void*)address.Value, bytes);
    }
}
