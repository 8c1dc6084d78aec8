namespace MmuNotifiers.Primary;

/// <summary>How far saving or verifying has come.</summary>
/// <param name="Pages">How many pages were looked at.</param>
/// <param name="TotalPages">How many there are; while saving an estimate, since pages are evicted and brought in meanwhile.</param>
/// <param name="StoredPages">How many of them were stored: all but those that are zero or known already.</param>
public readonly record struct SnapshotProgress(long Pages, long TotalPages, long StoredPages);
