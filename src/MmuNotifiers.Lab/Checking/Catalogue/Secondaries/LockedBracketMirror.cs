using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

/// <summary>
/// A mirror that keeps a lock from the start of a bracket to its end, so that no fault installs anything meanwhile. A second lock guards the
/// entries; where a bracket must not block and the second one is taken, the start refuses and gives the first one back.
/// </summary>
internal class LockedBracketMirror(IPrimaryMmu primary) : PageMirror(primary, new CountAndSequence())
{
    private readonly SharedLock _bracketLock = new();

    public override bool InvalidateRangeStart(in InvalidationRange range)
    {
        if (!range.IsBlockable)
        {
            if (!_bracketLock.TryEnter())
            {
                return false;
            }
        }
        else
        {
            _bracketLock.Enter();
        }

        if (base.InvalidateRangeStart(in range))
        {
            return true;
        }

        Refuse(_bracketLock);
        return false;
    }

    public override void InvalidateRangeEnd(in InvalidationRange range)
    {
        base.InvalidateRangeEnd(in range);
        _bracketLock.Exit();
    }

    public override bool TryInstall(AddressRange range, ReadOnlySpan<Translation> translations, AccessRights access, ulong sequence)
    {
        using SharedLock.Scope held = _bracketLock.EnterScope();
        return base.TryInstall(range, translations, access, sequence);
    }

    /// <summary>What a start that refuses does with the lock of the bracket.</summary>
    protected virtual void Refuse(SharedLock bracketLock) => bracketLock.Exit();
}
