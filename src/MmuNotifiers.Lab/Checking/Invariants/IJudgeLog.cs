namespace MmuNotifiers.Lab.Checking;

/// <summary>Where the judge writes down what happens, in order, for a timeline.</summary>
internal interface IJudgeLog
{
    /// <summary>A thread begins an operation.</summary>
    void OperationBegins(ThreadState thread, ScenarioOperation operation);

    /// <summary>A thread has ended an operation.</summary>
    void OperationEnds(ThreadState thread, ScenarioOperation operation, in OperationOutcome outcome);

    /// <summary>The primary has told a device a translation.</summary>
    void LookedUp(ThreadState thread, int page, Translation translation);

    /// <summary>A subscriber is called.</summary>
    void CallbackBegins(CallbackScope callback, in InvalidationRange range);

    /// <summary>A subscriber that could have refused has returned.</summary>
    void CallbackEnds(CallbackScope callback, in InvalidationRange range, bool accepted);

    /// <summary>An invariant broke, at the step or event before; null for one after the race.</summary>
    void Broken(ThreadState? thread);

    /// <summary>Every start of a bracket has returned.</summary>
    void BracketOpens(BracketRecord bracket);

    /// <summary>A bracket closes.</summary>
    void BracketCloses(BracketRecord bracket);
}
