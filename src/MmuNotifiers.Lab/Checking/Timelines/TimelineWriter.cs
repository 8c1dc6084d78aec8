using MmuNotifiers.Lab.Checking.Exploration;
using MmuNotifiers.Lab.Checking.Scheduling;

namespace MmuNotifiers.Lab.Checking;

/// <summary>Makes a timeline of a recorded execution.</summary>
internal sealed class TimelineWriter
{
    /// <summary>What goes on for ever is not drawn to its end: so many rows of the beginning, and of the end.</summary>
    private const int MaxRows = 400;
    private const int LastRows = 40;

    private readonly ExecutionRecord _record;
    private readonly bool[] _relevant;
    private readonly StepText _text;
    private readonly string[] _threads;
    private readonly List<TimelineRow> _rows = [];
    private readonly List<(BracketRecord Record, TimelineBracket Bracket)> _brackets = [];

    private TimelineWriter(ExecutionRecord record, string[] threads)
    {
        _record = record;
        _threads = threads;
        _text = new StepText(threads);
        _relevant = StepFilter.Relevant(record.Steps);
    }

    internal static Timeline Write(ScenarioExecution execution, ExecutionRecord record, TimelineLog log, Invariants broken, string sentence)
    {
        string[] threads = [.. execution.Scene.Threads.Select(thread => thread.Name)];
        TimelineWriter writer = new(record, threads);
        writer.AddRace();
        writer.CutMiddle();
        writer.AddEpilogue(log.After);
        writer.MarkBroken(execution.Scene.Threads);
        return new Timeline
        {
            Scenario = execution.Scenario.Name,
            Broken = broken,
            Sentence = sentence,
            Schedule = record.Schedule.ToString(),
            Threads = threads,
            Preparations = [.. log.Before.Where(note => note.Kind == TimelineRowKind.Operation).Select(note => $"{threads[note.Thread]}: {note.Text}")],
            Rows = writer._rows,
            Brackets = [.. writer._brackets.Select(entry => entry.Bracket)],
        };
    }

    private void AddRace()
    {
        int next = 0;
        for (int step = 0; step <= _record.Steps.Count; step++)
        {
            for (; next < _record.Notes.Count && _record.Notes[next].StepsBefore == step; next++)
            {
                TimelineNote note = (TimelineNote)_record.Notes[next].Content;
                if (note.IsBroken)
                {
                    return;
                }

                AddNote(note);
            }

            if (step < _record.Steps.Count && _record.Steps[step].Kind != OperationKind.Begin)
            {
                AddStep(_record.Steps[step], _relevant[step] || IsLast(step, next));
            }
        }
    }

    private void CutMiddle()
    {
        if (_rows.Count <= MaxRows)
        {
            return;
        }

        int first = MaxRows - LastRows;
        int cut = _rows.Count - MaxRows;
        int steps = _rows.Skip(first).Take(cut).Sum(row => row.Kind == TimelineRowKind.Step ? 1 : row.Folded);
        _rows.RemoveRange(first, cut);
        _rows.Insert(first, new TimelineRow { Thread = -1, Kind = TimelineRowKind.Folded, Text = "", Folded = steps });
        for (int i = 0; i < _brackets.Count; i++)
        {
            TimelineBracket bracket = _brackets[i].Bracket;
            _brackets[i] = (_brackets[i].Record, bracket with { FirstRow = Moved(bracket.FirstRow), LastRow = Moved(bracket.LastRow) });
        }

        int Moved(int row) => row < first ? row : row == int.MaxValue ? row : Math.Max(first, row - cut + 1);
    }

    /// <summary>Whether an invariant broke at the step, or the execution ended with it.</summary>
    private bool IsLast(int step, int note) =>
        step == _record.Steps.Count - 1
        || (note < _record.Notes.Count && _record.Notes[note].StepsBefore == step + 1 && ((TimelineNote)_record.Notes[note].Content).IsBroken);

    private void AddEpilogue(IReadOnlyList<TimelineNote> notes)
    {
        foreach (TimelineNote note in notes.Where(note => note.Kind is TimelineRowKind.Operation or TimelineRowKind.Outcome or TimelineRowKind.LookUp))
        {
            Add(new TimelineRow { Thread = note.Thread, Kind = TimelineRowKind.Epilogue, Text = TextOf(note) });
        }
    }

    private void AddNote(TimelineNote note)
    {
        switch (note.Kind)
        {
            case TimelineRowKind.BracketOpens:
                _brackets.Add((note.Bracket!, new TimelineBracket(note.Thread, note.Text, _rows.Count, int.MaxValue)));
                break;
            case TimelineRowKind.BracketCloses:
                int index = _brackets.FindIndex(entry => ReferenceEquals(entry.Record, note.Bracket));
                _brackets[index] = (note.Bracket!, _brackets[index].Bracket with { LastRow = _rows.Count });
                break;
        }

        Add(new TimelineRow { Thread = note.Thread, Kind = note.Kind, Text = TextOf(note) });
    }

    private string TextOf(TimelineNote note) =>
        note.Kind == TimelineRowKind.Outcome && note.Value is { } value ? $"{note.Text}: {PageWord.ToText(value, _threads)}" : note.Text;

    private void AddStep(RecordedStep step, bool isRelevant)
    {
        int thread = step.Thread % _threads.Length;
        if (isRelevant)
        {
            Add(new TimelineRow { Thread = thread, Kind = TimelineRowKind.Step, Text = _text.Of(step), Step = step.Index });
        }
        else if (_rows.Count > 0 && _rows[^1] is { Kind: TimelineRowKind.Folded } last && last.Thread == thread)
        {
            _rows[^1] = last with { Folded = last.Folded + 1 };
        }
        else
        {
            Add(new TimelineRow { Thread = thread, Kind = TimelineRowKind.Folded, Text = "", Step = step.Index, Folded = 1 });
        }
    }

    private void Add(TimelineRow row) => _rows.Add(row);

    /// <summary>The last row is where the invariant broke; the translation that led there is marked too.</summary>
    private void MarkBroken(ThreadState[] threads)
    {
        if (_rows.Count == 0)
        {
            return;
        }

        _rows[^1] = _rows[^1] with { IsBroken = true };
        int thread = _rows[^1].Thread;
        LookUp lookUp = thread < 0 ? default : threads[thread].LookUp;
        if (lookUp.Ended != 0)
        {
            int origin = _rows.FindLastIndex(row => row.Thread == thread && row.Kind == TimelineRowKind.LookUp);
            if (origin >= 0)
            {
                _rows[origin] = _rows[origin] with { IsOrigin = true };
            }
        }

        for (int i = 0; i < _brackets.Count; i++)
        {
            TimelineBracket bracket = _brackets[i].Bracket;
            _brackets[i] = (_brackets[i].Record, bracket with { LastRow = Math.Min(bracket.LastRow, _rows.Count - 1) });
        }
    }
}
