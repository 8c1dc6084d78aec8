using System.Runtime.InteropServices;

namespace MmuNotifiers.Lab.Checking;

/// <summary>Ends the pins of a thread.</summary>
internal sealed class UnpinOperation : ScenarioOperation
{
    internal override string Text => "Unpin()";

    internal override OperationOutcome Run(ScenarioRun run, ThreadState thread)
    {
        run.Space.Unpin(CollectionsMarshal.AsSpan(thread.Pins));
        thread.Pins.Clear();
        return OperationOutcome.Done;
    }
}
