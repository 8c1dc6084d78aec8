namespace MmuNotifiers.Lab.Reports;

/// <summary>What a replay found.</summary>
public enum ReplayVerdict
{
    /// <summary>Every access was checked and none was stale or wrong.</summary>
    Fine = 0,

    /// <summary>An access was stale, found wrong contents, or was wrongly refused.</summary>
    Violation = 1,

    /// <summary>Nothing was found, but the replay did not follow the recording closely enough for that to mean much.</summary>
    Inconclusive = 2,
}
