using System.Diagnostics;
using System.Runtime.CompilerServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>
/// The areas, and how a change of them is seen by those who look them up without the map lock.
/// </summary>
/// <remarks>
/// <code>
///   map sequence    meaning
///   even            the areas are stable; whoever looked something up under this number may rely on it until it changes
///   odd             somebody who holds the map lock changes areas; look-ups wait, or are thrown away
/// </code>
/// Whether an area has private pages decides about merging. The fault that is to make the first one therefore takes the map lock for a
/// moment, and gives the area its family there:
/// <code>
///   fault                                   change of areas
///   area = find(address): no family
///                                           lock map; family? none: the area merges, and leaves the tree; unlock
///   lock map; area left: start over
///   -- or --
///   lock map; area.Family = ...; unlock
///                                           lock map; family? yes: it merges with those of this family only
/// </code>
/// </remarks>
public sealed partial class AddressSpace
{
    /// <summary>Held by every operation that changes areas, for as long as it takes.</summary>
    private readonly SharedLock _mapLock = new();

    /// <summary>Changed with the sequence odd.</summary>
    private readonly AreaTree _areas = new();

    /// <summary>Objects that areas left, to be looked after when the map lock is free again. Guarded by the map lock.</summary>
    private List<MemoryObject>? _detached;

    /// <summary>Written by the holder of the map lock, read by everyone.</summary>
    private long _mapSequence;

    /// <summary>How many pages areas cover. Guarded by the map lock.</summary>
    private ulong _mappedPages;

    /// <summary>How many pages locked areas cover. Guarded by the map lock.</summary>
    private ulong _lockedPages;

    /// <summary>
    /// The map sequence, once it is even. Pairs with the writes in <see cref="BeginMapChange"/> and <see cref="EndMapChange"/>.
    /// </summary>
    internal long ReadMapSequence()
    {
        long sequence = Shared.Read(in _mapSequence, this);
        if ((sequence & 1) == 0)
        {
            return sequence;
        }

        SharedSpin spin = default;
        do
        {
            spin.Once();
            sequence = Shared.Read(in _mapSequence, this);
        }
        while ((sequence & 1) != 0);
        return sequence;
    }

    /// <summary>
    /// Whether areas may have changed since the sequence was read. The caller passed a full fence since its look-up: it holds a
    /// leaf's lock; or it goes on only if the answer is that they did, or asks again under the map lock.
    /// </summary>
    internal bool MapChangedSince(long sequence) => Shared.Read(in _mapSequence, this) != sequence;

    /// <summary>
    /// The area that contains an address, without a lock: the answer counts only if <see cref="MapChangedSince"/> says no
    /// afterwards. Never throws, never blocks.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Area? FindArea(VirtualAddress address) => _areas.Find(address);

    /// <summary>Waits for the map lock; disposing leaves it and gives back objects that nobody maps any more.</summary>
    private MapLockScope LockMap() => new(this);

    /// <summary>Areas change from here on: look-ups made without the map lock do not count. The map lock is held.</summary>
    private void BeginMapChange()
    {
        Debug.Assert(_mapLock.IsHeldByCurrentThread, "areas change under the map lock only");
        Shared.Add(ref _mapSequence, 1, this);
    }

    /// <summary>The areas are as they should be again.</summary>
    private void EndMapChange()
    {
        Shared.Add(ref _mapSequence, 1, this);
        Memory.Reclaim?.Standstill.NoteChange();
        if (_followers is not null)
        {
            FollowAreas();
        }
    }

    /// <summary>The one way into the tree, with the sequence odd.</summary>
    private void InsertArea(Area area)
    {
        area.Family?.Attach(this, area);
        area.Object?.Attach(this, area);
        _areas.Insert(area);
        Count(area, 1);
        NoteEntered(area);
    }

    /// <summary>The one way out of the tree, with the sequence odd.</summary>
    private void RemoveArea(Area area)
    {
        _areas.Remove(area);
        Detach(area);
        NoteLeft(area);
    }

    /// <summary>Both at once, for an area that overlaps no third one.</summary>
    private void ReplaceArea(Area old, Area area)
    {
        area.Object?.Attach(this, area);
        _areas.Replace(old, area);
        Count(area, 1);
        NoteLeft(old);
        NoteEntered(area);
        if (AnonymousFamily.AreAtOneDistance(old, area))
        {
            DetachObject(old);
            Count(old, -1);
            return;
        }

        area.Family?.Attach(this, area);
        Detach(old);
    }

    /// <summary>
    /// Adds an area and merges it with its neighbours where they allow it. With the sequence odd.
    /// </summary>
    /// <returns>What lies there now.</returns>
    private Area InsertMerged(Area area)
    {
        Area? lower = _areas.LastStartingBelow(area.Range.Start);
        Area? upper = _areas.FirstEndingAbove(area.Range.End);
        lower = lower is not null && AreaMerging.WithLower(lower, area) ? lower : null;
        upper = upper is not null && AreaMerging.WithUpper(area, upper) ? upper : null;
        if (lower is not null && upper is not null && !AreaMerging.Across(lower, upper))
        {
            upper = null;
        }

        area = upper is null ? area : AreaMerging.Join(area, upper);
        area = lower is null ? area : AreaMerging.Join(lower, area);
        if (lower is not null && upper is not null)
        {
            RemoveArea(upper);
        }

        if ((lower ?? upper) is { } replaced)
        {
            ReplaceArea(replaced, area);
        }
        else
        {
            InsertArea(area);
        }

        return area;
    }

    /// <summary>Takes a part out of an area; what remains of it on either side stays. With the sequence odd.</summary>
    private void RemovePart(Area area, AddressRange part)
    {
        AddressRange lower = new(area.Range.Start, part.Start);
        AddressRange upper = new(part.End, area.Range.End);
        if (lower.IsEmpty && upper.IsEmpty)
        {
            RemoveArea(area);
            return;
        }

        ReplaceArea(area, area.Slice(lower.IsEmpty ? upper : lower));
        if (!lower.IsEmpty && !upper.IsEmpty)
        {
            InsertArea(area.Slice(upper));
        }
    }

    private void Detach(Area area)
    {
        area.Family?.Detach(this, area);
        DetachObject(area);
        Count(area, -1);
    }

    private void DetachObject(Area area)
    {
        if (area.Object is { } target)
        {
            target.Detach(this, area);
            (_detached ??= []).Add(target);
        }
    }

    private void Count(Area area, int sign)
    {
        ulong pages = sign < 0 ? 0 - area.Range.Pages : area.Range.Pages;
        _mappedPages += pages;
        if (area.Has(AreaFlags.Locked))
        {
            _lockedPages += pages;
        }
    }

    /// <summary>Holds the map lock until disposed.</summary>
    private readonly ref struct MapLockScope
    {
        private readonly AddressSpace _space;

        internal MapLockScope(AddressSpace space)
        {
            _space = space;
            space._mapLock.Enter();
        }

        public void Dispose()
        {
            List<MemoryObject>? detached = _space._detached;
            _space._detached = null;
            _space._mapLock.Exit();
            if (detached is null)
            {
                return;
            }

            foreach (MemoryObject target in detached)
            {
                target.ReleaseIfUnused();
            }
        }
    }
}
