using System.Runtime.InteropServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>
/// What merging knows of the pages of one memory, by the hash of their bytes: those that are merged, and where others were last seen. It
/// holds no references: whatever it answers may be gone, and is checked by who asks.
/// </summary>
internal sealed class MergeTable
{
    private readonly SharedLock _lock = new();

    /// <summary>Merged pages. Guarded by the lock.</summary>
    private readonly Dictionary<ulong, List<MergedPage>> _merged = [];

    /// <summary>Where a page with these bytes was last seen. Guarded by the lock.</summary>
    private readonly Dictionary<ulong, Mapping> _seen = [];

    private readonly PhysicalMemory _memory;

    /// <summary>Makes an empty one.</summary>
    internal MergeTable(PhysicalMemory memory) => _memory = memory;

    /// <summary>The hash by which equal pages are found.</summary>
    internal static ulong Hash(ReadOnlySpan<byte> page)
    {
        const ulong Prime = 0x9E3779B97F4A7C15;
        ulong hash = Prime;
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(page))
        {
            hash = ulong.RotateLeft(hash ^ word, 29) * Prime;
        }

        return hash;
    }

    /// <summary>Forgets everything.</summary>
    internal void Clear()
    {
        using SharedLock.Scope held = _lock.EnterScope();
        _merged.Clear();
        _seen.Clear();
    }

    /// <summary>The merged pages with a hash.</summary>
    internal MergedPage[] Merged(ulong hash)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        return _merged.TryGetValue(hash, out List<MergedPage>? pages) ? [.. pages] : [];
    }

    internal void Add(ulong hash, MergedPage page)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        if (_merged.Count >= _memory.FrameCount)
        {
            // There are fewer frames, so most of these are gone.
            ForgetLocked(static page => !page.IsMapped);
        }

        if (!_merged.TryGetValue(hash, out List<MergedPage>? pages))
        {
            pages = [];
            _merged.Add(hash, pages);
        }

        pages.Add(page);
    }

    /// <summary>Forgets a merged page that is mapped nowhere any more.</summary>
    internal void Remove(ulong hash, MergedPage page)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        if (_merged.TryGetValue(hash, out List<MergedPage>? pages) && pages.Remove(page) && pages.Count == 0)
        {
            _merged.Remove(hash);
        }
    }

    /// <summary>Remembers where a page was seen.</summary>
    /// <returns>Where one with the same hash was seen before.</returns>
    internal Mapping? Exchange(ulong hash, Mapping page)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        Mapping? before = _seen.TryGetValue(hash, out Mapping seen) ? seen : null;
        if (_seen.Count >= _memory.FrameCount)
        {
            _seen.Clear();
        }

        _seen[hash] = page;
        return before;
    }

    /// <summary>An address space is gone: forgets what was seen there, and what was merged and is mapped nowhere any more.</summary>
    internal void Forget(AddressSpace space)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        foreach ((ulong hash, Mapping page) in _seen)
        {
            if (ReferenceEquals(page.Space, space))
            {
                _seen.Remove(hash);
            }
        }

        ForgetLocked(static page => !page.Candidates().Any());
    }

    private void ForgetLocked(Predicate<MergedPage> isGone)
    {
        foreach ((ulong hash, List<MergedPage> pages) in _merged)
        {
            pages.RemoveAll(isGone);
            if (pages.Count == 0)
            {
                _merged.Remove(hash);
            }
        }
    }
}
