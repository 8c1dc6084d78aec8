using System.Globalization;
using MmuNotifiers.Lab.Reports;
using MmuNotifiers.Lab.Replay.Oracles;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Replay;

/// <summary>One address space is saved on the way.</summary>
internal sealed partial class ReplaySession
{
    private SnapshotMoment? _moment;

    /// <summary>How many events each process has; null as long as nobody asks.</summary>
    private Dictionary<int, int>? _eventsOf;
    private int _momentEvents;

    /// <summary>Why the save failed, in a line; null if it did not.</summary>
    private string? _saveFailure;

    /// <summary>So many events were performed: whether this is the moment.</summary>
    private void TakeMomentAfter(int events)
    {
        if (_options.Snapshot?.AfterEvents == events)
        {
            TakeMoment(events);
        }
    }

    /// <summary>A process is about to leave its address space for good.</summary>
    private void TakeLastMomentOf(ReplayedProcess process)
    {
        if (_options.Snapshot is { AfterEvents: null } snapshot && _moment is null
            && process.ProcessId == (snapshot.ProcessId ?? BusiestOf(_script.Events.Select(item => item.ProcessId).Distinct())))
        {
            TakeMoment(process, _performed);
        }
    }

    /// <summary>The process that is meant if none is named: the one with the most events in the recording.</summary>
    private int? BusiestOf(IEnumerable<int> processes)
    {
        _eventsOf ??= _script.Events.CountBy(item => item.ProcessId).ToDictionary();
        return processes.Select(id => (int?)id).MaxBy(id => _eventsOf.GetValueOrDefault(id!.Value));
    }

    /// <exception cref="ReplaySnapshotException">The process has no address space.</exception>
    private void TakeMoment(int events)
    {
        int? id = _options.Snapshot!.ProcessId ?? BusiestOf(_processes.Keys);
        TakeMoment(id is { } known && _processes.TryGetValue(known, out ReplayedProcess? process) ? process : throw NoSuchProcess(events), events);
    }

    private void TakeMoment(ReplayedProcess process, int events)
    {
        try
        {
            _momentEvents = events;
            _moment = new SnapshotMoment(
                process.Space,
                _options.Snapshot!.Path,
                _files.Where(file => file.Value.Object is FileObject)
                    .Select(file => new SavedFile(file.Value, _recordedFiles[file.Key], SizeOf(_recordedFiles[file.Key]))));
        }
        catch (SnapshotException failure)
        {
            _saveFailure = failure.Message;
        }
    }

    private ReplaySnapshotException NoSuchProcess(int events)
    {
        string nobody = _options.Snapshot!.ProcessId is { } id
            ? string.Create(CultureInfo.InvariantCulture, $"process {id} has no address space")
            : "no process has an address space";
        string alive = _processes.Count == 0 ? "none" : string.Join(", ", _processes.Keys.Order().Take(20));
        return new ReplaySnapshotException(string.Create(
            CultureInfo.InvariantCulture,
            $"{nobody} behind event {events} of {_script.Events.Count}; processes that have one: {alive}"));
    }

    /// <summary>The replay is over: waits for the save, and compares.</summary>
    /// <exception cref="ReplaySnapshotException">The recording has no such process.</exception>
    /// <exception cref="IOException">The file could not be written.</exception>
    private SnapshotReport? CompareSnapshot()
    {
        if (_moment is null)
        {
            bool wasMeant = _options.Snapshot is not null && _endedAt is null && _saveFailure is null;
            return wasMeant ? throw NoSuchProcess(_performed) : null;
        }

        try
        {
            (SnapshotSummary summary, TimeSpan elapsed) = _moment.Saved.GetAwaiter().GetResult();
            SlotsCompared slots = _devices.IsConcurrent ? SlotsCompared.Program : SlotsCompared.All;
            return new SnapshotCheck(_moment, _violations, slots).Run(summary, elapsed) with { AfterEvents = _momentEvents };
        }
        catch (SnapshotFormatException failure)
        {
            _violations.Mismatch(failure.Message);
        }
        catch (SnapshotException failure)
        {
            _saveFailure = failure.Message;
        }

        return null;
    }

    /// <summary>The save uses frames of the pool: it is waited for, whatever becomes of it.</summary>
    private void AwaitSave() => ((Task?)_moment?.Saved)?.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
}
