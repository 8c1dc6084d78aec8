namespace MmuNotifiers.Lab.Checking;

/// <summary>Pages of a scenario that are mapped by one call.</summary>
/// <param name="Kind">What they are.</param>
/// <param name="First">The number of the first.</param>
/// <param name="Pages">How many.</param>
/// <param name="Rights">What the area allows.</param>
internal sealed record PageGroup(PageGroupKind Kind, int First, int Pages, AccessRights Rights);
