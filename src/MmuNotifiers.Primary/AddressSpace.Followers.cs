using System.Runtime.CompilerServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>
/// Subscriptions that hang on areas follow what becomes of them. Nobody follows in most address spaces: then a change of areas pays
/// one branch for each area, and brackets pay nothing.
/// </summary>
/// <remarks>
/// What left and what entered the tree is noted while the map sequence is odd, and followed once it is even:
/// <code>
///   the same addresses in other areas (split, merge, new rights)    ranges are exchanged at once
///   addresses that leave (munmap, mremap)                           the bracket that clears their ptes comes after the areas have left the
///                                                                   tree: until it has ended the old ranges stay, then they are exchanged
/// </code>
/// So there is no moment at which a pte of a followed area may change untold, and none at which another area has the addresses of
/// a range that is not its own.
/// </remarks>
public sealed partial class AddressSpace
{
    /// <summary>Null as long as nobody follows areas. Guarded by the map lock, and so is everything below.</summary>
    private List<AreaFollower>? _followers;

    private readonly AreaChange _areaChange = new();

    private long _areaLookUps;

    /// <summary>Whether somebody is to be told of areas even where the primary has none at hand. Never reset.</summary>
    internal bool WantsAreas { get; set; }

    /// <summary>How often areas were looked up for the sake of subscribers only.</summary>
    internal long AreaLookUps => Shared.Read(in _areaLookUps, this);

    /// <summary>Lets a subscription by ranges follow the areas that it is attached to.</summary>
    internal void AddFollower(AreaFollower follower)
    {
        using MapLockScope held = LockMap();
        (_followers ??= []).Add(follower);
        WantsAreas = true;
    }

    /// <summary>Ends that.</summary>
    internal void RemoveFollower(AreaFollower follower)
    {
        using MapLockScope held = LockMap();
        if (_followers is not null && _followers.Remove(follower) && _followers.Count == 0)
        {
            _followers = null;
        }
    }

    /// <summary>Attaches a follower to the area of an address.</summary>
    /// <returns>The range of the area; not settled yet. Null if nothing is mapped there.</returns>
    internal AttachedRange? AttachAreaOf(AreaFollower follower, VirtualAddress address)
    {
        using MapLockScope held = LockMap();
        return _areas.Find(address) is { } area ? follower.Attach(area) : null;
    }

    private void CountAreaLookUps(int lookUps) => Shared.Write(ref _areaLookUps, _areaLookUps + lookUps, this);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void NoteEntered(Area area)
    {
        if (_followers is not null)
        {
            _areaChange.Enter(area);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void NoteLeft(Area area)
    {
        if (_followers is not null)
        {
            _areaChange.Leave(area);
        }
    }

    /// <summary>A part of an area is about to move.</summary>
    private void NoteMove(Area source)
    {
        foreach (AreaFollower follower in _followers ?? [])
        {
            follower.BeginMove(source);
        }
    }

    /// <summary>It comes to lie elsewhere with the next change.</summary>
    private void NoteMoved(AddressRange to, AddressRange kept)
    {
        foreach (AreaFollower follower in _followers ?? [])
        {
            follower.EndMove(to, kept);
        }
    }

    private void FollowAreas()
    {
        foreach (AreaFollower follower in _followers!)
        {
            follower.Follow(_areaChange);
        }

        _areaChange.Clear();
    }

    /// <summary>The bracket over addresses that left has ended.</summary>
    private void DetachLeavers()
    {
        if (_followers is null)
        {
            return;
        }

        foreach (AreaFollower follower in _followers)
        {
            follower.DetachLeavers();
        }
    }
}
