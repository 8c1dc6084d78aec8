namespace MmuNotifiers.Primary;

/// <summary>
/// A run of pages with the same rights and backing (a vma). Immutable: a change replaces the area in the tree, so that a fault
/// that looked one up may go on reading it and finds out by the map sequence that it is gone.
/// </summary>
internal sealed class Area : IMappedArea
{
    /// <summary>The addresses, page aligned.</summary>
    public required AddressRange Range { get; init; }

    /// <summary>What the area allows.</summary>
    public required AccessRights Rights { get; init; }

    /// <summary>Everything else that tells areas apart.</summary>
    public AreaFlags Flags { get; init; }

    /// <summary>What is mapped, or null for private anonymous memory.</summary>
    public ObjectHandle? Handle { get; init; }

    /// <summary>
    /// The page offset of <see cref="Range"/>'s start: in the object, or for private anonymous memory the page number that the
    /// first page had when it was first touched; it stays when the area moves.
    /// </summary>
    public ulong PageOffset { get; init; }

    /// <summary>Whom the area's private pages belong to; null only for shared areas.</summary>
    public AnonymousFamily? Family { get; init; }

    /// <inheritdoc/>
    public bool IsShared => (Flags & AreaFlags.Shared) != 0;

    /// <summary>The object behind the area, or null.</summary>
    internal MemoryObject? Object => Handle?.Object;

    /// <summary>Whether a store makes a private copy.</summary>
    internal bool IsPrivate => !IsShared;

    internal bool Has(AreaFlags flag) => (Flags & flag) != 0;

    /// <summary>The page offset of an address of the area.</summary>
    internal ulong PageOffsetOf(VirtualAddress address) => PageOffset + (address.PageNumber - Range.Start.PageNumber);

    /// <summary>The part of the area between two of its addresses.</summary>
    internal Area Slice(AddressRange range) => With(range, Rights, Flags);

    /// <summary>The part of the area between two of its addresses, with other rights and flags.</summary>
    internal Area With(AddressRange range, AccessRights rights, AreaFlags flags) => new()
    {
        Range = range,
        Rights = rights,
        Flags = flags,
        Handle = Handle,
        PageOffset = PageOffset + (range.Start.PageNumber - Range.Start.PageNumber),
        Family = Family,
    };
}
