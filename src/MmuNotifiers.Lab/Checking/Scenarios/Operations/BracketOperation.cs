namespace MmuNotifiers.Lab.Checking;

/// <summary>A bracket in which nothing changes.</summary>
internal sealed class BracketOperation(int page, int count, InvalidationEvent reason, bool isBlockable) : ScenarioOperation
{
    internal override string Text =>
        $"{(isBlockable ? "Bracket" : "TryBracket")} {reason}({ScenarioRun.AddressOf(page)}..{ScenarioRun.AddressOf(page + count)})";

    internal override OperationOutcome Run(ScenarioRun run, ThreadState thread)
    {
        InvalidationRange range = new(ScenarioRun.RangeOf(page, count), reason);
        if (isBlockable)
        {
            using InvalidationScope bracket = run.Space.Subscriptions.Invalidate(in range);
            return OperationOutcome.Done;
        }

        bool opened = run.Space.Subscriptions.TryInvalidate(in range, out InvalidationScope scope);
        scope.Dispose();
        return opened ? OperationOutcome.Done : OperationOutcome.Skipped("refused");
    }
}
