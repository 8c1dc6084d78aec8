namespace MmuNotifiers.Secondary.Registration;

/// <summary>Where the cache's notifiers hang, and the retry protocol that goes with it. No lock of the cache is held unless said so.</summary>
internal abstract class RegionAttachment : IDisposable
{
    /// <summary>The place in one or two words.</summary>
    internal abstract string Name { get; }

    /// <summary>Sees to it that brackets over a region are told, from now on.</summary>
    /// <returns>False if the address space was released.</returns>
    internal abstract bool TryWatch(RegisteredRegion region);

    /// <summary>Ends that. May wait for brackets over the region.</summary>
    internal abstract void Unwatch(RegisteredRegion region);

    /// <summary>Begins a look-up; see <see cref="IMirrorTarget.TryReadBegin"/>.</summary>
    internal abstract ulong ReadBegin(RegisteredRegion region, AddressRange range);

    /// <summary>Whether a bracket collided with a look-up. Under the cache's lock.</summary>
    internal abstract bool MustRetry(RegisteredRegion region, AddressRange range, ulong sequence);

    /// <summary>Ends what hangs on the whole of the address space. Waits for open brackets.</summary>
    public virtual void Dispose()
    {
    }
}
