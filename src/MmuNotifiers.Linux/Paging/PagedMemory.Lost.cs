namespace MmuNotifiers.Linux;

/// <summary>Pages that are lost, and those who must be told before somebody waits for one.</summary>
public sealed partial class PagedMemory
{
    /// <summary>Who is told; null for nobody. Guarded by the gate.</summary>
    private Action<VirtualAddress>? _lostPageWatchers;

    /// <summary>
    /// Has somebody told of each lost page, when it is found and at each access to it, and lets native code that touches one wait instead of ending in
    /// SIGBUS: a guest's thread would get the signal inside KVM_RUN, and the process would end. Who is told takes the thread out of there.
    /// </summary>
    /// <param name="watcher">Gets the page's address; called under the gate, so it must not block and must not call this memory.</param>
    internal void WatchLostPages(Action<VirtualAddress> watcher)
    {
        lock (_gate)
        {
            _lostPageWatchers += watcher;
        }
    }

    /// <summary>Takes back one <see cref="WatchLostPages"/>.</summary>
    internal void UnwatchLostPages(Action<VirtualAddress> watcher)
    {
        lock (_gate)
        {
            _lostPageWatchers -= watcher;
        }
    }

    /// <summary>Tells of a lost page; false if there is nobody to tell.</summary>
    private bool TellLostLocked(int page)
    {
        _lostPageWatchers?.Invoke(_pages.AddressOf(page));
        return _lostPageWatchers is not null;
    }
}
