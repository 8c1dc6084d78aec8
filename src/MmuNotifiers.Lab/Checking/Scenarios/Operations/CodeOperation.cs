namespace MmuNotifiers.Lab.Checking;

/// <summary>Code of the scenario's own.</summary>
internal sealed class CodeOperation(string text, Action<ScenarioRun> code, PageEffect effect) : ScenarioOperation
{
    internal override string Text => text;

    /// <summary>Whether it changes what pages hold, in a way that the check cannot foresee.</summary>
    internal bool ChangesValues => effect != PageEffect.Keep;

    internal override OperationOutcome Run(ScenarioRun run, ThreadState thread)
    {
        code(run);
        return OperationOutcome.Done;
    }
}
