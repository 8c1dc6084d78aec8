using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

/// <summary>Leaves the lock of the bracket to the end, also where the start refuses and no end comes (B15).</summary>
internal sealed class KeptLockMirror(IPrimaryMmu primary) : LockedBracketMirror(primary)
{
    protected override void Refuse(SharedLock bracketLock)
    {
    }
}
