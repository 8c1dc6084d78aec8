using System.Collections.Immutable;
using System.Text.RegularExpressions;
using MmuNotifiers.Lab.Reports;

namespace MmuNotifiers.Lab.Comparison;

/// <summary>Makes rows of what replays reported.</summary>
internal static partial class ComparisonRows
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
            Findings = [.. Choose(report.Violations, upkeep.Violations)],
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

    /// <summary>The first violation of each kind, and the first that the attachment itself saw.</summary>
    private static IEnumerable<string> Choose(ImmutableArray<string> accesses, ImmutableArray<string> seen)
    {
        string[] kinds = [.. accesses.DistinctBy(line => Numbers().Replace(line, string.Empty)).Take(FindingsKept)];
        return [.. kinds.Take(1), .. seen.Take(1), .. kinds.Skip(1)];
    }

    [GeneratedRegex("0x[0-9a-f]+|[0-9]+")]
    private static partial Regex Numbers();
}
