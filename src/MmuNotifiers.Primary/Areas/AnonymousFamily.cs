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
    /// <summary>The lock over the placements: nothing blocks under it.</summary>
    private int _lock;

    /// <summary>The placement that came first and is in use as long as the count is not zero. Guarded by the lock.</summary>
    private Placement _first;

    /// <summary>Placements beside the first, with how many areas each has; most families have none. Guarded by the lock.</summary>
    private Dictionary<(AddressSpace Space, ulong DistancePages), int>? _others;

    /// <summary>How many of its pages are read along with one.</summary>
    internal ReadAheadWindow ReadAhead { get; } = new();

    /// <summary>Whether two areas of one address space count as one for the reverse mapping.</summary>
    internal static bool AreAtOneDistance(Area one, Area other) =>
        ReferenceEquals(one.Family, other.Family) && DistanceOf(one) == DistanceOf(other);

    /// <summary>An area of the family entered an address space. Called under that space's map lock.</summary>
    internal void Attach(AddressSpace space, Area area) => Count(space, DistanceOf(area), 1);

    /// <summary>The same area left it, or was replaced.</summary>
    internal void Detach(AddressSpace space, Area area)
    {
        bool wasThere = Count(space, DistanceOf(area), -1);
        InvariantViolationException.ThrowIf(!wasThere, $"The area {area.Range} leaves a family that it never entered.");
    }

    /// <summary>Where a page of the family may be mapped: an upper bound, to be checked against area and pte.</summary>
    internal Mapping[] Candidates(ulong pageOffset)
    {
        List<Mapping> found = [];
        Candidates(pageOffset, found);
        return [.. found];
    }

    /// <summary>Lists the same, without an allocation when warm.</summary>
    internal void Candidates(ulong pageOffset, List<Mapping> found)
    {
        SharedSpinLock.Enter(ref _lock, this);
        if (_first.Areas > 0)
        {
            found.Add(new Mapping(_first.Space, VirtualAddress.OfPage(pageOffset + _first.DistancePages)));
        }

        if (_others is not null)
        {
            foreach ((AddressSpace space, ulong distance) in _others.Keys)
            {
                found.Add(new Mapping(space, VirtualAddress.OfPage(pageOffset + distance)));
            }
        }

        SharedSpinLock.Exit(ref _lock, this);
    }

    /// <returns>False if there would be fewer than no areas.</returns>
    private bool Count(AddressSpace space, ulong distance, int change)
    {
        SharedSpinLock.Enter(ref _lock, this);
        bool isFirst = _first.Areas > 0 && _first.DistancePages == distance && ReferenceEquals(_first.Space, space);
        bool isNew = !isFirst && change > 0 && _first.Areas == 0 && _others is null;
        bool succeeded = true;
        if (isFirst || isNew)
        {
            _first = isNew ? new Placement(space, distance, 1) : _first with { Areas = _first.Areas + change };
        }
        else
        {
            succeeded = CountOther((space, distance), change);
        }

        SharedSpinLock.Exit(ref _lock, this);
        return succeeded;
    }

    private bool CountOther((AddressSpace Space, ulong DistancePages) place, int change)
    {
        _others ??= [];
        int areas = _others.GetValueOrDefault(place) + change;
        if (areas > 0)
        {
            _others[place] = areas;
        }
        else
        {
            _others.Remove(place);
        }

        return areas >= 0;
    }

    private static ulong DistanceOf(Area area) => area.Range.Start.PageNumber - area.PageOffset;

    /// <summary>That areas of the family lie in a space at one distance (modulo 2^64) from their page offsets.</summary>
    private readonly record struct Placement(AddressSpace Space, ulong DistancePages, int Areas);
}
