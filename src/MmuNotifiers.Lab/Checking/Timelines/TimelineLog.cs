using MmuNotifiers.Lab.Checking.Scheduling;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking;

/// <summary>Puts what the judge tells of an execution between the recorded steps of it.</summary>
internal sealed class TimelineLog : IJudgeLog
{
    private readonly List<TimelineNote> _before = [];
    private readonly List<TimelineNote> _after = [];
    private bool _raceHasBegun;

    /// <summary>What happened before the race.</summary>
    internal IReadOnlyList<TimelineNote> Before => _before;

    /// <summary>What happened after it.</summary>
    internal IReadOnlyList<TimelineNote> After => _after;

    public void OperationBegins(ThreadState thread, ScenarioOperation operation) =>
        Add(thread, new TimelineNote(TimelineRowKind.Operation, operation.Text));

    public void OperationEnds(ThreadState thread, ScenarioOperation operation, in OperationOutcome outcome) =>
        Add(thread, new TimelineNote(TimelineRowKind.Outcome, outcome.Text) { Value = outcome.Value });

    public void LookedUp(ThreadState thread, int page, Translation translation) => Add(
        thread,
        new TimelineNote(TimelineRowKind.LookUp, $"look-up: {ScenarioRun.AddressOf(page)} is {StepText.NameOf(translation.Frame)}, {translation.Rights}")
        {
            Page = page,
            Frame = translation.Frame,
        });

    public void CallbackBegins(CallbackScope callback, in InvalidationRange range) => Add(
        callback.Thread, new TimelineNote(TimelineRowKind.Callback, $"{callback.Kind} of {BracketRecord.TextOf(range.Event, range.Range)}"));

    public void CallbackEnds(CallbackScope callback, in InvalidationRange range, bool accepted) => Add(
        callback.Thread, new TimelineNote(TimelineRowKind.Callback, accepted ? $"{callback.Kind} has returned" : $"{callback.Kind} is refused"));

    public void Broken(ThreadState? thread) => Add(thread, new TimelineNote(TimelineRowKind.Epilogue, "") { IsBroken = true });

    public void BracketOpens(BracketRecord bracket) =>
        Add(bracket.Thread, new TimelineNote(TimelineRowKind.BracketOpens, bracket.ToString()) { Bracket = bracket });

    public void BracketCloses(BracketRecord bracket) =>
        Add(bracket.Thread, new TimelineNote(TimelineRowKind.BracketCloses, bracket.ToString()) { Bracket = bracket });

    private void Add(ThreadState? thread, TimelineNote note)
    {
        TimelineNote added = note with { Thread = thread?.Index ?? -1 };
        if (ScheduleController.Current is ObservingController { Inner: CooperativeScheduler scheduler } observing)
        {
            _raceHasBegun = true;
            ScheduleController.Current = scheduler;
            CooperativeScheduler.Note(added);
            ScheduleController.Current = observing;
        }
        else
        {
            (_raceHasBegun ? _after : _before).Add(added);
        }
    }
}
