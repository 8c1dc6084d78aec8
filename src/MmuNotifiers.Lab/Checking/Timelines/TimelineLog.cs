namespace MmuNotifiers.Lab.Checking;

/// <summary>Writes down, as the judge tells it, what happens between the steps of an execution.</summary>
internal sealed class TimelineLog : IJudgeLog
{
    private readonly List<TimelineNote> _notes = [];

    /// <summary>What happened, in order.</summary>
    internal IReadOnlyList<TimelineNote> Notes => _notes;

    /// <summary>How many steps were made.</summary>
    internal int Steps { get; private set; }

    public void OperationBegins(ThreadState thread, ScenarioOperation operation) =>
        Add(thread, TimelineNoteKind.OperationBegins, operation.Text);

    public void OperationEnds(ThreadState thread, ScenarioOperation operation, in OperationOutcome outcome) =>
        Add(thread, TimelineNoteKind.OperationEnds, $"{operation.Text}: {outcome.Text}");

    public void Step(ThreadState thread, in ObservedStep step) => Steps++;

    public void StepEnds(ThreadState thread)
    {
    }

    public void LookedUp(ThreadState thread, int page, Translation translation) =>
        Add(thread, TimelineNoteKind.LookedUp, $"{ScenarioRun.AddressOf(page)} is frame {translation.Frame.Value}, {translation.Rights}");

    public void CallbackBegins(CallbackScope callback, in InvalidationRange range) =>
        Add(callback.Thread, TimelineNoteKind.CallbackBegins, $"{callback.Kind}: {BracketRecord.TextOf(range.Event, range.Range)}");

    public void CallbackEnds(CallbackScope callback, in InvalidationRange range, bool accepted) =>
        Add(callback.Thread, TimelineNoteKind.CallbackEnds, accepted ? $"{callback.Kind} returns" : $"{callback.Kind} is refused");

    public void BracketOpens(BracketRecord bracket) => Add(bracket.Thread, TimelineNoteKind.BracketOpens, bracket.ToString(), bracket);

    public void BracketCloses(BracketRecord bracket) => Add(bracket.Thread, TimelineNoteKind.BracketCloses, bracket.ToString(), bracket);

    public void Broken(ThreadState? thread, ScenarioFailure failure) => Add(thread, TimelineNoteKind.Broken, failure.Message);

    private void Add(ThreadState? thread, TimelineNoteKind kind, string text, BracketRecord? bracket = null) =>
        _notes.Add(new TimelineNote(Steps, thread?.Index ?? -1, kind, text, bracket));
}
