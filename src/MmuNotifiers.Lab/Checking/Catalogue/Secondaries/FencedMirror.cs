using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

/// <summary>
/// A mirror whose fault takes no lock: it publishes an entry that nobody can use yet, fences, checks for a collision, and only then makes
/// the entry usable, unless an invalidation has dropped it meanwhile. So is the production's software TLB filled.
/// </summary>
/// <remarks>
/// <code>
///   fault                                     bracket
///   entry = pending                           record the bracket
///   fence                                     fence
///   collided? again                           exchange the entries for nothing
///   pending -> usable, if it is still there
/// </code>
/// Either the fault sees the bracket, or the bracket drops the entry.
/// </remarks>
internal class FencedMirror(IPrimaryMmu primary, ICollisionRecord record) : PageMirror(primary, record)
{
    public override bool InvalidateRangeStart(in InvalidationRange range)
    {
        if (!TryEnter(in range))
        {
            return false;
        }

        Record.Start(range.Range);
        Shared.Fence();
        Table.Drop(range.Range);
        Lock.Exit();
        return true;
    }

    public override bool TryInstall(AddressRange range, ReadOnlySpan<Translation> translations, AccessRights access, ulong sequence)
    {
        MirrorEntry pending = new(translations[0].Frame, AccessRights.None);
        Table.Set(range.Start, pending);
        FenceBeforeCheck();
        return !Record.MustRetry(range, sequence) && Table.TryReplace(range.Start, pending, EntryFor(translations[0], access));
    }

    /// <summary>Orders the pending entry before the check.</summary>
    protected virtual void FenceBeforeCheck() => Shared.Fence();
}
