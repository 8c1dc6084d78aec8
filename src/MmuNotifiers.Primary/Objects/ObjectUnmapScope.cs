namespace MmuNotifiers.Primary;

/// <summary>Which ptes of an area go when its object loses pages.</summary>
internal enum ObjectUnmapScope
{
    /// <summary>Those that show the object's own pages; private copies stay. For a punched hole.</summary>
    SharedOnly,

    /// <summary>Private copies too. For a truncation: there is no such page any more.</summary>
    All,
}
