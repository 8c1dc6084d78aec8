using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

/// <summary>Checks for a collision before it takes the lock: a bracket that starts between the two goes unnoticed.</summary>
internal sealed class UnlockedCheckMirror(IPrimaryMmu primary) : PageMirror(primary, new CountAndSequence())
{
    public override bool TryInstall(AddressRange range, ReadOnlySpan<Translation> translations, AccessRights access, ulong sequence)
    {
        if (Record.MustRetry(range, sequence))
        {
            return false;
        }

        using SharedLock.Scope held = Lock.EnterScope();
        Table.Set(range.Start, EntryFor(translations[0], access));
        return true;
    }
}
