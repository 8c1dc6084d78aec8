using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>
/// Calls the operations of an <see cref="IIoprocNotifier"/> from the brackets of an address space. It lies beside the address space because it
/// needs areas for what is told without one.
/// </summary>
/// <remarks>
/// <code>
///   bracket                                  operation, for each area (historical: the first)
///   Unmap, Clear, fork                       InvalidateRange, or InvalidatePage for one page
///   ProtectionArea                           ChangeProtection, with the rights of the changed area
///   ProtectionPage of a shared area          SyncRange: pages are about to be written back
///   end                                      ResumeLoads
///   update                                   UpdateRange, or UpdatePage for one page
/// </code>
/// The areas of a bracket are the same at its start and at its end, so nothing has to be remembered in between.
/// </remarks>
internal sealed class IoprocSubscriber(AddressSpace space, IIoprocNotifier notifier, IoprocForm form) : IMmuNotifier, IUpdateNotifier
{
    private const int KeptSkips = 4096;

    private readonly UncontrolledLock _lock = new();

    /// <summary>Guarded by the lock.</summary>
    private readonly Queue<SkippedArea> _skipped = new();

    private long _skips;
    private long _areaLookUps;

    /// <summary>How many areas were not reported although a bracket covered a part of them.</summary>
    internal long Skips => Shared.Read(in _skips, this);

    /// <summary>How often an area was looked up for an update, which comes without one.</summary>
    internal long AreaLookUps => Shared.Read(in _areaLookUps, this);

    /// <inheritdoc/>
    public bool InvalidateRangeStart(in InvalidationRange range)
    {
        if (!range.IsBlockable)
        {
            return false;
        }

        int told = Told(in range);
        for (int i = 0; i < told; i++)
        {
            Announce(in range, range.AreaAt(i));
        }

        for (int i = told; i < range.AreaCount; i++)
        {
            Skip(in range, range.AreaAt(i));
        }

        return true;
    }

    /// <inheritdoc/>
    public void InvalidateRangeEnd(in InvalidationRange range)
    {
        int told = Told(in range);
        for (int i = 0; i < told; i++)
        {
            IMappedArea area = range.AreaAt(i);
            notifier.ResumeLoads(area, HandedOver(in range, area));
        }
    }

    /// <inheritdoc/>
    public void Release() => notifier.Release();

    /// <inheritdoc/>
    public void UpdateRange(AddressRange range, AccessRights rights)
    {
        Shared.Add(ref _areaLookUps, 1, this);
        if (space.FindArea(range.Start) is not { } area)
        {
            return;
        }

        AddressRange part = range.Intersect(area.Range);
        if (part.Pages == 1)
        {
            notifier.UpdatePage(area, part.Start);
        }
        else if (!part.IsEmpty)
        {
            notifier.UpdateRange(area, part);
        }
    }

    /// <summary>Told by the bracket of the change already.</summary>
    public void ChangeProtection(AddressRange range, AccessRights rights)
    {
    }

    /// <summary>The latest area of which a part was skipped that contains an address, or null.</summary>
    internal SkippedArea? FindSkip(VirtualAddress address)
    {
        using (_lock.EnterScope())
        {
            SkippedArea? found = null;
            foreach (SkippedArea skipped in _skipped)
            {
                found = skipped.Part.Contains(address) ? skipped : found;
            }

            return found;
        }
    }

    /// <summary>The areas that were skipped last, oldest first.</summary>
    internal SkippedArea[] LatestSkips()
    {
        using (_lock.EnterScope())
        {
            return [.. _skipped];
        }
    }

    private int Told(in InvalidationRange range) => form == IoprocForm.Complete ? range.AreaCount : Math.Min(range.AreaCount, 1);

    private AddressRange HandedOver(in InvalidationRange range, IMappedArea area) =>
        form == IoprocForm.Complete ? range.Range.Intersect(area.Range) : range.Range;

    private void Announce(in InvalidationRange range, IMappedArea area)
    {
        AddressRange part = HandedOver(in range, area);
        if (range.Event == InvalidationEvent.ProtectionArea)
        {
            notifier.ChangeProtection(area, part, area.Rights);
        }
        else if (range.Event == InvalidationEvent.ProtectionPage && area.IsShared)
        {
            Sync(area, part);
        }
        else if (part.Pages == 1)
        {
            notifier.InvalidatePage(area, part.Start);
        }
        else
        {
            notifier.InvalidateRange(area, part);
        }
    }

    private void Sync(IMappedArea area, AddressRange part)
    {
        if (part.Pages == 1)
        {
            notifier.SyncPage(area, part.Start);
        }
        else
        {
            notifier.SyncRange(area, part);
        }
    }

    private void Skip(in InvalidationRange range, IMappedArea area)
    {
        SkippedArea skipped = new(range.Event, range.Range, range.AreaAt(0).Range, range.Range.Intersect(area.Range));
        Shared.Add(ref _skips, 1, this);
        using (_lock.EnterScope())
        {
            if (_skipped.Count == KeptSkips)
            {
                _skipped.Dequeue();
            }

            _skipped.Enqueue(skipped);
        }
    }
}
