using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Checking;

/// <summary>A call that changes an address space.</summary>
internal sealed class SpaceOperation(
    string name, int page, int count, PageEffect effect, Func<AddressSpace, AddressRange, Errno> call) : ScenarioOperation
{
    internal override string Text => $"{name}({ScenarioRun.AddressOf(page)}..{ScenarioRun.AddressOf(page + count)})";

    internal int Page => page;

    internal int Count => count;

    internal PageEffect Effect => effect;

    internal override OperationOutcome Run(ScenarioRun run, ThreadState thread) => run.SpaceOf(this) is { } space
        ? OperationOutcome.Of(call(space, ScenarioRun.RangeOf(page, count)))
        : OperationOutcome.Skipped("no child");
}
