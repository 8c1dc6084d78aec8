using MmuNotifiers.Primary;
using MmuNotifiers.Secondary;
using MmuNotifiers.Secondary.Rdma;

namespace MmuNotifiers.Lab.Replay.Devices;

/// <summary>One secondary MMU on one address space, its one device, and what was found through it.</summary>
internal sealed class AttachedSecondary : IDisposable
{
    private long _accesses;
    private long _compared;
    private long _pagesUsed;
    private long _staleAccesses;
    private long _contentMismatches;

    private AttachedSecondary(SecondaryKind kind, int slot, ISecondaryMmu mmu, CallbackMeter meter, AttachedMmu? attached)
    {
        Attached = attached;
        Kind = kind;
        Slot = slot;
        Mmu = mmu;
        Meter = meter;
        Device = SecondaryFactory.AddDevice(mmu);
    }

    /// <summary>What it is.</summary>
    public SecondaryKind Kind { get; }

    /// <summary>Where in a page its device stores.</summary>
    public int Slot { get; }

    /// <summary>The secondary.</summary>
    public ISecondaryMmu Mmu { get; }

    /// <summary>What it takes for its primary; null where it hangs by itself.</summary>
    public AttachedMmu? Attached { get; }

    /// <summary>The time of its callbacks.</summary>
    public CallbackMeter Meter { get; }

    /// <summary>Its device; used by one thread at a time.</summary>
    public ISecondaryDevice Device { get; }

    /// <summary>Reads and writes of the device.</summary>
    public long Accesses => Volatile.Read(ref _accesses);

    /// <summary>Those of the accesses that had exactly one right outcome, which was compared.</summary>
    public long Compared => Volatile.Read(ref _compared);

    /// <summary>Different pages that the device has used.</summary>
    public long PagesUsed => Volatile.Read(ref _pagesUsed);

    /// <summary>Accesses through a stale translation.</summary>
    public long StaleAccesses => Volatile.Read(ref _staleAccesses);

    /// <summary>Reads that found a wrong value in the right frame.</summary>
    public long ContentMismatches => Volatile.Read(ref _contentMismatches);

    /// <summary>Attaches a secondary of a kind to an address space.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="slot">Where in a page its device stores.</param>
    /// <param name="space">The address space.</param>
    /// <param name="attachment">Where it hangs; null for where it hangs by itself, whatever the hook table.</param>
    /// <param name="prefetch">Whether a card prefetches.</param>
    public static AttachedSecondary Attach(
        SecondaryKind kind, int slot, AddressSpace space, Attachment? attachment, PrefetchPolicy prefetch)
    {
        CallbackMeter meter = new();
        AttachedMmu? attached = attachment?.Attach(space);
        IPrimaryMmu primary = attached ?? (IPrimaryMmu)space;
        ISecondaryMmu mmu = SecondaryFactory.Create(kind, new MeteredPrimary(primary, meter), attachment?.Kind, prefetch);
        return new AttachedSecondary(kind, slot, mmu, meter, attached);
    }

    /// <summary>Counts an access.</summary>
    /// <param name="usesNewPage">Whether the device had not used the page before.</param>
    public void CountAccess(bool usesNewPage)
    {
        Interlocked.Increment(ref _accesses);
        if (usesNewPage)
        {
            Interlocked.Increment(ref _pagesUsed);
        }
    }

    /// <summary>Counts an access whose outcome was compared.</summary>
    public void CountCompared() => Interlocked.Increment(ref _compared);

    /// <summary>Counts a stale access.</summary>
    public void CountStale() => Interlocked.Increment(ref _staleAccesses);

    /// <summary>Counts a wrong value.</summary>
    public void CountMismatch() => Interlocked.Increment(ref _contentMismatches);

    /// <inheritdoc/>
    public void Dispose()
    {
        Mmu.Dispose();
        Attached?.Dispose();
    }
}
