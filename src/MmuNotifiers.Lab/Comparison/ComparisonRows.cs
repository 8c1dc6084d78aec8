using System.Collections.Immutable;
using MmuNotifiers.Lab.Reports;

namespace MmuNotifiers.Lab.Comparison;

/// <summary>Makes rows of what replays reported.</summary>
internal static class ComparisonRows
{
    private const int FindingsKept = 5;

    public static ComparisonRow Of(string trace, ComparisonPair pair, RowSamples samples)
    {
        ReplayReport report = samples.Counts!;
        SecondaryReport secondary = report.Secondaries[0];
        AttachmentReport upkeep = secondary.Upkeep;
        return new ComparisonRow
        {
            Trace = trace,
            Attachment = pair.Attachment.Name,
            Secondary = SecondaryNames.Of(pair.Secondary),
            Historical = pair.Attachment.IsHistorical,
            SafeForm = pair.Attachment.SafeForm,
            Operations = report.Operations,
            Callbacks = secondary.Callbacks,
            CallbacksPer1000Operations = PerThousand(secondary.Callbacks, report.Operations),
            UselessCallbacks = secondary.UselessCallbacks,
            PagesNamed = secondary.PagesNamed,
            PagesInvalidated = secondary.PagesInvalidated,
            VmaLookUps = upkeep.AreaLookUps,
            MemslotLookUps = secondary.LookUps,
            UpkeepSplits = upkeep.Splits,
            UpkeepMerges = upkeep.Merges,
            UpkeepMoves = upkeep.Moves,
            UpkeepInserts = upkeep.Inserts,
            UpkeepRemovals = upkeep.Removals,
            DeviceAccesses = secondary.DeviceAccesses,
            DeviceFaults = secondary.DeviceFaults,
            Updates = secondary.Updates,
            FaultsSavedByPrefetch = secondary.FaultsSaved,
            UpdatesNeverUsed = secondary.UnusedPrefetches,
            NsPerOperation = Math.Round(samples.NsPerOperation, 1),
            NsPerOperationWithoutNotifiers = Math.Round(samples.BareNsPerOperation, 1),
            OverheadPercent = Math.Round(samples.OverheadPercent, 1),
            NoisePercent = Math.Round(samples.NoisePercent, 1),
            SubscriptionBytes = upkeep.SubscriptionBytes,
            StaleAccesses = report.StaleAccesses,
            OtherViolations = report.ContentMismatches + report.WrongRefusals,
            FreedBeforeTold = upkeep.FreedBeforeTold,
            SkippedVmas = upkeep.SkippedAreas,
            Findings = [.. report.Violations.Take(1), .. upkeep.Violations.Take(1), .. report.Violations.Skip(1).Take(FindingsKept)],
        };
    }

    public static ComparedTraceReport Common(ComparedTrace trace, ReplayReport bare, IReadOnlyCollection<double> bareNanoseconds)
    {
        double median = RowSamples.Median(bareNanoseconds);
        return new ComparedTraceReport(
            trace.Name,
            bare.Program,
            bare.Operations,
            bare.Processes.Length,
            bare.Forks,
            bare.UnmapsOverSeveralAreas,
            bare.FaultMatchPercent,
            Math.Round(median, 1),
            Math.Round(50 * (bareNanoseconds.Max() - bareNanoseconds.Min()) / median, 1),
            bare.Doubts);
    }

    /// <summary>A number for each thousand of another, with one digit.</summary>
    public static double PerThousand(long part, long whole) => whole == 0 ? 0 : Math.Round(1000.0 * part / whole, 1);
}
