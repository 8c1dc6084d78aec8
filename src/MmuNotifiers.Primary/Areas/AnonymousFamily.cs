using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>
/// The areas, in one address space and those forked from it, that can map the same private pages: the root of the reverse
/// mapping of anonymous frames. A frame knows its family and its page offset; the family knows, for each address space, by
/// which distances its areas lie away from their page offsets; so the candidates for a frame are few and each is checked by
/// its pte.
/// </summary>
internal sealed class AnonymousFamily
{
    private readonly SharedLock _lock = new();

    /// <summary>Guarded by the lock.</summary>
    private readonly List<Placement> _placements = [];

    /// <summary>Set once, by the first fault.</summary>
    private bool _hasPages;

    /// <summary>Whether a page of the family was ever made: areas of families that both have pages do not merge.</summary>
    internal bool HasPages => Shared.Read(in _hasPages, this);

    /// <summary>Called by a fault before it locks the leaf and checks the map sequence again.</summary>
    internal void MarkHasPages()
    {
        if (!Shared.Read(in _hasPages, this))
        {
            Shared.Write(ref _hasPages, true, this);
        }
    }

    /// <summary>An area of the family entered an address space. Called under that space's map lock.</summary>
    internal void Attach(AddressSpace space, Area area)
    {
        ulong distance = DistanceOf(area);
        using SharedLock.Scope held = _lock.EnterScope();
        int index = Find(space, distance);
        if (index < 0)
        {
            _placements.Add(new Placement(space, distance, Areas: 1));
        }
        else
        {
            _placements[index] = _placements[index] with { Areas = _placements[index].Areas + 1 };
        }
    }

    /// <summary>The same area left it, or was replaced.</summary>
    internal void Detach(AddressSpace space, Area area)
    {
        ulong distance = DistanceOf(area);
        using SharedLock.Scope held = _lock.EnterScope();
        int index = Find(space, distance);
        InvariantViolationException.ThrowIf(index < 0, $"The area {area.Range} leaves a family that it never entered.");
        Placement placement = _placements[index] with { Areas = _placements[index].Areas - 1 };
        if (placement.Areas == 0)
        {
            _placements.RemoveAt(index);
        }
        else
        {
            _placements[index] = placement;
        }
    }

    /// <summary>Where a page of the family may be mapped: an upper bound, to be checked against area and pte.</summary>
    internal (AddressSpace Space, VirtualAddress Address)[] Candidates(ulong pageOffset)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        return [.. _placements.Select(placement => (placement.Space, VirtualAddress.OfPage(pageOffset + placement.DistancePages)))];
    }

    private static ulong DistanceOf(Area area) => area.Range.Start.PageNumber - area.PageOffset;

    private int Find(AddressSpace space, ulong distance) =>
        _placements.FindIndex(placement => placement.DistancePages == distance && ReferenceEquals(placement.Space, space));

    /// <summary>That areas of the family lie in a space at one distance (modulo 2^64) from their page offsets.</summary>
    private readonly record struct Placement(AddressSpace Space, ulong DistancePages, int Areas);
}
