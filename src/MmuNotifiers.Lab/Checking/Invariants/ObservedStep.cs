using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking;

/// <summary>A step that a thread is about to make, with everybody else standing still.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Owner">The object that the location is part of, or null for native memory.</param>
/// <param name="Location">The offset in it, or the address.</param>
/// <param name="SizeBytes">How many bytes; 0 for a reference.</param>
/// <param name="Name">Its name in the source.</param>
internal readonly record struct ObservedStep(StepKind Kind, object? Owner, nint Location, int SizeBytes, string Name);
