using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Checking.Catalogue;

/// <summary>Calls of the primary, on the first pages of a scenario, that a thread's script has no word of its own for.</summary>
internal static class PageCalls
{
    /// <summary>The page moves to another frame.</summary>
    internal static ThreadScript Migrate(ThreadScript cpu) => cpu.Call("Migrate", 0, 1, PageEffect.Keep, static (space, range) =>
    {
        space.Migrate(range);
        return Errno.None;
    });

    /// <summary>The page is write-protected so that the next store to it is noticed.</summary>
    internal static ThreadScript ClearSoftDirty(ThreadScript cpu) => cpu.Call("ClearSoftDirty", 0, 1, PageEffect.Keep, static (space, range) =>
    {
        space.ClearSoftDirty(range);
        return Errno.None;
    });

    /// <summary>The first pages come to hold the same bytes and may be merged.</summary>
    internal static ThreadScript MakeEqual(ThreadScript cpu, int count) => cpu.Call("MakeEqual", 0, count, PageEffect.Unknown, static (space, range) =>
    {
        byte[] bytes = new byte[range.LengthBytes];
        space.Write(range.Start, bytes);
        return space.Advise(range.Start, range.LengthBytes, Advice.Mergeable);
    });

    /// <summary>A page comes to share a frame with an equal one that was looked at before; the first look only remembers it.</summary>
    internal static ThreadScript Merge(ThreadScript cpu, int page) => cpu.Call("MergeEqualPages", page, 1, PageEffect.Keep, static (space, range) =>
    {
        space.MergeEqualPages(range);
        return Errno.None;
    });

    /// <summary>The first page's area comes to fill the 2 MiB that the first page begins.</summary>
    internal static ThreadScript FillBlock(ThreadScript cpu) => cpu.Call("Map the rest of 2 MiB", 0, 1, PageEffect.Keep, static (space, range) =>
    {
        MapRequest request = new((2UL << 20) - range.LengthBytes, AccessRights.ReadWrite, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed)
        {
            Address = range.End,
        };
        return space.Map(in request).Error;
    });

    /// <summary>madvise(MADV_COLLAPSE): the 2 MiB that the first page begins become one huge page.</summary>
    internal static ThreadScript Collapse(ThreadScript cpu) => cpu.Call(
        "Collapse", 0, 1, PageEffect.Keep, static (space, range) => space.Advise(range.Start, 2UL << 20, Advice.Collapse));

    /// <summary>make_device_exclusive, for a device that is not the scenario's.</summary>
    internal static ThreadScript MakeExclusive(ThreadScript cpu) => cpu.Call("MakeExclusive", 0, 1, PageEffect.Keep, static (space, range) =>
    {
        space.MakeExclusive(range, space, new FrameNumber[1]);
        return Errno.None;
    });

    /// <summary>The oom reaper: what is private goes, unless a subscriber would have to sleep.</summary>
    internal static ThreadScript Reap(ThreadScript cpu) => cpu.Call(
        "TryReap", 0, 1, PageEffect.Vanish, static (space, _) => space.TryReap(maxAttempts: 1).IsComplete ? Errno.None : Errno.EAGAIN);

    /// <summary>remap_file_pages: the first page shows the second of its object.</summary>
    internal static ThreadScript RemapPages(ThreadScript cpu) => cpu.Call(
        "RemapPages", 0, 1, PageEffect.Unknown, static (space, range) => space.RemapPages(range.Start, range.LengthBytes, objectPageOffset: 1));

    /// <summary>remap_pfn_range: the page shows the zero page.</summary>
    internal static ThreadScript RemapFrames(ThreadScript cpu) => cpu.Call(
        "RemapFrames", 0, 1, PageEffect.Unknown, static (space, range) => space.RemapFrames(range.Start, [new FrameNumber(0)]));

    /// <summary>A caller clears the pte itself.</summary>
    internal static ThreadScript ApplyToPageRange(ThreadScript cpu) => cpu.Call("ApplyToPageRange", 0, 1, PageEffect.Unknown, static (space, range) =>
    {
        space.ApplyToPageRange(range, static (_, _) => PageAction.Clear);
        return Errno.None;
    });

    /// <summary>A dirty page of a shared file is written back and write-protected.</summary>
    internal static ThreadScript WriteBack(ThreadScript cpu) => cpu
        .BeforeRace(static before => before.Call("Map a file", 0, 1, PageEffect.Unknown, static (space, range) =>
        {
            FileObject file = new(space.Memory, new ByteFileContent(new byte[Page.SizeBytes]));
            MapRequest request = new(range.LengthBytes, AccessRights.ReadWrite, MapFlags.Shared | MapFlags.Fixed)
            {
                Address = range.Start,
                Object = new ObjectHandle(file, AccessRights.ReadWrite),
            };
            return space.Map(in request).Error;
        }))
        .Sync(0);
}
