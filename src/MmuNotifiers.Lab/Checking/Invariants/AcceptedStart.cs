namespace MmuNotifiers.Lab.Checking;

/// <summary>A start that a subscriber accepted.</summary>
/// <param name="Thread">The thread that called it.</param>
/// <param name="Range">The addresses.</param>
/// <param name="Event">Why.</param>
internal readonly record struct AcceptedStart(ThreadState? Thread, AddressRange Range, InvalidationEvent Event);
