using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>Which areas there are: the one that pages are written to, and those of snapshots, which come and go.</summary>
/// <remarks>
/// A read-only area is given back when nobody holds it (the snapshot was closed, and no load is under way) and no slot of it has a user. Its
/// number serves another one then. A slot without users stays so, since only users make more of them, so slot after slot can be looked at while
/// others let go; that is done when the last holder lets go, and whenever an area is added.
/// <para>
/// Whoever has a pte or a page-cache entry under its lock, or a user of his own, keeps the area. A fault has neither while it reads a page in:
/// </para>
/// <code>
///   fault                                          another
///   pte = swap 5:17, read without a lock
///                                                  the last user of 5:17 lets go; area 5 is given back;
///                                                  another snapshot is opened, and is area 5
///   one look at the areas
///     none, or the old one: 5:17 has no user       start over
///     the new one: a frame of its slot 17, from
///       its store, with a reference
///   lock leaf; pte is not 5:17 any more:           put the frame back; start over
/// </code>
/// So an operation looks an area up once and keeps to what it found: never the slot of one with the store of another.
/// </remarks>
internal sealed unsafe partial class SwapSpace
{
    private const int WritableArea = 0;

    private readonly SharedLock _areaLock = new();

    /// <summary>
    /// By number; <see cref="WritableArea"/> is the one that pages are written to, if there is one. An array once published never changes. Written under
    /// the area lock.
    /// </summary>
    private SwapArea?[] _areas = [];

    /// <summary>The number that was given to a read-only area last: the next one gets another, as long as there are any. Guarded by the area lock.</summary>
    private int _lastNumber;

    /// <summary>How many read-only areas there can be at one time. Set by tests, before there is any.</summary>
    internal int MaxReadOnlyAreas { get; set; } = SwapEntry.MaxAreas - 1;

    /// <summary>Whether there is a place to evict pages to.</summary>
    internal bool CanEvict => FindArea(WritableArea) is not null;

    /// <summary>Whether there is any area: else no pte and no frame knows of swap.</summary>
    internal bool IsInUse => Shared.Read(in _areas, this).Length > 0;

    /// <summary>How many areas there are.</summary>
    internal int AreaCount => Shared.Read(in _areas, this).Count(static area => area is not null);

    /// <summary>Adds a store, of which the caller is the first holder.</summary>
    /// <param name="store">The store; stays the caller's. One that is written to outlives the pool, another one its area.</param>
    /// <param name="kind">What it is good for.</param>
    /// <returns>The number of the area, for <see cref="SwapEntry"/>.</returns>
    /// <exception cref="InvalidOperationException">There is one to write to already, or there are too many.</exception>
    internal int AddArea(ISwapStore store, SwapAreaKind kind)
    {
        using SharedLock.Scope held = _areaLock.EnterScope();
        GiveUnusedBackLocked();
        int number = kind == SwapAreaKind.ReadWrite ? WritableArea : NextNumberLocked();
        SwapArea?[] areas = _areas;
        if (number < areas.Length && areas[number] is not null)
        {
            throw new InvalidOperationException(kind == SwapAreaKind.ReadWrite
                ? "The pool has a store to write pages to."
                : $"The pool has pages of {MaxReadOnlyAreas} snapshots, which is the most at one time.");
        }

        EnsureEntries();
        SwapArea area = new(number, store, kind) { Holders = 1, Standstill = _memory.Reclaim?.Standstill };
        if (kind == SwapAreaKind.ReadOnly)
        {
            area.AddAllClusters();
            _lastNumber = number;
        }

        PublishLocked(number, area);
        return number;
    }

    /// <summary>One holder more of an area that the caller knows to be held.</summary>
    internal void HoldArea(int number)
    {
        using SharedLock.Scope held = _areaLock.EnterScope();
        AreaOf(number).Holders++;
    }

    /// <summary>A holder lets go of a read-only area: without any, nobody begins to use a slot that has no user.</summary>
    internal void LetGoOfArea(int number)
    {
        using SharedLock.Scope held = _areaLock.EnterScope();
        AreaOf(number).Holders--;
        GiveUnusedBackLocked();
    }

    /// <summary>An area that somebody holds, or of which the caller keeps a slot.</summary>
    internal SwapArea AreaOf(int number) => Shared.Read(in _areas, this)[number]!;

    /// <summary>An area, or null if there is none of that number any more.</summary>
    private SwapArea? FindArea(int number)
    {
        SwapArea?[] areas = Shared.Read(in _areas, this);
        return number < areas.Length ? areas[number] : null;
    }

    /// <summary>The cluster of an entry that may be out of date; null if its area is none any more, or never handed the slot out.</summary>
    private SwapCluster? FindCluster(SwapEntry entry) => FindArea(entry.Area)?.FindCluster(entry.Slot);

    /// <summary>A number that no read-only area has, not one that was just given back; one that is taken if all are.</summary>
    private int NextNumberLocked()
    {
        SwapArea?[] areas = _areas;
        for (int step = 0; step < MaxReadOnlyAreas; step++)
        {
            int number = 1 + ((_lastNumber + step) % MaxReadOnlyAreas);
            if (number >= areas.Length || areas[number] is null)
            {
                return number;
            }
        }

        return MaxReadOnlyAreas;
    }

    private void GiveUnusedBackLocked()
    {
        foreach (SwapArea? area in _areas)
        {
            if (area is { Kind: SwapAreaKind.ReadOnly, Holders: 0 } && area.HasNoUsers())
            {
                PublishLocked(area.Number, null);
            }
        }
    }

    private void PublishLocked(int number, SwapArea? area)
    {
        SwapArea?[] areas = new SwapArea?[Math.Max(_areas.Length, number + 1)];
        _areas.CopyTo(areas, 0);
        areas[number] = area;
        int count = Array.FindLastIndex(areas, static area => area is not null) + 1;
        Shared.Write(ref _areas, areas[..count], this);
    }
}
