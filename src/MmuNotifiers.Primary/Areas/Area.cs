using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>
/// A run of pages with the same rights and backing (a vma). Immutable but for <see cref="Family"/>: a change replaces the area in the
/// tree, so that a fault that looked one up may go on reading it and finds out by the map sequence that it is gone.
/// </summary>
internal sealed class Area : IMappedArea
{
    /// <summary>Set once, under the map lock; read without.</summary>
    private AnonymousFamily? _family;

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

    /// <summary>
    /// Whom the area's private pages belong to; null as long as none was ever made, and for shared areas. The first fault that is to make
    /// one sees to it, see <see cref="Join"/>: most areas go without any.
    /// </summary>
    public AnonymousFamily? Family
    {
        get => Shared.Read(in _family, this);
        init => _family = value;
    }

    /// <summary>
    /// Set at fork in areas of the child that share pages of their family with the parent: one token for all that comes of the
    /// area by splitting. Areas with different tokens do not merge, nor does one that has a token with one without pages.
    /// </summary>
    public object? Lineage { get; init; }

    /// <inheritdoc/>
    public bool IsShared => (Flags & AreaFlags.Shared) != 0;

    /// <summary>The object behind the area, or null.</summary>
    internal MemoryObject? Object => Handle?.Object;

    /// <summary>Whether a store makes a private copy.</summary>
    internal bool IsPrivate => !IsShared;

    /// <summary>Whether there is no object behind the area.</summary>
    internal bool IsAnonymous => Handle is null;

    /// <summary>Whether mprotect may grant stores: not for a shared mapping of a handle that was opened for reading.</summary>
    internal bool MayWrite => IsPrivate || Handle is null || (Handle.Access & AccessRights.Write) != 0;

    /// <summary>Whether private pages were ever made in the area. No holds as long as the map lock is held, yes for ever.</summary>
    internal bool HasPrivatePages => Family is not null;

    /// <summary>Where what is placed below the area must end: a stack keeps a gap free.</summary>
    internal VirtualAddress StartWithGuard(ulong guardPages)
    {
        ulong guardBytes = Has(AreaFlags.GrowsDown) ? guardPages << Page.Shift : 0;
        return Range.Start.Value < guardBytes ? VirtualAddress.Zero : Range.Start - guardBytes;
    }

    internal bool Has(AreaFlags flag) => (Flags & flag) != 0;

    /// <summary>The page offset of an address of the area.</summary>
    internal ulong PageOffsetOf(VirtualAddress address) => PageOffset + (address.PageNumber - Range.Start.PageNumber);

    /// <summary>The part of the area between two of its addresses.</summary>
    internal Area Slice(AddressRange range) => With(range, Rights, Flags);

    /// <summary>
    /// Private pages of the area belong to a family from here on, which has it attached already. The map lock is held, and the area has none
    /// yet. Pairs with the load in <see cref="Family"/>: who sees the family may make pages of it.
    /// </summary>
    internal void Join(AnonymousFamily family) => Shared.Write(ref _family, family, this);

    /// <summary>
    /// The part of the area between two of its addresses, with other rights and flags; or the area stretched to a range around
    /// it.
    /// </summary>
    internal Area With(AddressRange range, AccessRights rights, AreaFlags flags) => new()
    {
        Range = range,
        Rights = rights,
        Flags = flags,
        Handle = Handle,
        PageOffset = PageOffset + (range.Start.PageNumber - Range.Start.PageNumber),
        Family = Family,
        Lineage = Lineage,
    };
}
