using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary.Rdma;

/// <summary>
/// A memory region: what of an address space the card may use, and how. Got from <see cref="CardContext.Register"/>. It pins
/// nothing and need not be mapped; a page is translated when it is used. Disposing it takes the memory back from the card.
/// </summary>
public sealed class MemoryRegion : IDisposable
{
    /// <summary>Whether the region was disposed. Written once; read in sections of accesses.</summary>
    private bool _isClosed;

    internal MemoryRegion(CardContext context, AddressRange range, AccessRights rights)
    {
        Context = context;
        Range = range;
        Rights = rights;
    }

    /// <summary>The address space.</summary>
    public CardContext Context { get; }

    /// <summary>The addresses.</summary>
    public AddressRange Range { get; }

    /// <summary>What the card may do to them, whatever the process may.</summary>
    public AccessRights Rights { get; }

    /// <summary>Whether it is over. Final inside a section: who saw it open there is waited for.</summary>
    internal bool IsClosed => Shared.Read(in _isClosed, this);

    /// <summary>Whether the card may do this to all of these addresses.</summary>
    internal bool Permits(AddressRange range, AccessRights access) => Range.Contains(range) && (Rights & access) == access;

    /// <summary>
    /// Takes the memory back. On return no access through the region is in flight, and none will start: transfers that are under way end with
    /// <see cref="CompletionStatus.RegionViolation"/>. Idempotent.
    /// </summary>
    public void Dispose()
    {
        if (!Shared.Exchange(ref _isClosed, true, this))
        {
            Context.Remove(this);
        }
    }
}
