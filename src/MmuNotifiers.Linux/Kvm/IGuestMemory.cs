namespace MmuNotifiers.Linux.Kvm;

/// <summary>
/// Memory of this process that guests can have as theirs. The monitor's own code never touches it by a pointer: it may be memory whose faults are
/// served by managed code of this process, and a managed thread that waits for such a fault can keep the garbage collector waiting for ever. Guests,
/// system calls and the members below may touch it. All members are safe to call from any thread.
/// </summary>
internal interface IGuestMemory
{
    /// <summary>Where it lies in this process, page aligned.</summary>
    AddressRange Range { get; }

    /// <summary>Copies bytes out of it. May block until a page is brought in.</summary>
    /// <param name="address">An address of this process; with the length inside <see cref="Range"/>.</param>
    /// <param name="destination">Receives the bytes; undefined if the answer is false.</param>
    /// <returns>False if a page is lost: its store did not give it back.</returns>
    bool TryRead(VirtualAddress address, Span<byte> destination);

    /// <summary>Copies bytes into it. May block until a page is brought in.</summary>
    /// <param name="address">An address of this process; with the length inside <see cref="Range"/>.</param>
    /// <param name="source">The bytes.</param>
    /// <returns>False if a page is lost; then some of the bytes may have been written.</returns>
    bool TryWrite(VirtualAddress address, ReadOnlySpan<byte> source);

    /// <summary>Gives pages up: from now on they read as zeroes, and the guest faults on them anew.</summary>
    /// <param name="range">Page aligned, inside <see cref="Range"/>.</param>
    void Discard(AddressRange range);

    /// <summary>Has a machine told of pages whose bytes are lost; native code that touches one waits until the machine takes it out of there.</summary>
    /// <param name="watcher">Gets an address of this process; must not block.</param>
    void WatchLostPages(Action<VirtualAddress> watcher);

    /// <summary>Takes back one <see cref="WatchLostPages"/>.</summary>
    void UnwatchLostPages(Action<VirtualAddress> watcher);
}
