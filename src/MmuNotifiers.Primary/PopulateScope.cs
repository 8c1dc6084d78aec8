namespace MmuNotifiers.Primary;

/// <summary>What a failure to fault a page in means to whoever populates a range.</summary>
internal enum PopulateScope
{
    /// <summary>Nothing: as many areas as can be are populated (MAP_POPULATE).</summary>
    Everything,

    /// <summary>The end: mlock reports it.</summary>
    Locked,
}
