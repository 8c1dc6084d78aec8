namespace MmuNotifiers;

/// <summary>What <see cref="NotifierSubscriptions"/> has counted since it was made.</summary>
/// <param name="Brackets">Brackets that were opened, those included that were refused or told nobody.</param>
/// <param name="Callbacks">Calls of a start: one for each subscriber that a bracket told.</param>
/// <param name="Pages">The pages of the bracket, summed over these calls; a release, which names every page, is left out.</param>
/// <param name="Refusals">Brackets that a subscriber refused, so that the operation did not happen.</param>
/// <param name="Updates">Calls of <see cref="IUpdateNotifier"/>.</param>
/// <param name="TlbFlushes">Calls of <see cref="ISecondaryTlb"/>.</param>
/// <param name="AgingCalls">Calls of <see cref="IAgingNotifier"/>.</param>
/// <param name="Time">The time spent in dispatch and callbacks of brackets, if it is measured.</param>
public readonly record struct NotifierStatistics(
    long Brackets, long Callbacks, long Pages, long Refusals, long Updates, long TlbFlushes, long AgingCalls, TimeSpan Time);
