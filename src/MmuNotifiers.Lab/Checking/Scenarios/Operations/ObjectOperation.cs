using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Checking;

/// <summary>An object of the scenario loses pages.</summary>
internal sealed class ObjectOperation(string text, int objectNumber, int firstPage, int count, Func<MemoryObject, Errno> call) : ScenarioOperation
{
    internal override string Text => text;

    internal int Object => objectNumber;

    internal int FirstPage => firstPage;

    internal int Count => count;

    /// <summary>Whether the pages are gone, rather than zero.</summary>
    internal bool IsTruncation => count == int.MaxValue;

    internal override OperationOutcome Run(ScenarioRun run, ThreadState thread) => OperationOutcome.Of(call(run.Objects[objectNumber]));
}
