namespace MmuNotifiers.Primary;

/// <summary>An object that areas of a snapshot map.</summary>
/// <param name="IsFile">Whether it is a file, whose bytes the snapshot does not have; else shared memory.</param>
/// <param name="SizeBytes">Its size when it was saved.</param>
/// <param name="Name">What the caller calls the file; empty for shared memory.</param>
internal readonly record struct SavedObject(bool IsFile, ulong SizeBytes, string Name);
