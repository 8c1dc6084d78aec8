using System.Diagnostics;
using System.Runtime.CompilerServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary.Registration;

/// <summary>
/// What one thread gets regions of a <see cref="RegistrationCache"/> through. Used by one thread at a time. Its counts are plain numbers of
/// its own; whoever takes a region away adds those of all clients up.
/// </summary>
public sealed partial class RegistrationClient
{
    /// <summary>The most pages that one call registers: 64 GiB.</summary>
    private const ulong MaxRegionPages = 1 << 24;

    /// <summary>By the regions' indexes. Written by the client's thread, the array itself under the cache's lock; others read under the lock.</summary>
    private UseRecord[] _records = new UseRecord[16];

    // Written by the client's own thread; another thread may read an older value.
    private long _hits;

    internal RegistrationClient(RegistrationCache cache)
    {
        Cache = cache;
        _gate = cache.Gates.Add();
    }

    internal RegistrationCache Cache { get; }

    internal SecondaryStatistics Statistics => new()
    {
        RegistrationHits = _hits,
        DeviceFaults = _faults,
        FailedFaults = _failedFaults,
        Retries = _retries,
    };

    /// <summary>
    /// Gets a region that covers a range; registers it if there is none, which faults its pages in and may block. To be put back with
    /// <see cref="Put(in RegistrationHandle)"/>.
    /// </summary>
    /// <param name="range">The addresses, not empty; widened to whole pages.</param>
    /// <param name="rights">What is to be done to them. Who may write may read.</param>
    /// <param name="handle">The region, if the result is success.</param>
    /// <returns>
    /// Success, or why the memory cannot be registered: what the primary said of its first page that fails, or
    /// <see cref="FaultResult.WouldBlock"/> if brackets kept it busy for longer than <see cref="MirrorLoop.DefaultBudget"/>.
    /// </returns>
    /// <exception cref="ArgumentException">The range is empty, or has more than 64 GiB.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FaultResult Get(AddressRange range, AccessRights rights, out RegistrationHandle handle)
    {
        ulong page = range.Start.PageNumber;
        if (Cache.Directory.FindLeaf(page) is { } leaf)
        {
            ref ulong slot = ref leaf[RegionDirectory.IndexOf(page)];
            RegionSlot seen = new(Shared.Read(in slot, leaf));
            UseRecord[] records = _records;
            bool isHit = seen.Covers(((range.End.Value - 1) >> Page.Shift) - page + 1) && seen.Allows(rights) && !range.IsEmpty;
            if (isHit && seen.Index < records.Length)
            {
                // Pairs with the barrier of who takes the region away: see the cache.
                ref UseRecord record = ref records[seen.Index];
                Shared.Write(ref record.Count, record.Count + 1, records);
                if (Shared.Read(in slot, leaf) == seen.Value)
                {
                    Shared.Write(ref record.LastUse, Cache.Clock, records);
                    _hits++;
                    handle = new RegistrationHandle(this, seen.Index);
                    return FaultResult.Success;
                }

                Put(seen.Index);
            }
        }

        return Register(range, rights, out handle);
    }

    /// <summary>
    /// Puts a region back. May end the subscription of one that is no longer found, which waits for brackets over it: not from inside a
    /// notifier's callback.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Put(in RegistrationHandle handle)
    {
        Debug.Assert(handle.Client == this, "A region is put back through the client that got it.");
        Put(handle.Index);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Put(int index)
    {
        UseRecord[] records = _records;
        ref UseRecord record = ref records[index];
        Debug.Assert(record.Count > 0, "A region is put back once for each get.");
        Shared.Write(ref record.Count, record.Count - 1, records);

        // Pairs with the barrier of who takes the region away: see the cache.
        if (Cache.HasRetired)
        {
            Cache.Returned(index);
        }
    }

    /// <summary>How often the client has got a region. For others: under the cache's lock.</summary>
    internal int CountOf(int index) => index < _records.Length ? Shared.Read(in _records[index].Count, _records) : 0;

    /// <summary>When the client got a region last.</summary>
    internal uint LastUseOf(int index) => index < _records.Length ? Shared.Read(in _records[index].LastUse, _records) : 0;

    /// <summary>Counts a get of a region that is listed. By the client's thread, under the cache's lock.</summary>
    internal void CountLocked(int index)
    {
        if (index >= _records.Length)
        {
            UseRecord[] records = new UseRecord[Math.Max(index + 1, _records.Length * 2)];
            _records.CopyTo(records, 0);
            _records = records;
        }

        ref UseRecord record = ref _records[index];
        Shared.Write(ref record.Count, record.Count + 1, _records);
        Shared.Write(ref record.LastUse, Cache.Clock, _records);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private FaultResult Register(AddressRange range, AccessRights rights, out RegistrationHandle handle)
    {
        if (range.IsEmpty || range.Pages > MaxRegionPages)
        {
            throw new ArgumentException($"A registered region has from 0x1 to 0x{MaxRegionPages:x} pages: {range}.", nameof(range));
        }

        rights |= (rights & AccessRights.Write) != 0 ? AccessRights.Read : AccessRights.None;
        FaultResult result = Cache.Register(this, range.AlignOutward(), rights, out int index);
        _faults++;
        _failedFaults += result == FaultResult.Success ? 0 : 1;
        handle = result == FaultResult.Success ? new RegistrationHandle(this, index) : default;
        return result;
    }
}
