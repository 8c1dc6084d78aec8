namespace MmuNotifiers;

/// <summary>What <see cref="IPrimaryMmu.FaultRange"/> achieved.</summary>
/// <param name="Result">Success, or why the first page that failed did.</param>
/// <param name="Pages">How many pages from the start of the range were faulted in and reported.</param>
public readonly record struct RangeFaultResult(FaultResult Result, int Pages)
{
    /// <summary>Whether all pages were faulted in.</summary>
    public bool Succeeded => Result == FaultResult.Success;
}
