namespace MmuNotifiers.Replacement;

/// <summary>How one attempt to take pages away went.</summary>
/// <param name="Freed">How many frames became free.</param>
/// <param name="Chosen">How many pages were to go.</param>
/// <param name="Recent">How many were left alone because they had just come.</param>
/// <param name="Refused">How many stayed because the store or the file refused them.</param>
/// <param name="Passing">How many stayed for a reason that passes, of which nobody tells: somebody used them at that moment.</param>
internal readonly record struct ReclaimStep(int Freed, int Chosen, int Recent, int Refused = 0, int Passing = 0);
