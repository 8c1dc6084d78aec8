namespace MmuNotifiers.Cli.Commands;

/// <summary>What <c>mmun snapshot verify --json</c> answers.</summary>
/// <param name="File">The snapshot.</param>
/// <param name="LengthBytes">How long it is.</param>
/// <param name="StoredPages">How many pages were compared with their checksums.</param>
/// <param name="Problems">The corrupt pages, a line each: file, offset, what was expected.</param>
internal sealed record SnapshotVerifyAnswer(string File, long LengthBytes, long StoredPages, IReadOnlyList<string> Problems);
