namespace MmuNotifiers.Primary;

/// <summary>A file that areas of a snapshot map.</summary>
/// <param name="Name">The name that <see cref="SnapshotSaveOptions.NameFile"/> gave it.</param>
/// <param name="SizeBytes">Its size when it was saved.</param>
public readonly record struct SnapshotFile(string Name, ulong SizeBytes);
