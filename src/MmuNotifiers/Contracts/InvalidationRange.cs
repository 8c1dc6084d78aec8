namespace MmuNotifiers;

/// <summary>
/// What a bracket is about: the addresses whose translations change between its start and its end, and why.
/// It covers everything that changes, side effects included; it may be wider than the change and is never narrower.
/// </summary>
public readonly struct InvalidationRange
{
    /// <summary>An <see cref="IMappedArea"/>, a list of several, or null.</summary>
    private readonly object? _areas;

    /// <summary>Describes a bracket.</summary>
    /// <param name="range">The addresses, page aligned and not empty.</param>
    /// <param name="reason">Why they are invalidated.</param>
    /// <param name="area">The area that contains the whole range, where there is exactly one.</param>
    /// <param name="owner">Who causes the bracket; a subscriber may skip brackets that it owns (migration, exclusive access).</param>
    public InvalidationRange(AddressRange range, InvalidationEvent reason, IMappedArea? area = null, object? owner = null)
    {
        Range = range;
        Event = reason;
        _areas = area;
        Owner = owner;
        IsBlockable = true;
    }

    /// <summary>Describes a bracket over several areas.</summary>
    /// <param name="range">The addresses, page aligned and not empty.</param>
    /// <param name="reason">Why they are invalidated.</param>
    /// <param name="areas">
    /// Every area of which a part lies in the range, in ascending order, as it was before the change. Not changed until the bracket has ended.
    /// </param>
    public InvalidationRange(AddressRange range, InvalidationEvent reason, IReadOnlyList<IMappedArea> areas)
    {
        ArgumentNullException.ThrowIfNull(areas);
        Range = range;
        Event = reason;
        _areas = areas.Count == 1 ? areas[0] : areas;
        IsBlockable = true;
    }

    private InvalidationRange(in InvalidationRange other, bool isBlockable)
    {
        this = other;
        IsBlockable = isBlockable;
    }

    private InvalidationRange(in InvalidationRange other, AddressRange range, IMappedArea? area)
    {
        this = other;
        Range = range;
        _areas = area;
    }

    /// <summary>The addresses whose translations change.</summary>
    public AddressRange Range { get; }

    /// <summary>Why they change.</summary>
    public InvalidationEvent Event { get; }

    /// <summary>Whether callbacks may block. When not, a callback that would block must refuse instead.</summary>
    public bool IsBlockable { get; }

    /// <summary>The one area that contains the range, or null where it spans several or none is at hand.</summary>
    public IMappedArea? Area => _areas as IMappedArea;

    /// <summary>How many areas are at hand for <see cref="AreaAt"/>: 0 where nobody looked them up.</summary>
    public int AreaCount => _areas switch
    {
        null => 0,
        IReadOnlyList<IMappedArea> areas => areas.Count,
        _ => 1,
    };

    /// <summary>Who causes the bracket, or null.</summary>
    public object? Owner { get; }

    /// <summary>One of the areas that the range touches, in ascending order, as it was before the change.</summary>
    /// <param name="index">Below <see cref="AreaCount"/>.</param>
    public IMappedArea AreaAt(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, AreaCount);
        return _areas is IReadOnlyList<IMappedArea> areas ? areas[index] : (IMappedArea)_areas!;
    }

    /// <summary>The same bracket, but callbacks may not block.</summary>
    public InvalidationRange NonBlockable() => new(this, isBlockable: false);

    /// <summary>The bracket in one line: <c>Unmap [0x1000, 0x3000)</c>.</summary>
    public override string ToString() => IsBlockable ? $"{Event} {Range}" : $"{Event} {Range}, non-blocking";

    /// <summary>The part of the bracket that lies in a range, which an area may belong to.</summary>
    internal InvalidationRange PartIn(AddressRange range, IMappedArea? area) => new(this, Range.Intersect(range), Area ?? area);
}
