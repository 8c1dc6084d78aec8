namespace MmuNotifiers.Lab.Checking;

/// <summary>A secondary MMU ends its subscription.</summary>
internal sealed class DetachOperation(int secondary) : ScenarioOperation
{
    internal override string Text => secondary == 0 ? "Detach()" : $"Detach({secondary})";

    internal override OperationOutcome Run(ScenarioRun run, ThreadState thread) =>
        run.Detach(secondary) ? OperationOutcome.Done : OperationOutcome.Skipped("not attached");
}
