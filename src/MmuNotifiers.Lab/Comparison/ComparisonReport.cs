using System.Collections.Immutable;
using MmuNotifiers.Lab.Reports;

namespace MmuNotifiers.Lab.Comparison;

/// <summary>What a comparison found.</summary>
public sealed record ComparisonReport
{
    /// <summary>How it was run.</summary>
    public required ComparisonSettings Settings { get; init; }

    /// <summary>Violation if an attachment that must be safe was not; stale accesses of historical ones do not count.</summary>
    public required ReplayVerdict Verdict { get; init; }

    /// <summary>The attachments, in the order of the rows.</summary>
    public required ImmutableArray<AttachmentDescription> Attachments { get; init; }

    /// <summary>One for each recording.</summary>
    public required ImmutableArray<ComparedTraceReport> Traces { get; init; }

    /// <summary>One for each recording, attachment and secondary MMU.</summary>
    public required ImmutableArray<ComparisonRow> Rows { get; init; }

    /// <summary>One for each attachment and secondary MMU, the recordings taken together.</summary>
    public required ImmutableArray<ComparisonRow> Summary { get; init; }

    /// <summary>What has no row.</summary>
    public required ImmutableArray<LeftOutPair> LeftOut { get; init; }

    /// <summary>How long the comparison took, in milliseconds.</summary>
    public required double ElapsedMilliseconds { get; init; }
}
