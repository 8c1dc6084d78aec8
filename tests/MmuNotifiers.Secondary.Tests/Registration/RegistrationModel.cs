namespace MmuNotifiers.Secondary.Tests.Registration;

/// <summary>A registration cache without threads, notifiers or speed.</summary>
internal sealed class RegistrationModel(int maxRegions, int maxPages, int maxMergedPages)
{
    private readonly List<ModelRegion> _regions = [];

    /// <summary>Regions that were swallowed: somebody may have them still.</summary>
    private readonly List<ModelRegion> _swallowed = [];
    private long _clock;

    internal int Listed => _regions.Count;

    internal long Registrations { get; private set; }

    internal long Hits { get; private set; }

    internal long Merges { get; private set; }

    internal long Evictions { get; private set; }

    /// <summary>Gets a region and counts a user.</summary>
    /// <param name="first">The first page.</param>
    /// <param name="count">How many.</param>
    /// <param name="rights">What for.</param>
    /// <param name="isAllowed">Whether every page can be faulted in for it.</param>
    /// <returns>Null if the pages have to be faulted in and cannot.</returns>
    internal ModelRegion? Get(int first, int count, AccessRights rights, bool isAllowed)
    {
        ModelRegion? region = _regions.Find(other => other.First <= first && first + count <= other.End);
        if (region is not null && (region.Rights & rights) == rights)
        {
            Hits++;
            return Use(region);
        }

        if (!isAllowed)
        {
            // Found and wanted for more than it can be: that is a use too.
            _ = region is null ? 0 : region.LastUse = _clock;
            return null;
        }

        if (region is null)
        {
            return Register(first, count, rights);
        }

        region.Rights |= rights;
        return Use(region);
    }

    internal void Unmap(int first, int count)
    {
        foreach (ModelRegion region in _regions.Concat(_swallowed).Where(other => other.First < first + count && first < other.End).ToList())
        {
            region.IsInvalidated = true;
            _regions.Remove(region);
        }
    }

    private ModelRegion Register(int first, int count, AccessRights rights)
    {
        int start = first;
        int end = first + count;
        foreach (ModelRegion other in _regions.Where(other => other.First < first + count && first < other.End))
        {
            start = Math.Min(start, other.First);
            end = Math.Max(end, other.End);
        }

        bool IsSmall(ModelRegion other) => other.Count + end - start <= maxMergedPages;
        while ((_regions.Find(other => other.End == start && IsSmall(other))
            ?? _regions.Find(other => other.First == end && IsSmall(other))) is { } neighbour)
        {
            start = Math.Min(start, neighbour.First);
            end = Math.Max(end, neighbour.End);
        }

        ModelRegion region = new(start, end - start, Registrations) { Rights = rights };
        foreach (ModelRegion swallowed in _regions.FindAll(other => start <= other.First && other.End <= end))
        {
            region.Rights |= swallowed.Rights;
            _regions.Remove(swallowed);
            _swallowed.Add(swallowed);
            Merges++;
        }

        _regions.Add(region);
        Registrations++;
        _clock++;
        Use(region);
        Evict();
        return region;
    }

    private void Evict()
    {
        while (_regions.Count > maxRegions || _regions.Sum(region => region.Count) > maxPages)
        {
            ModelRegion? victim = null;
            foreach (ModelRegion region in _regions.OrderBy(region => (region.LastUse, region.Number)).ToList())
            {
                if (region.Users == 0)
                {
                    victim = region;
                    break;
                }

                // It stands in the way of an eviction because it is in use: so it was used now.
                region.LastUse = _clock;
            }

            if (victim is null)
            {
                return;
            }

            _regions.Remove(victim);
            Evictions++;
        }
    }

    private ModelRegion Use(ModelRegion region)
    {
        region.Users++;
        region.LastUse = _clock;
        return region;
    }
}
