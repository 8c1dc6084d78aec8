namespace MmuNotifiers.Lab.Checking;

/// <summary>A secondary MMU subscribes.</summary>
internal sealed class AttachOperation(int secondary) : ScenarioOperation
{
    internal override string Text => secondary == 0 ? "Attach()" : $"Attach({secondary})";

    internal override OperationOutcome Run(ScenarioRun run, ThreadState thread)
    {
        run.Attach(secondary);
        return OperationOutcome.Done;
    }
}
