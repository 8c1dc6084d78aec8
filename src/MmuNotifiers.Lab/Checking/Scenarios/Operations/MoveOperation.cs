using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Checking;

/// <summary>mremap to a fixed place.</summary>
internal sealed class MoveOperation(int page, int count, int toPage) : ScenarioOperation
{
    internal override string Text => $"Move({ScenarioRun.AddressOf(page)}..{ScenarioRun.AddressOf(page + count)} to {ScenarioRun.AddressOf(toPage)})";

    internal int Page => page;

    internal int Count => count;

    internal int ToPage => toPage;

    internal override OperationOutcome Run(ScenarioRun run, ThreadState thread)
    {
        if (run.SpaceOf(this) is not { } space)
        {
            return OperationOutcome.Skipped("no child");
        }

        AddressRange range = ScenarioRun.RangeOf(page, count);
        return OperationOutcome.Of(space.Move(
            range.Start, range.LengthBytes, range.LengthBytes, MoveFlags.MayMove | MoveFlags.Fixed, ScenarioRun.AddressOf(toPage)).Error);
    }
}
