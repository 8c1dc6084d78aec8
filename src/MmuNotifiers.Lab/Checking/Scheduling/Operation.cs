using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking.Scheduling;

/// <summary>What a thread is about to do, or has done: the kind, and the lock or the bytes that it touches.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Owner">The object that the location is part of, or null for native memory.</param>
/// <param name="Location">The offset from the start of the object, or the native address.</param>
/// <param name="SizeBytes">How many bytes; 0 for a reference to an object.</param>
/// <param name="Name">The name of the step in the source.</param>
internal readonly record struct Operation(OperationKind Kind, object? Owner, nint Location, int SizeBytes, string Name)
{
    /// <summary>Which bits of the location it is about.</summary>
    internal int Bits { get; init; } = ScheduleController.AllBits;

    /// <summary>Whether it loads from or stores to memory that other threads see.</summary>
    internal bool IsMemory => Kind is OperationKind.Read or OperationKind.Write or OperationKind.Flush or OperationKind.Update or OperationKind.Count;

    /// <summary>Whether it changes memory that other threads see.</summary>
    internal bool IsStore => Kind is OperationKind.Write or OperationKind.Flush or OperationKind.Update or OperationKind.Count;

    /// <summary>Whether it is on a lock.</summary>
    internal bool IsLock => Kind is >= OperationKind.Acquire and <= OperationKind.Wake;

    /// <summary>Whether it leaves a lock, for good or to wait.</summary>
    internal bool IsRelease => Kind is OperationKind.Release or OperationKind.Wait;

    /// <summary>Whether two operations touch bits in common; both on memory.</summary>
    internal bool Overlaps(in Operation other) =>
        ReferenceEquals(Owner, other.Owner) && Location < other.End && other.Location < End && (Bits & other.Bits) != 0;

    /// <summary>Whether two operations are on the same lock; both on locks.</summary>
    internal bool IsOnLockOf(in Operation other) => ReferenceEquals(Owner, other.Owner) && Location == other.Location;

    private nint End => Location + (SizeBytes == 0 ? nint.Size : SizeBytes);
}
