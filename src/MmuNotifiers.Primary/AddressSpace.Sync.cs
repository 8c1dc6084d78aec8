namespace MmuNotifiers.Primary;

public sealed partial class AddressSpace
{
    private const SyncFlags AllSyncFlags = SyncFlags.Async | SyncFlags.Invalidate | SyncFlags.Sync;

    /// <summary>
    /// msync(2): writes what was stored through shared mappings to the objects behind them. Goes on over holes and reports them
    /// at the end; with <see cref="SyncFlags.Async"/> alone it ends at the first.
    /// </summary>
    /// <param name="start">Page aligned.</param>
    /// <param name="lengthBytes">Rounded up to pages.</param>
    /// <param name="flags">How.</param>
    /// <returns>None; EINVAL (flags, alignment); ENOMEM (the end wraps, holes); EBUSY (locked memory, with
    /// <see cref="SyncFlags.Invalidate"/>); EIO (the object could not be written).</returns>
    public Errno Sync(VirtualAddress start, ulong lengthBytes, SyncFlags flags)
    {
        const SyncFlags Both = SyncFlags.Async | SyncFlags.Sync;
        if ((flags & ~AllSyncFlags) != 0 || !start.IsPageAligned || (flags & Both) == Both)
        {
            return Errno.EINVAL;
        }

        ulong end = start.Value + RoundUp(lengthBytes);
        if (end < start.Value)
        {
            return Errno.ENOMEM;
        }

        AddressRange range = new(start, new VirtualAddress(end));
        Errno hole = Errno.None;
        while (!range.IsEmpty)
        {
            Errno refused = SyncNext(ref range, flags, ref hole);
            if (refused != Errno.None)
            {
                return refused;
            }
        }

        return hole;
    }

    /// <summary>Writes back the first area of a range, and takes it off the range.</summary>
    private Errno SyncNext(ref AddressRange range, SyncFlags flags, ref Errno hole)
    {
        Area? area;
        AddressRange part;
        using (LockMap())
        {
            area = _areas.FirstEndingAbove(range.Start);
            if (area is null || area.Range.Start >= range.End || (area.Range.Start > range.Start && flags == SyncFlags.Async))
            {
                return Errno.ENOMEM;
            }

            hole = area.Range.Start > range.Start ? Errno.ENOMEM : hole;
            if ((flags & SyncFlags.Invalidate) != 0 && area.Has(AreaFlags.Locked))
            {
                return Errno.EBUSY;
            }

            part = area.Range.Intersect(range);
            range = new AddressRange(part.End, range.End);
            if ((flags & SyncFlags.Sync) == 0 || !area.IsShared || !area.MayWrite || area.Object is null)
            {
                return Errno.None;
            }

            WriteBackPages(area, part);
        }

        ulong first = area.PageOffsetOf(part.Start);
        return area.Has(AreaFlags.Nonlinear)
            ? area.Object.WriteBack(0, ulong.MaxValue)
            : area.Object.WriteBack(first, first + part.Pages);
    }
}
