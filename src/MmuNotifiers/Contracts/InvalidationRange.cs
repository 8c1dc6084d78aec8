namespace MmuNotifiers;

/// <summary>
/// What a bracket is about: the addresses whose translations change between its start and its end, and why.
/// It covers everything that changes, side effects included; it may be wider than the change and is never narrower.
/// </summary>
public readonly struct InvalidationRange
{
    /// <summary>Describes a bracket.</summary>
    /// <param name="range">The addresses, page aligned and not empty.</param>
    /// <param name="reason">Why they are invalidated.</param>
    /// <param name="area">The area that contains the whole range, where there is exactly one.</param>
    /// <param name="owner">Who causes the bracket; a subscriber may skip brackets that it owns (migration, exclusive access).</param>
    public InvalidationRange(AddressRange range, InvalidationEvent reason, IMappedArea? area = null, object? owner = null)
    {
        Range = range;
        Event = reason;
        Area = area;
        Owner = owner;
        IsBlockable = true;
    }

    private InvalidationRange(in InvalidationRange other, bool isBlockable)
    {
        this = other;
        IsBlockable = isBlockable;
    }

    /// <summary>The addresses whose translations change.</summary>
    public AddressRange Range { get; }

    /// <summary>Why they change.</summary>
    public InvalidationEvent Event { get; }

    /// <summary>Whether callbacks may block. When not, a callback that would block must refuse instead.</summary>
    public bool IsBlockable { get; }

    /// <summary>The one area that contains the range, or null where it spans several or none is at hand.</summary>
    public IMappedArea? Area { get; }

    /// <summary>Who causes the bracket, or null.</summary>
    public object? Owner { get; }

    /// <summary>The same bracket, but callbacks may not block.</summary>
    public InvalidationRange NonBlockable() => new(this, isBlockable: false);

    /// <summary>The bracket in one line: <c>Unmap [0x1000, 0x3000)</c>.</summary>
    public override string ToString() => IsBlockable ? $"{Event} {Range}" : $"{Event} {Range}, non-blocking";
}
