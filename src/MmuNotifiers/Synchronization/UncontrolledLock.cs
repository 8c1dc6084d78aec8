namespace MmuNotifiers.Synchronization;

/// <summary>
/// A lock that a race checker does not see: only for bookkeeping that is no part of a protocol (thread numbers, the ledger of open
/// brackets). As a step of the protocol it would make every two threads depend on each other. Its holder touches no shared state
/// through <see cref="Shared"/>, so that it is never left standing while it holds the lock.
/// </summary>
internal sealed class UncontrolledLock
{
    private readonly Lock _lock = new();

    /// <summary>Waits for the lock and holds it until the scope is disposed.</summary>
    internal Lock.Scope EnterScope() => _lock.EnterScope();
}
