namespace MmuNotifiers.Replacement;

/// <summary>How one attempt to take pages away went.</summary>
/// <param name="Freed">How many frames became free.</param>
/// <param name="Chosen">How many pages were to go.</param>
/// <param name="Recent">How many were left alone because they had just come.</param>
internal readonly record struct ReclaimStep(int Freed, int Chosen, int Recent);
