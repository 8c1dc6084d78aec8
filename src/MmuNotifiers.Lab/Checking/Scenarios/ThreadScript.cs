using System.Collections.Immutable;

namespace MmuNotifiers.Lab.Checking;

/// <summary>
/// Writes down what a thread of a scenario does, in order. Every method returns the script, so that calls chain. Pages are given by
/// number, see <see cref="RaceScenario"/>.
/// </summary>
public sealed partial class ThreadScript
{
    private readonly int _thread;
    private readonly bool _inChild;
    private readonly List<ScenarioOperation> _operations = [];
    private readonly List<ScenarioOperation> _preparations = [];

    internal ThreadScript(int thread, bool inChild = false)
    {
        _thread = thread;
        _inChild = inChild;
    }

    internal ImmutableArray<ScenarioOperation> Operations => [.. _operations];

    internal ImmutableArray<ScenarioOperation> Preparations => [.. _preparations];

    /// <summary>
    /// What is done before the race, without interleaving: with this thread's device, so that its translations are warm.
    /// </summary>
    public ThreadScript BeforeRace(Action<ThreadScript> script)
    {
        ArgumentNullException.ThrowIfNull(script);
        ThreadScript before = new(_thread, _inChild);
        script(before);
        foreach (ScenarioOperation operation in (ScenarioOperation[])[.. before._preparations, .. before._operations])
        {
            operation.Tag = operation.Tag with { IsPreparation = true, Operation = _preparations.Count };
            _preparations.Add(operation);
        }

        return this;
    }

    /// <summary>Operations on the child that <see cref="Fork"/> made last; they do nothing as long as there is none.</summary>
    public ThreadScript InChild(Action<ThreadScript> script)
    {
        ArgumentNullException.ThrowIfNull(script);
        ThreadScript child = new(_thread, inChild: true);
        script(child);
        foreach (ScenarioOperation operation in child._operations)
        {
            Add(operation);
        }

        return this;
    }

    /// <summary>Code of the scenario's own. What it shares with other threads it accesses through the hooked operations.</summary>
    /// <param name="text">What it does, for the report.</param>
    /// <param name="code">The code; an exception is a violation.</param>
    /// <param name="effect">
    /// <see cref="PageEffect.Keep"/> if it leaves the values of pages alone; otherwise the values that others read are not judged any more.
    /// </param>
    public ThreadScript Do(string text, Action<ScenarioRun> code, PageEffect effect = PageEffect.Unknown)
    {
        ArgumentNullException.ThrowIfNull(code);
        return Add(new CodeOperation(text, code, effect));
    }

    private ThreadScript Add(ScenarioOperation operation)
    {
        operation.Tag = new OperationTag(_thread, _operations.Count);
        operation.IsInChild |= _inChild;
        _operations.Add(operation);
        return this;
    }
}
