namespace MmuNotifiers.Primary;

/// <summary>What a snapshot holds, in numbers.</summary>
/// <param name="Areas">How many areas.</param>
/// <param name="MappedPages">How many pages the areas cover.</param>
/// <param name="StoredPages">How many pages have bytes in the file.</param>
/// <param name="FileBytes">How long the file is.</param>
public readonly record struct SnapshotSummary(int Areas, ulong MappedPages, long StoredPages, long FileBytes);
