using System.Collections.Immutable;
using System.Diagnostics;
using MmuNotifiers.Lab.Replay.Devices;
using MmuNotifiers.Lab.Reports;
using MmuNotifiers.Primary;
using MmuNotifiers.Secondary;

namespace MmuNotifiers.Lab.Replay;

internal sealed partial class ReplaySession
{
    private const double NanosecondsPerSecond = 1e9;

    /// <summary>Below this match the replay was not the recorded program's any more.</summary>
    private const double LeastMatchPercent = 90;

    private ReplayReport MakeReport(TimeSpan elapsed)
    {
        long faults = _spaces.Sum(space => space.Counts.Faults);
        long matched = _spaces.Sum(space => space.Counts.MatchedFaults);
        ImmutableArray<string> doubts = [.. Doubts(Percent(matched, faults))];
        ReclaimTotals totals = ReclaimTotals.Of(_memory) - _readBack;
        return new ReplayReport
        {
            Program = _script.Program,
            Settings = new ReplaySettings(
                [.. _options.Secondaries.Select(kind => kind.ToString())], _options.DeviceRate, _options.Seed, _devices.IsConcurrent),
            Verdict = IsViolated ? ReplayVerdict.Violation : doubts.IsEmpty ? ReplayVerdict.Fine : ReplayVerdict.Inconclusive,
            Doubts = doubts,
            Operations = _spaces.Sum(space => space.Counts.Operations),
            Faults = faults,
            MatchedFaults = matched,
            FaultsRaisedTwice = _faults.RaisedTwice,
            FaultMatchPercent = Percent(matched, faults),
            FaultMismatches = _faults.Mismatches.ToCounts(),
            UnexpectedFaults = _spaces.Sum(space => space.Counts.UnexpectedFaults),
            Hits = _spaces.Sum(space => space.Counts.Hits),
            FaultKinds = CountKinds(),
            SystemCalls = _spaces.Sum(space => space.Counts.SystemCalls),
            SystemCallMismatches = _spaces.Sum(space => space.Counts.SystemCallMismatches),
            Forks = _spaces.Sum(space => space.Counts.Forks),
            UnmapsOverSeveralAreas = _spaces.Sum(space => space.Counts.UnmapsOverSeveralAreas),
            Skipped = [.. _skipped.ToCounts(), .. _callMismatches.ToCounts()],
            LostEvents = _script.Footer.LostEvents,
            StaleAccesses = _violations.StaleAccesses,
            ContentMismatches = _violations.ContentMismatches,
            WrongRefusals = _violations.WrongRefusals,
            Evictions = totals.Evictions,
            SwapIns = totals.SwapIns,
            Refaults = _spaces.Sum(space => space.Memory.Refaults),
            Pressure = _options.Pressure is { } pressure ? MakePressure(pressure) : null,
            EndedEarly = _endedAt,
            Cost = MakeCost(elapsed),
            Processes = [.. _spaces.Select(MakeRow)],
            Secondaries = [.. Enumerable.Range(0, _options.Secondaries.Length).Where(_ => _spaces.Count > 0).Select(MakeSecondary)],
            Violations = _violations.First,
        };
    }

    private bool IsViolated => _violations.StaleAccesses + _violations.ContentMismatches + _violations.WrongRefusals > 0;

    private IEnumerable<string> Doubts(double matchPercent)
    {
        if (_endedAt is { } end)
        {
            yield return $"The replay ended at event {end.Event} of {end.Events}, {end.RecordedSeconds:F6} s: {end.Reason}.";
        }

        if (_saveFailure is { } failure)
        {
            yield return $"The snapshot could not be saved: {failure}.";
        }
        else if (_options.Snapshot is not null && _moment is null)
        {
            yield return "The replay ended before the moment of the snapshot.";
        }

        if (matchPercent < LeastMatchPercent)
        {
            yield return $"Only {matchPercent:F2} % of the recorded faults faulted here.";
        }

        if (_script.Footer.LostEvents > 0)
        {
            yield return $"The recorder lost {_script.Footer.LostEvents} events.";
        }

        if (_spaces.Count == 0)
        {
            yield return "The recording holds no program.";
        }
    }

    private ReplayCost MakeCost(TimeSpan elapsed)
    {
        double operations = Math.Max(1, _spaces.Sum(space => space.Counts.Operations));
        long total = Nanoseconds(_operationTicks);
        long inNotifiers = Math.Min(total, Nanoseconds(_spaces.Sum(space => space.Secondaries.Sum(secondary => secondary.Meter.Ticks))));
        return new ReplayCost(
            total,
            inNotifiers,
            Math.Round(total / operations, 1),
            Math.Round((total - inNotifiers) / operations, 1),
            Percent(inNotifiers, total, ifNothing: 0),
            Math.Round(elapsed.TotalMilliseconds, 1),
            Math.Round(_script.Footer.DurationNanoseconds / 1e6, 1),
            BareNsPerOperation: null);
    }

    private static ProcessReport MakeRow(ReplayedSpace space)
    {
        SpaceCounts counts = space.Counts;
        long missing = counts[FaultKind.Anonymous] + counts[FaultKind.ZeroPage] + counts[FaultKind.ObjectPage]
            + counts[FaultKind.PrivateCopy];
        long copies = counts[FaultKind.CopyOnWrite] + counts[FaultKind.Reuse]
            + counts[FaultKind.ZeroPageReplaced] + counts[FaultKind.MadeWritable];
        return new ProcessReport(
            space.ProcessId,
            space.Program,
            counts.MostThreads,
            counts.Operations,
            counts.SystemCalls,
            counts.Faults,
            missing,
            copies,
            counts.Signals,
            Percent(counts.MatchedFaults, counts.Faults),
            space.Secondaries.Sum(secondary => secondary.Mmu.Statistics.Callbacks),
            space.Secondaries.Sum(secondary => secondary.StaleAccesses),
            space.Memory);
    }

    private PressureReport MakePressure(MemoryPressure pressure) => new()
    {
        FramePages = pressure.FramePages,
        PeakPages = pressure.PeakPages,
        Store = _store?.Name,
        Reclaim = _memory.Reclaim!.Statistics,
        Swap = _memory.SwapStatistics,
        WriteMilliseconds = Math.Round(_store?.WriteTime.TotalMilliseconds ?? 0, 1),
        ReadMilliseconds = Math.Round(_store?.ReadTime.TotalMilliseconds ?? 0, 1),
        FaultsAfterReclaim = _faults.AfterReclaim,
        PagesCompared = _pages.PagesCompared,
        PagesReadBack = _pagesReadBack,
        PagesNotReadBack = _pagesNotReadBack,
        ReadBackEvictions = _readBack.Evictions,
        ReadBackSwapIns = _readBack.SwapIns,
        StoreFailures = [.. _memory.SwapFailures.Select(failure => failure.ToString())],
    };

    private SecondaryReport MakeSecondary(int index)
    {
        AttachedSecondary[] attached = [.. _spaces.Select(space => space.Secondaries[index])];
        SecondaryStatistics sum = attached.Aggregate(default(SecondaryStatistics), (sum, one) => sum + one.Mmu.Statistics);
        return new SecondaryReport
        {
            Name = attached[0].Mmu.Name,
            Attachment = _attachment?.Name ?? attached[0].Mmu.Attachment,
            Upkeep = MakeUpkeep(attached),
            Callbacks = sum.Callbacks,
            UselessCallbacks = sum.UselessCallbacks,
            PagesNamed = sum.PagesNamed,
            LookUps = sum.LookUps,
            PagesInvalidated = sum.PagesInvalidated,
            CallbackNanoseconds = Nanoseconds(attached.Sum(one => one.Meter.Ticks)),
            DeviceAccesses = attached.Sum(one => one.Accesses),
            ComparedAccesses = attached.Sum(one => one.Compared),
            DeviceFaults = sum.DeviceFaults,
            Refaults = Math.Max(0, sum.DeviceFaults - sum.FailedFaults - attached.Sum(one => one.PagesUsed)),
            RefusedFaults = sum.FailedFaults,
            Retries = sum.Retries,
            Updates = sum.Updates,
            PagesPrefetched = sum.PagesPrefetched,
            FaultsSaved = sum.FaultsSaved,
            UnusedPrefetches = sum.UnusedPrefetches,
            Registrations = sum.Registrations,
            RegistrationHits = sum.RegistrationHits,
            Merges = sum.Merges,
            Evictions = sum.Evictions,
            StaleAccesses = attached.Sum(one => one.StaleAccesses),
            ContentMismatches = attached.Sum(one => one.ContentMismatches),
        };
    }

    private AttachmentReport MakeUpkeep(AttachedSecondary[] attached)
    {
        AttachmentStatistics sum = attached.Aggregate(default(AttachmentStatistics), (sum, one) => sum + (one.Attached?.Statistics ?? default));
        return new AttachmentReport
        {
            AreaLookUps = sum.AreaLookUps,
            Inserts = sum.Inserts,
            Splits = sum.Splits,
            Merges = sum.Merges,
            Moves = sum.Moves,
            Removals = sum.Removals,
            SubscriptionBytes = _subscriptionBytes,
            FreedBeforeTold = sum.FreedBeforeTold,
            SkippedAreas = sum.SkippedAreas,
            Violations = [.. attached.SelectMany(one => one.Attached?.Violations ?? []).Take(20)],
        };
    }

    private ImmutableArray<FaultKindCount> CountKinds() =>
        [.. Enum.GetValues<FaultKind>()
            .Where(kind => kind != FaultKind.None)
            .Select(kind => new FaultKindCount(kind.ToString(), _spaces.Sum(space => space.Counts[kind])))
            .Where(row => row.Count > 0)
            .OrderByDescending(row => row.Count)];

    private static double Percent(long part, long whole, double ifNothing = 100) =>
        whole == 0 ? ifNothing : Math.Round(100.0 * part / whole, 3);

    private static long Nanoseconds(long ticks) => (long)(ticks * (NanosecondsPerSecond / Stopwatch.Frequency));
}
