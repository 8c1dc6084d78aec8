namespace MmuNotifiers.Lab.Checking;

/// <summary>fork.</summary>
internal sealed class ForkOperation : ScenarioOperation
{
    internal override string Text => "Fork()";

    internal override OperationOutcome Run(ScenarioRun run, ThreadState thread) =>
        run.Fork() ? OperationOutcome.Done : OperationOutcome.Skipped("ENOMEM");
}
