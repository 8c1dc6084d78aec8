namespace MmuNotifiers.Linux.Kvm;

/// <summary>Memory that this library pages, as a guest's. The memory stays its owner's.</summary>
internal sealed class PagedGuestMemory(PagedMemory memory) : IGuestMemory
{
    /// <inheritdoc/>
    public AddressRange Range => memory.Range;

    /// <inheritdoc/>
    public bool TryRead(VirtualAddress address, Span<byte> destination) => memory.TryRead(address, destination);

    /// <inheritdoc/>
    public bool TryWrite(VirtualAddress address, ReadOnlySpan<byte> source) => memory.TryWrite(address, source);

    /// <inheritdoc/>
    public void Discard(AddressRange range) => memory.Discard(range);

    /// <inheritdoc/>
    public void WatchLostPages(Action<VirtualAddress> watcher) => memory.WatchLostPages(watcher);

    /// <inheritdoc/>
    public void UnwatchLostPages(Action<VirtualAddress> watcher) => memory.UnwatchLostPages(watcher);
}
