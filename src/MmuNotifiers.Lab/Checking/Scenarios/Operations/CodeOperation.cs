namespace MmuNotifiers.Lab.Checking;

/// <summary>Code of the scenario's own.</summary>
internal sealed class CodeOperation(string text, Action<ScenarioRun> code) : ScenarioOperation
{
    internal override string Text => text;

    internal override OperationOutcome Run(ScenarioRun run, ThreadState thread)
    {
        code(run);
        return OperationOutcome.Done;
    }
}
