namespace MmuNotifiers.Lab.Checking;

/// <summary>make_device_exclusive, owned by a secondary MMU.</summary>
internal sealed class ExclusiveOperation(int page, int count, int secondary) : ScenarioOperation
{
    internal override string Text => $"MakeExclusive({ScenarioRun.AddressOf(page)}..{ScenarioRun.AddressOf(page + count)})";

    internal override OperationOutcome Run(ScenarioRun run, ThreadState thread)
    {
        if (run.Secondary(secondary) is not { } owner)
        {
            return OperationOutcome.Skipped("not attached");
        }

        RangeFaultResult result = run.Space.MakeExclusive(ScenarioRun.RangeOf(page, count), owner, new FrameNumber[count]);
        return result.Succeeded ? OperationOutcome.Done : OperationOutcome.Skipped(result.Result.ToString());
    }
}
