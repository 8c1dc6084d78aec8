namespace MmuNotifiers.Primary;

public sealed partial class AddressSpace
{
    /// <summary>
    /// madvise(2): says how a range will be used, or changes what its pages hold. Goes on over holes and reports them at the
    /// end, except when pages are populated.
    /// </summary>
    /// <param name="start">Page aligned.</param>
    /// <param name="lengthBytes">Rounded up to pages.</param>
    /// <param name="advice">The advice.</param>
    /// <returns>
    /// None; EINVAL (unknown advice, start not aligned, length or end wraps: in this order; or advice that does not go with an
    /// area); EPERM (<see cref="Advice.HwPoison"/>); ENOMEM (holes); EAGAIN (too many areas); EACCES (<see cref="Advice.Remove"/>
    /// without the right to write); EFAULT (a page that cannot be populated); what the object says to a hole.
    /// </returns>
    public Errno Advise(VirtualAddress start, ulong lengthBytes, Advice advice)
    {
        ulong bytes = RoundUp(lengthBytes);
        bool isSound = Enum.IsDefined(advice)
            && start.IsPageAligned
            && (bytes != 0 || lengthBytes == 0)
            && start.Value + bytes >= start.Value;
        if (!isSound)
        {
            return Errno.EINVAL;
        }

        if (bytes == 0)
        {
            return Errno.None;
        }

        AddressRange range = AddressRange.FromLength(start, bytes);
        return advice switch
        {
            Advice.HwPoison or Advice.SoftOffline => Errno.EPERM,
            Advice.PopulateRead => PopulateAdvised(range, AccessRights.Read),
            Advice.PopulateWrite => PopulateAdvised(range, AccessRights.Write),
            Advice.Remove => RemovePages(range),
            Advice.WillNeed => Prefetch(range),
            Advice.PageOut => PageOut(range),
            Advice.Collapse => CollapseAreas(range),
            _ => AdviseAreas(range, advice),
        };
    }

    private Errno AdviseAreas(AddressRange range, Advice advice)
    {
        using MapLockScope held = LockMap();
        VirtualAddress reached = range.Start;
        Errno hole = Errno.None;
        foreach (Area area in AreasIn(range))
        {
            hole = area.Range.Start > reached ? Errno.ENOMEM : hole;
            reached = area.Range.End;
            Errno refused = AdviseArea(area, area.Range.Intersect(range), advice);
            if (refused != Errno.None)
            {
                return refused;
            }
        }

        return reached < range.End ? Errno.ENOMEM : hole;
    }

    private Errno AdviseArea(Area area, AddressRange part, Advice advice)
    {
        switch (advice)
        {
            case Advice.DontNeed or Advice.DontNeedLocked or Advice.Free:
                return DropPages(area, part, advice);
            case Advice.GuardInstall:
                if (area.Has(AreaFlags.FrameMap | AreaFlags.Locked))
                {
                    return Errno.EINVAL;
                }

                // A guard counts as a page, but not where there is an object.
                if (area.IsAnonymous)
                {
                    EnsureFamily(area);
                }

                InstallGuards(area, part);
                return Errno.None;
            case Advice.GuardRemove:
                if (area.Has(AreaFlags.FrameMap))
                {
                    return Errno.EINVAL;
                }

                RemoveGuards(area, part);
                return Errno.None;
            case Advice.Collapse:
                return CollapsePages(area, part);
            case Advice.Cold:
                return MakeCold(area, part);
            default:
                return AdviseFlags(area, part, advice);
        }
    }

    private Errno DropPages(Area area, AddressRange part, Advice advice)
    {
        bool isKept = area.Has(AreaFlags.FrameMap) || (area.Has(AreaFlags.Locked) && advice != Advice.DontNeedLocked);
        if (isKept || (advice == Advice.Free && (!area.IsAnonymous || area.IsShared)))
        {
            return Errno.EINVAL;
        }

        if (advice == Advice.Free)
        {
            FreePagesLazily(area, part);
            Memory.Reclaim?.Standstill.NoteChange();
        }
        else
        {
            DiscardPages(area, part);
        }

        return Errno.None;
    }

    private Errno AdviseFlags(Area area, AddressRange part, Advice advice)
    {
        bool isSpecial = area.Has(AreaFlags.FrameMap);
        bool isRefused = advice switch
        {
            Advice.DoFork or Advice.DoDump => isSpecial,
            Advice.WipeOnFork => !area.IsAnonymous || area.IsShared,
            _ => false,
        };
        if (isRefused)
        {
            return Errno.EINVAL;
        }

        if (advice == Advice.Unmergeable && area.Has(AreaFlags.Mergeable) && !TryUnmerge(part))
        {
            return Errno.EAGAIN;
        }

        Errno result = ModifyFlags(area, part, AdvisedFlags(area, advice));

        // To madvise, running out of areas is a lack of kernel resources.
        return result == Errno.ENOMEM ? Errno.EAGAIN : result;
    }

    private static AreaFlags AdvisedFlags(Area area, Advice advice)
    {
        const AreaFlags Order = AreaFlags.RandomAccess | AreaFlags.SequentialAccess;
        AreaFlags flags = area.Flags;
        return advice switch
        {
            Advice.Normal => flags & ~Order,
            Advice.Random => (flags & ~Order) | AreaFlags.RandomAccess,
            Advice.Sequential => (flags & ~Order) | AreaFlags.SequentialAccess,
            Advice.DontFork => flags | AreaFlags.DontFork,
            Advice.DoFork => flags & ~AreaFlags.DontFork,
            Advice.WipeOnFork => flags | AreaFlags.WipeOnFork,
            Advice.KeepOnFork => flags & ~AreaFlags.WipeOnFork,
            Advice.DontDump => flags | AreaFlags.DontDump,
            Advice.DoDump => flags & ~AreaFlags.DontDump,
            Advice.HugePage => (flags & ~AreaFlags.NoHugePages) | AreaFlags.HugePages,
            Advice.NoHugePage => (flags & ~AreaFlags.HugePages) | AreaFlags.NoHugePages,
            Advice.Mergeable => area.IsShared || area.Has(AreaFlags.FrameMap) ? flags : flags | AreaFlags.Mergeable,
            Advice.Unmergeable => flags & ~AreaFlags.Mergeable,
            _ => flags,
        };
    }
}
