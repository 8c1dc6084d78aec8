using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>What is left when nothing can be evicted.</summary>
public sealed partial class Reclaimer
{
    /// <summary>Held while a victim is chosen and reaped. Nothing that the holder does sleeps, the policy aside.</summary>
    private readonly SharedLock _killing = new();

    // Guarded by the lock.
    private long _killed;
    private long _reapedPages;
    private long _reapRefusals;

    /// <summary>
    /// Kills for a frame: has the policy choose a victim, and takes its private pages away. For an allocation that found no frame and nothing to evict; no
    /// leaf, object or family lock is held, perhaps a map lock. Who comes while another kills waits, and tries the frames that this has freed.
    /// </summary>
    /// <param name="victimsBefore">
    /// <see cref="Victims"/> from before the allocation found nothing; on return as it is now, for the next attempt.
    /// </param>
    /// <returns>Whether frames may be free now; false if nobody was killed, or nothing could be taken from the victim without sleeping.</returns>
    internal bool TryKillForFrames(ref long victimsBefore)
    {
        if (Options.OutOfMemory is not { } policy || _killing.IsHeldByCurrentThread)
        {
            return false;
        }

        using SharedLock.Scope held = _killing.EnterScope();
        if (_killed != victimsBefore)
        {
            victimsBefore = _killed;
            return true;
        }

        if (policy.ChooseVictim(_memory) is not { } victim)
        {
            return false;
        }

        if (!ReferenceEquals(victim.Memory, _memory))
        {
            throw new InvalidOperationException($"{policy.GetType()} chose a victim whose frames are those of another pool.");
        }

        ReapResult result = victim.TryReap();
        Shared.Write(ref _reapedPages, _reapedPages + result.ReapedPages, this);
        Shared.Write(ref _reapRefusals, _reapRefusals + result.RefusedAreas, this);
        if (result.ReapedPages > 0)
        {
            Shared.Write(ref _killed, _killed + 1, this);
        }

        victimsBefore = _killed;
        return result.ReapedPages > 0;
    }

    /// <summary>How often a victim's pages were taken away.</summary>
    internal long Victims => Shared.Read(in _killed, this);
}
