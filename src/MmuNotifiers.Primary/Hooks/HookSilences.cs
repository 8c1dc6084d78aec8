using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>
/// The latest changes that a hook table did not bracket: what a stale translation is explained from. Filled only for tables other than
/// the standard one, and only where somebody asks.
/// </summary>
internal sealed class HookSilences
{
    private const int Kept = 4096;

    private readonly UncontrolledLock _lock = new();

    /// <summary>Guarded by the lock.</summary>
    private readonly Queue<HookSilence> _latest = new();

    /// <summary>Notes a change, before it happens.</summary>
    internal void Add(HookSite site, HookPlacement placement, scoped in InvalidationRange range)
    {
        HookSilence silence = new(site, placement, range.Range);
        using (_lock.EnterScope())
        {
            if (_latest.Count == Kept)
            {
                _latest.Dequeue();
            }

            _latest.Enqueue(silence);
        }
    }

    /// <summary>The latest change of an address that was told of late or never, or null.</summary>
    internal HookSilence? Find(VirtualAddress address)
    {
        using (_lock.EnterScope())
        {
            HookSilence? found = null;
            foreach (HookSilence silence in _latest)
            {
                found = silence.Range.Contains(address) ? silence : found;
            }

            return found;
        }
    }
}
