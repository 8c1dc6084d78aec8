namespace MmuNotifiers.Lab.Checking;

/// <summary>An address space goes away.</summary>
internal sealed class ExitOperation : ScenarioOperation
{
    internal override string Text => IsInChild ? "Exit() of the child" : "Exit()";

    internal override OperationOutcome Run(ScenarioRun run, ThreadState thread)
    {
        if (run.SpaceOf(this) is not { } space)
        {
            return OperationOutcome.Skipped("no child");
        }

        run.Exit(space);
        return OperationOutcome.Done;
    }
}
