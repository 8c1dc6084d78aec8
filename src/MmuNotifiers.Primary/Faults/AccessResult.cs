namespace MmuNotifiers.Primary;

/// <summary>How one access of a CPU went.</summary>
/// <param name="Result">Success, or the signal that it ends in.</param>
/// <param name="Kind">What it took; <see cref="FaultKind.None"/> if there was no fault, or it ended in a signal.</param>
public readonly record struct AccessResult(FaultResult Result, FaultKind Kind)
{
    /// <summary>Whether the access went through.</summary>
    public bool Succeeded => Result == FaultResult.Success;

    /// <summary>An access that went through after a fault.</summary>
    internal static AccessResult Of(FaultKind kind) => new(FaultResult.Success, kind);

    /// <summary>An access that ended in a signal.</summary>
    internal static AccessResult Refused(FaultResult result) => new(result, FaultKind.None);
}
