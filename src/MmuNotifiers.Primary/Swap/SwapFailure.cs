namespace MmuNotifiers.Primary;

/// <summary>A page that a swap store could not take or give. Nothing is lost by a write that failed: the page stays in memory.</summary>
/// <param name="Operation">What was tried.</param>
/// <param name="Store">The store's name.</param>
/// <param name="Slot">The slot.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Detail">What the store says of it, in one line.</param>
public readonly record struct SwapFailure(SwapOperation Operation, string Store, long Slot, SwapOutcome Outcome, string Detail)
{
    /// <summary>In one line: <c>write of slot 17 to file: NoSpace (/swap: no space left)</c>.</summary>
    public override string ToString() =>
        $"{(Operation == SwapOperation.Write ? $"write of slot {Slot} to" : $"read of slot {Slot} from")} {Store}: {Outcome} ({Detail})";
}
