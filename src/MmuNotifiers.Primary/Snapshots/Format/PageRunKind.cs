namespace MmuNotifiers.Primary;

/// <summary>What the pages of a run are.</summary>
internal enum PageRunKind
{
    /// <summary>Their bytes lie in slots, one after the other.</summary>
    Stored = 1,

    /// <summary>Guards.</summary>
    Guard = 2,

    /// <summary>Pages of the object one after the other, but other ones than the area says.</summary>
    Nonlinear = 3,
}
