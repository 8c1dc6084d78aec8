namespace MmuNotifiers.Cli.Commands;

/// <summary>What <c>mmun snapshot info</c> answers.</summary>
/// <param name="File">The snapshot.</param>
/// <param name="LengthBytes">Its length.</param>
/// <param name="Id">What tells it from others.</param>
/// <param name="SavedAt">The moment that it shows.</param>
/// <param name="MappedPages">How many pages its areas cover.</param>
/// <param name="StoredPages">How many have bytes in the file.</param>
/// <param name="Areas">Its areas, ascending.</param>
/// <param name="Problems">The pages whose bytes are not what was saved, a line each.</param>
internal sealed record SnapshotInfoAnswer(
    string File,
    long LengthBytes,
    Guid Id,
    DateTimeOffset SavedAt,
    ulong MappedPages,
    long StoredPages,
    IReadOnlyList<SnapshotAreaAnswer> Areas,
    IReadOnlyList<string> Problems);
