namespace MmuNotifiers.Lab.Checking;

/// <summary>A callback that runs.</summary>
/// <param name="Subscriber">Whose.</param>
/// <param name="Thread">On which thread; null for one of the setup.</param>
/// <param name="Kind">Which.</param>
/// <param name="LocksHeld">How many locks the thread held as it was called.</param>
internal readonly record struct CallbackScope(Subscriber Subscriber, ThreadState? Thread, CallbackKind Kind, int LocksHeld);
