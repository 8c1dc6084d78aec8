using MmuNotifiers.Secondary;

namespace MmuNotifiers.Lab.Checking;

/// <summary>A secondary MMU of a scenario, before it is made.</summary>
/// <param name="Attach">Makes it over a primary.</param>
/// <param name="AddDevice">Makes a device of what <paramref name="Attach"/> made.</param>
internal sealed record ScenarioSecondary(Func<IPrimaryMmu, object> Attach, Func<object, ISecondaryDevice> AddDevice)
{
    /// <summary>Whether an operation attaches it, instead of the setup.</summary>
    internal bool IsLate { get; init; }
}
