using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary;

/// <summary>The gates of all device threads that use one set of translations.</summary>
internal sealed class AccessGates
{
    private readonly SharedLock _lock = new();

    /// <summary>Guarded by the lock; replaced as a whole.</summary>
    private AccessGate[] _gates = [];

    /// <summary>Adds a device thread. It stays.</summary>
    internal AccessGate Add()
    {
        AccessGate gate = new(this);
        using SharedLock.Scope scope = _lock.EnterScope();
        _gates = [.. _gates, gate];
        return gate;
    }

    /// <summary>
    /// Waits until every section that may use a translation which the caller has dropped is over. Sections that begin later see
    /// that it is gone. Not from inside a section. Waits by spinning only: allowed under a page-table lock, as a shootdown is.
    /// </summary>
    internal void AwaitAccessesInFlight()
    {
        _lock.EnterOrSpin(mayBlock: false);
        AwaitSections();
        _lock.Exit();
    }

    private void AwaitSections()
    {
        bool needsBarrier = false;
        foreach (AccessGate gate in _gates)
        {
            if (!gate.Words.MustFence)
            {
                gate.Words.StartFencing();
                needsBarrier = true;
            }
        }

        if (needsBarrier)
        {
            Shared.ProcessWideBarrier();
        }
        else
        {
            Shared.Fence();
        }

        foreach (AccessGate gate in _gates)
        {
            gate.Words.WaitUntilOutside();
        }
    }

    /// <summary>
    /// Called by a device thread outside of a section, to enter without a fence from now on. Does nothing while an invalidator is
    /// at work.
    /// </summary>
    internal void TryStopFencing(AccessGate gate)
    {
        if (_lock.TryEnter())
        {
            gate.Words.StopFencing();
            _lock.Exit();
        }
    }
}
