namespace MmuNotifiers.Primary;

/// <summary>
/// A subscription that hangs on areas (vmas): it is attached where a device first translates, and goes with its areas through
/// splits, merges and moves until they are unmapped. A child of fork inherits nothing. Guarded by the map lock of its address space.
/// </summary>
/// <param name="space">Whose areas.</param>
/// <param name="subscription">By ranges: one range for each area.</param>
internal sealed class AreaFollower(AddressSpace space, NotifierSubscription subscription)
{
    private readonly Dictionary<Area, AttachedRange> _ranges = new(ReferenceEqualityComparer.Instance);
    private readonly List<AttachedRange> _gone = [];
    private readonly List<AttachedRange> _come = [];
    private readonly List<AddressRange> _carried = [];
    private bool _isMoving;

    /// <summary>What following cost so far.</summary>
    internal UpkeepCounts Counts { get; } = new();

    /// <summary>How many areas it is attached to.</summary>
    internal int Areas => _ranges.Count;

    /// <summary>Attaches to an area, unless it is attached.</summary>
    internal AttachedRange Attach(Area area)
    {
        if (!_ranges.TryGetValue(area, out AttachedRange? range))
        {
            range = new AttachedRange(subscription, area.Range, area, isSettled: false);
            space.Subscriptions.Exchange(subscription, [], [range]);
            _ranges.Add(area, range);
            Counts.Inserts++;
        }

        return range;
    }

    /// <summary>A part of an area is about to move: its addresses leave and come back elsewhere.</summary>
    internal void BeginMove(Area source) => _isMoving = _ranges.ContainsKey(source);

    /// <summary>The next change brings the part to its new place.</summary>
    /// <param name="to">Where it will be.</param>
    /// <param name="kept">Where an emptied area stays behind; empty for nowhere.</param>
    internal void EndMove(AddressRange to, AddressRange kept)
    {
        if (_isMoving)
        {
            _isMoving = false;
            Counts.Moves++;
            _carried.Add(to);
            if (!kept.IsEmpty)
            {
                _carried.Add(kept);
            }
        }
    }

    /// <summary>Areas changed: whoever takes over addresses of an attached area is attached.</summary>
    internal void Follow(AreaChange change)
    {
        DetachLeavers();
        List<AttachedRange> old = TakeAttached(change.Left);
        if (old.Count == 0 && _carried.Count == 0)
        {
            return;
        }

        foreach (Area area in change.Entered)
        {
            Inherit(area, change, old);
        }

        foreach (AttachedRange range in old)
        {
            int parts = change.Entered.Count(area => area.Range.Overlaps(range.Range));
            Counts.Splits += Math.Max(parts - 1, 0);
            Counts.Removals += parts == 0 && !_isMoving ? 1 : 0;
        }

        _gone.AddRange(old);
        _carried.Clear();
        if (!LeavesAddresses(change, old))
        {
            DetachLeavers();
        }
    }

    /// <summary>No bracket over addresses that left is open any more: the ranges are exchanged.</summary>
    internal void DetachLeavers()
    {
        if (_gone.Count + _come.Count > 0)
        {
            space.Subscriptions.Exchange(subscription, _gone.ToArray(), _come.ToArray());
            _gone.Clear();
            _come.Clear();
        }
    }

    private List<AttachedRange> TakeAttached(List<Area> left)
    {
        List<AttachedRange> taken = [];
        foreach (Area area in left)
        {
            if (_ranges.Remove(area, out AttachedRange? range))
            {
                taken.Add(range);
            }
        }

        return taken;
    }

    private void Inherit(Area area, AreaChange change, List<AttachedRange> old)
    {
        bool isCarried = _carried.Exists(carried => carried.Overlaps(area.Range));
        List<AttachedRange> covering = old.FindAll(range => range.Range.Overlaps(area.Range));
        if (covering.Count == 0 && !isCarried)
        {
            return;
        }

        if (covering.Count == 1 && covering[0].Range == area.Range)
        {
            // The same addresses with other rights or flags: the entry stays where it is.
            covering[0].Area = area;
            _ranges.Add(area, covering[0]);
            old.Remove(covering[0]);
            return;
        }

        ulong covered = covering.Aggregate(0UL, (pages, range) => pages + range.Range.Intersect(area.Range).Pages);
        bool isSettled = covered == area.Range.Pages && covering.TrueForAll(static range => range.IsSettled);
        AttachedRange fresh = new(subscription, area.Range, area, isSettled);
        _ranges.Add(area, fresh);
        _come.Add(fresh);
        Counts.Merges += Math.Max(SourcesOf(area, change) - 1, 0);
    }

    /// <summary>How many areas went into one, a newly mapped one included.</summary>
    private static int SourcesOf(Area area, AreaChange change)
    {
        int sources = 0;
        ulong known = 0;
        foreach (Area left in change.Left)
        {
            AddressRange part = left.Range.Intersect(area.Range);
            sources += part.IsEmpty ? 0 : 1;
            known += part.Pages;
        }

        return sources + (known < area.Range.Pages ? 1 : 0);
    }

    /// <summary>Whether some address of a followed area is in no area any more.</summary>
    private static bool LeavesAddresses(AreaChange change, List<AttachedRange> old)
    {
        foreach (AttachedRange range in old)
        {
            ulong stays = 0;
            foreach (Area area in change.Entered)
            {
                stays += area.Range.Intersect(range.Range).Pages;
            }

            if (stays < range.Range.Pages)
            {
                return true;
            }
        }

        return false;
    }
}
