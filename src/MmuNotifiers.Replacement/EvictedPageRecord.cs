namespace MmuNotifiers.Replacement;

/// <summary>What is remembered of a page that was evicted.</summary>
/// <param name="LastUse">When it was used last.</param>
/// <param name="Interval">How long after the use before; 0 if that is unknown.</param>
/// <param name="EvictedAt">When it was evicted.</param>
/// <param name="Rule">By which rule it was chosen; null if another would have chosen it too.</param>
internal readonly record struct EvictedPageRecord(uint LastUse, uint Interval, uint EvictedAt, VictimRule? Rule);
