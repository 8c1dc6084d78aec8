namespace MmuNotifiers.Secondary;

/// <summary>What <see cref="MirrorLoop.Fault"/> achieved.</summary>
/// <param name="Result">Success, or why the first page that failed did.</param>
/// <param name="Pages">How many pages from the start of the range were installed.</param>
/// <param name="Retries">How many look-ups were thrown away because a bracket had collided with them.</param>
public readonly record struct MirrorResult(FaultResult Result, int Pages, int Retries);
