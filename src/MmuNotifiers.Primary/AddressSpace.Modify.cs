namespace MmuNotifiers.Primary;

public sealed partial class AddressSpace
{
    /// <summary>
    /// Gives a part of an area other rights or flags (vma_modify): merges it with neighbours that are alike, else splits the
    /// area. With the sequence odd.
    /// </summary>
    /// <returns>The area that contains the part now; null if it would have to be split beyond the limit of areas.</returns>
    private Area? TryModify(Area area, AddressRange part, AccessRights rights, AreaFlags flags)
    {
        bool splitsBelow = area.Range.Start < part.Start;
        bool splitsAbove = part.End < area.Range.End;
        Area changed = area.With(part, rights, flags);
        Area? lower = splitsBelow ? null : LowerNeighbour(area);
        Area? upper = splitsAbove ? null : UpperNeighbour(area);
        lower = lower is not null && AreaMerging.WithLower(lower, changed) ? lower : null;
        upper = upper is not null && AreaMerging.WithUpper(changed, upper) ? upper : null;
        if (lower is not null && upper is not null && !AreaMerging.Across(lower, upper))
        {
            upper = null;
        }

        int room = Math.Max(0, _options.MaxAreas - _areas.Count);
        bool merges = lower is not null || upper is not null;
        if (!merges && room < (splitsBelow ? 1 : 0) + (splitsAbove ? 1 : 0))
        {
            if (splitsBelow && room > 0)
            {
                SplitAt(area, part.Start);
            }

            return null;
        }

        AreaTriple before = default;
        before.AddIfAny(lower);
        before.Add(area);
        before.AddIfAny(upper);
        changed = lower is null ? changed : AreaMerging.Join(lower, changed);
        changed = upper is null ? changed : AreaMerging.Join(changed, upper);
        AreaTriple after = default;
        if (splitsBelow)
        {
            after.Add(area.Slice(new AddressRange(area.Range.Start, part.Start)));
        }

        after.Add(changed);
        if (splitsAbove)
        {
            after.Add(area.Slice(new AddressRange(part.End, area.Range.End)));
        }

        SubstituteAreas(in before, in after);
        return changed;
    }

    /// <summary>What remains in Linux, too, of a change that needs two splits when there is room for one.</summary>
    private void SplitAt(Area area, VirtualAddress address)
    {
        AreaTriple before = default;
        before.Add(area);
        AreaTriple after = default;
        after.Add(area.Slice(new AddressRange(area.Range.Start, address)));
        after.Add(area.Slice(new AddressRange(address, area.Range.End)));
        SubstituteAreas(in before, in after);
    }

    /// <summary>
    /// Puts areas in the place of others that cover the same addresses without holes. With the sequence odd.
    /// </summary>
    private void SubstituteAreas(ref readonly AreaTriple before, ref readonly AreaTriple after)
    {
        ReadOnlySpan<Area> old = before.Areas;
        ReadOnlySpan<Area> areas = after.Areas;
        foreach (Area area in areas)
        {
            area.Object?.Attach(this, area);
        }

        _areas.Substitute(old, areas);
        for (int index = 0; index < Math.Max(old.Length, areas.Length); index++)
        {
            Area? left = index < old.Length ? old[index] : null;
            Area? entered = index < areas.Length ? areas[index] : null;
            if (left is null || entered is null || !AnonymousFamily.AreAtOneDistance(left, entered))
            {
                entered?.Family?.Attach(this, entered);
                left?.Family?.Detach(this, left);
            }

            if (entered is not null)
            {
                Count(entered, 1);
                NoteEntered(entered);
            }

            if (left is not null)
            {
                DetachObject(left);
                Count(left, -1);
                NoteLeft(left);
            }
        }
    }

    private Area? LowerNeighbour(Area area) =>
        _areas.LastStartingBelow(area.Range.Start) is { } lower && lower.Range.End == area.Range.Start ? lower : null;

    private Area? UpperNeighbour(Area area) =>
        _areas.FirstEndingAbove(area.Range.End) is { } upper && upper.Range.Start == area.Range.End ? upper : null;
}
