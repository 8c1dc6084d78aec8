using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace MmuNotifiers.Primary;

/// <summary>Up to three areas side by side, without an allocation.</summary>
internal struct AreaTriple
{
    private Slots _slots;
    private int _count;

    /// <summary>The areas in ascending order.</summary>
    [UnscopedRef]
    internal readonly ReadOnlySpan<Area> Areas => ((ReadOnlySpan<Area>)_slots)[.._count];

    internal void Add(Area area) => _slots[_count++] = area;

    internal void AddIfAny(Area? area)
    {
        if (area is not null)
        {
            Add(area);
        }
    }

    [InlineArray(3)]
    private struct Slots
    {
        private Area _first;
    }
}
