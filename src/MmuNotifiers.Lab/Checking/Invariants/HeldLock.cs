using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking;

/// <summary>A lock that a thread of an execution holds.</summary>
/// <param name="Owner">The lock, or the object that its word is part of; null for a word in native memory.</param>
/// <param name="Location">The offset of the word, or its address.</param>
/// <param name="Step">Where it was taken.</param>
internal readonly record struct HeldLock(object? Owner, nint Location, string Step)
{
    /// <summary>Whether its holder must not block.</summary>
    internal bool IsSpinLock => Owner is not (SharedLock or SharedMonitor);

    internal bool Is(object? owner, nint location) => ReferenceEquals(Owner, owner) && Location == location;
}
