namespace MmuNotifiers.Lab.Checking;

/// <summary>Where the judge writes down what happens, in order, for a timeline.</summary>
internal interface IJudgeLog
{
    void OperationBegins(ThreadState thread, ScenarioOperation operation);

    void OperationEnds(ThreadState thread, ScenarioOperation operation, in OperationOutcome outcome);

    void Step(ThreadState thread, in ObservedStep step);

    void StepEnds(ThreadState thread);

    void LookedUp(ThreadState thread, int page, Translation translation);

    void CallbackBegins(CallbackScope callback, in InvalidationRange range);

    void CallbackEnds(CallbackScope callback, in InvalidationRange range, bool accepted);

    void BracketOpens(BracketRecord bracket);

    void BracketCloses(BracketRecord bracket);

    void Broken(ThreadState? thread, ScenarioFailure failure);
}
