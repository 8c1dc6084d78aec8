using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary.Registration;

/// <summary>What a get does that finds nothing.</summary>
/// <remarks>
/// <code>
///   lock      plan: the union with all regions that overlap, or touch and are small; a new region, not listed
///   --        subscribe to it; fault in what was asked for, note what is there of the rest
///   lock      the plan still holds? the new region takes the place of those that it swallowed; evict; collect
///             otherwise start over
///   --        end the subscriptions of what was collected
/// </code>
/// </remarks>
public sealed partial class RegistrationCache
{
    private readonly RegionList _listed = new();

    /// <summary>New and retired regions: they have translations too. Guarded by the lock.</summary>
    private readonly List<RegisteredRegion> _unlisted = new(16);

    /// <summary>Indexes that were used before. Guarded by the lock.</summary>
    private readonly Stack<int> _freeIndexes = new();

    /// <summary>One more than the highest index that was ever used. Guarded by the lock.</summary>
    private int _nextIndex;

    /// <summary>Bytes of the listed regions. Guarded by the lock.</summary>
    private ulong _listedBytes;

    /// <inheritdoc cref="Clock"/>
    private uint _clock;

    /// <summary>Gets a region for a client the slow way: finds it, gives it more rights, or registers it. May block; outside of a section.</summary>
    /// <returns>Success, and the region has been counted for the client; otherwise why the memory cannot be had.</returns>
    internal FaultResult Register(RegistrationClient client, AddressRange range, AccessRights rights, out int index)
    {
        FaultResult? result = null;
        index = -1;
        while (result is null)
        {
            if (IsReleased)
            {
                return FaultResult.NotMapped;
            }

            if (TryFind(client, range, rights, out RegisteredRegion? found))
            {
                index = found!.Index;
                return FaultResult.Success;
            }

            result = found switch
            {
                null => FaultResult.OutOfMemory,
                { State: RegionState.New } => TryRegister(client, found, range, rights),
                _ => Upgrade(client, found, range, rights),
            };
            index = found?.Index ?? -1;
        }

        return result.Value;
    }

    /// <summary>Ends the subscriptions of regions that are free. Outside of the lock; may wait for brackets.</summary>
    private void Unwatch(List<RegisteredRegion> free)
    {
        foreach (RegisteredRegion region in free)
        {
            _attachment.Unwatch(region);
        }
    }

    /// <summary>Whether a bracket collided with a look-up for a region. Under the lock.</summary>
    internal bool TryFill(RegisteredRegion region, AddressRange range, ReadOnlySpan<Translation> translations, ulong sequence)
    {
        using SharedLock.Scope scope = _lock.EnterScope();
        if (_released || _attachment.MustRetry(region, range, sequence))
        {
            return false;
        }

        region.Fill(range, translations, _primary);
        return true;
    }

    /// <summary>See <see cref="RegionAttachment.ReadBegin"/>.</summary>
    internal ulong ReadBegin(RegisteredRegion region, AddressRange range) => _attachment.ReadBegin(region, range);

    /// <summary>Finds a listed region that covers a range, counted for the client whatever its rights; or makes one that is not listed.</summary>
    /// <returns>Whether the region found may be used at once.</returns>
    private bool TryFind(RegistrationClient client, AddressRange range, AccessRights rights, out RegisteredRegion? region)
    {
        using SharedLock.Scope scope = _lock.EnterScope();
        RegionSlot slot = Directory.Find(range.Start.PageNumber);
        if (!slot.IsNone && slot.Covers(range.Pages))
        {
            region = _regions[slot.Index]!;
            client.CountLocked(slot.Index);
            return slot.Allows(rights);
        }

        region = MakeLocked(range, rights);
        return false;
    }

    private RegisteredRegion? MakeLocked(AddressRange range, AccessRights rights)
    {
        if (!_freeIndexes.TryPop(out int index))
        {
            if (_nextIndex == RegionSlot.MaxIndexes)
            {
                return null;
            }

            index = _nextIndex++;
            if (index == _regions.Length)
            {
                RegisteredRegion?[] regions = new RegisteredRegion?[index * 2];
                _regions.CopyTo(regions, 0);
                Shared.Write(ref _regions, regions, this);
            }
        }

        AddressRange union = PlanLocked(range, ref rights);
        RegisteredRegion region = new(this, index, _registrations, union, rights);
        Shared.Write(ref _regions[index], region, _regions);
        _unlisted.Add(region);
        return region;
    }

    /// <summary>What a registration of a range comes to: it swallows what overlaps, and small neighbours.</summary>
    private AddressRange PlanLocked(AddressRange range, ref AccessRights rights)
    {
        AddressRange union = range;
        for (int i = _listed.FirstOverlapping(range); i < _listed.Count && _listed[i].Range.Start < range.End; i++)
        {
            union = union.Span(_listed[i].Range);
            rights |= _listed[i].Rights;
        }

        while (SmallNeighbourOf(union) is { } neighbour)
        {
            union = union.Span(neighbour.Range);
            rights |= neighbour.Rights;
        }

        return union;
    }

    private RegisteredRegion? SmallNeighbourOf(AddressRange range)
    {
        int at = _listed.FirstOverlapping(range);
        RegisteredRegion? before = at > 0 ? _listed[at - 1] : null;
        while (at < _listed.Count && _listed[at].Range.Start < range.End)
        {
            at++;
        }

        RegisteredRegion? behind = at < _listed.Count ? _listed[at] : null;
        return before?.Range.End == range.Start && IsSmall(before) ? before
            : behind?.Range.Start == range.End && IsSmall(behind) ? behind
            : null;

        bool IsSmall(RegisteredRegion other) => other.Range.LengthBytes + range.LengthBytes <= _options.MaxMergedBytes;
    }

    /// <returns>Null to start over.</returns>
    private FaultResult? TryRegister(RegistrationClient client, RegisteredRegion region, AddressRange range, AccessRights rights)
    {
        if (!_attachment.TryWatch(region))
        {
            StopMirroring();
            Abandon(region);
            return FaultResult.NotMapped;
        }

        FaultResult result = client.Fill(region, range, rights);
        bool isListed = false;
        if (result == FaultResult.Success)
        {
            client.Fill(region, new AddressRange(region.Range.Start, range.Start), AccessRights.None);
            client.Fill(region, new AddressRange(range.End, region.Range.End), AccessRights.None);
            isListed = TryList(client, region, range);
        }

        if (!isListed)
        {
            Abandon(region);
            _attachment.Unwatch(region);
        }

        return result != FaultResult.Success || isListed ? result : null;
    }

    private void Abandon(RegisteredRegion region)
    {
        using SharedLock.Scope scope = _lock.EnterScope();
        _unlisted.Remove(region);
        FreeLocked(region);
    }

    /// <summary>Lets look-ups find a region, instead of those that it swallowed, and counts it for the client.</summary>
    /// <returns>False if something has changed since it was planned.</returns>
    private bool TryList(RegistrationClient client, RegisteredRegion region, AddressRange range)
    {
        List<RegisteredRegion> free = [];
        using (_lock.EnterScope())
        {
            AccessRights rights = region.Rights;
            bool isRegistered = Directory.Find(range.Start.PageNumber) is { IsNone: false } slot && slot.Covers(range.Pages);
            if (_released || isRegistered || region.IsInvalidated || PlanLocked(range, ref rights) != region.Range)
            {
                return false;
            }

            for (int at = _listed.FirstOverlapping(region.Range); at < _listed.Count && _listed[at].Range.Overlaps(region.Range);)
            {
                region.Inherit(_listed[at]);
                RetireLocked(_listed[at]);
                _merges++;
            }

            region.Rights = rights;
            region.State = RegionState.Listed;
            _unlisted.Remove(region);
            _listed.Add(region);
            _listedBytes += region.Range.LengthBytes;
            _registrations++;
            Shared.Write(ref _clock, _clock + 1, this);
            client.CountLocked(region.Index);
            NoteUseLocked(region, _clock);
            Directory.Enter(region.Range, region.Index, rights);
            EvictLocked();
            CollectLocked(free);
        }

        Unwatch(free);
        return true;
    }

    /// <summary>Has a listed region, which the client has got, registered for more than it was.</summary>
    private FaultResult? Upgrade(RegistrationClient client, RegisteredRegion region, AddressRange range, AccessRights rights)
    {
        FaultResult result = client.Fill(region, range, rights);
        bool isDone = false;
        if (result == FaultResult.Success)
        {
            using SharedLock.Scope scope = _lock.EnterScope();
            isDone = region.State == RegionState.Listed;
            if (isDone)
            {
                region.Rights |= rights;
                Directory.Enter(region.Range, region.Index, region.Rights);
            }
        }

        if (!isDone)
        {
            client.Put(region.Index);
        }

        return result != FaultResult.Success || isDone ? result : null;
    }
}
