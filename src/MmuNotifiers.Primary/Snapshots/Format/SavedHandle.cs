namespace MmuNotifiers.Primary;

/// <summary>An open object of a snapshot.</summary>
/// <param name="Object">The number of the object.</param>
/// <param name="Access">What it was opened for.</param>
internal readonly record struct SavedHandle(uint Object, AccessRights Access)
{
    /// <summary>How long a handle is in the file.</summary>
    internal const int SizeBytes = 8;
}
