namespace MmuNotifiers.Cli.Commands;

/// <summary>One area of a snapshot, as <c>mmun snapshot info</c> shows it.</summary>
/// <param name="Start">Its first address, in hexadecimal.</param>
/// <param name="End">The address behind its last, in hexadecimal.</param>
/// <param name="Rights">As in /proc/PID/maps: <c>rw-p</c>, s for shared.</param>
/// <param name="Kind">Its flags: <c>GrowsDown, Locked</c>.</param>
/// <param name="Pages">How many pages it covers.</param>
/// <param name="StoredPages">How many of its private pages have bytes in the file.</param>
/// <param name="MappedFile">The name of the file that it maps; null for memory.</param>
internal sealed record SnapshotAreaAnswer(string Start, string End, string Rights, string Kind, ulong Pages, ulong StoredPages, string? MappedFile);
