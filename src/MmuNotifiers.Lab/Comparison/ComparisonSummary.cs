using System.Collections.Immutable;

namespace MmuNotifiers.Lab.Comparison;

/// <summary>Adds rows up over the recordings.</summary>
internal static class ComparisonSummary
{
    /// <summary>The name that stands for all recordings.</summary>
    private const string All = "all";

    private const int FindingsKept = 5;

    /// <summary>
    /// One row for each attachment and secondary: counts are added, times and their noise weighted by operations, the largest memory
    /// stands for all.
    /// </summary>
    public static ImmutableArray<ComparisonRow> Of(ImmutableArray<ComparisonRow> rows) =>
        [.. rows.GroupBy(row => (row.Attachment, row.Secondary)).Select(group => Add([.. group]))];

    private static ComparisonRow Add(ImmutableArray<ComparisonRow> rows)
    {
        long operations = rows.Sum(row => row.Operations);
        long callbacks = rows.Sum(row => row.Callbacks);
        double with = rows.Sum(row => row.NsPerOperation * row.Operations) / Math.Max(1, operations);
        double without = rows.Sum(row => row.NsPerOperationWithoutNotifiers * row.Operations) / Math.Max(1, operations);
        return rows[0] with
        {
            Trace = All,
            Operations = operations,
            Callbacks = callbacks,
            CallbacksPer1000Operations = ComparisonRows.PerThousand(callbacks, operations),
            UselessCallbacks = rows.Sum(row => row.UselessCallbacks),
            PagesNamed = rows.Sum(row => row.PagesNamed),
            PagesInvalidated = rows.Sum(row => row.PagesInvalidated),
            VmaLookUps = rows.Sum(row => row.VmaLookUps),
            MemslotLookUps = rows.Sum(row => row.MemslotLookUps),
            UpkeepSplits = rows.Sum(row => row.UpkeepSplits),
            UpkeepMerges = rows.Sum(row => row.UpkeepMerges),
            UpkeepMoves = rows.Sum(row => row.UpkeepMoves),
            UpkeepInserts = rows.Sum(row => row.UpkeepInserts),
            UpkeepRemovals = rows.Sum(row => row.UpkeepRemovals),
            DeviceAccesses = rows.Sum(row => row.DeviceAccesses),
            DeviceFaults = rows.Sum(row => row.DeviceFaults),
            Updates = rows.Sum(row => row.Updates),
            FaultsSavedByPrefetch = rows.Sum(row => row.FaultsSavedByPrefetch),
            UpdatesNeverUsed = rows.Sum(row => row.UpdatesNeverUsed),
            NsPerOperation = Math.Round(with, 1),
            NsPerOperationWithoutNotifiers = Math.Round(without, 1),
            OverheadPercent = Math.Round(rows.Sum(row => row.OverheadPercent * row.Operations) / Math.Max(1, operations), 1),
            NoisePercent = Math.Round(rows.Sum(row => row.NoisePercent * row.Operations) / Math.Max(1, operations), 1),
            SubscriptionBytes = rows.Max(row => row.SubscriptionBytes),
            StaleAccesses = rows.Sum(row => row.StaleAccesses),
            FreedBeforeTold = rows.Sum(row => row.FreedBeforeTold),
            SkippedVmas = rows.Sum(row => row.SkippedVmas),
            OtherViolations = rows.Sum(row => row.OtherViolations),
            Findings = [.. rows.SelectMany(row => row.Findings.Take(2).Select(finding => $"{row.Trace}: {finding}")).Take(FindingsKept)],
        };
    }
}
