using MmuNotifiers.Lab.Checking;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Checking.Tests.Standing;

/// <summary>Operations of the primary, as steps of a scenario's thread.</summary>
internal static class PrimaryCalls
{
    /// <summary>The owner of pages that are a device's own, whom no scenario knows.</summary>
    private static readonly object Stranger = new();

    internal static ThreadScript Migrate(this ThreadScript thread, int page, int count = 1) =>
        thread.Call(nameof(AddressSpace.Migrate), page, count, PageEffect.Keep, static (space, range) =>
        {
            space.Migrate(range);
            return Errno.None;
        });

    internal static ThreadScript ClearSoftDirty(this ThreadScript thread, int page, int count = 1) =>
        thread.Call(nameof(AddressSpace.ClearSoftDirty), page, count, PageEffect.Keep, static (space, range) =>
        {
            space.ClearSoftDirty(range);
            return Errno.None;
        });

    internal static ThreadScript MergeEqualPages(this ThreadScript thread, int page, int count) =>
        thread.Call(nameof(AddressSpace.MergeEqualPages), page, count, PageEffect.Keep, static (space, range) =>
        {
            space.MergeEqualPages(range);
            return Errno.None;
        });

    /// <summary>The pages are the own of a device that nobody here knows.</summary>
    internal static ThreadScript MakeExclusive(this ThreadScript thread, int page, int count = 1) =>
        thread.Call(nameof(AddressSpace.MakeExclusive), page, count, PageEffect.Keep, static (space, range) =>
        {
            space.MakeExclusive(range, Stranger, new FrameNumber[range.Pages]);
            return Errno.None;
        });

    /// <summary>The oom reaper, asked once, in an address space whose private pages are these.</summary>
    internal static ThreadScript Reap(this ThreadScript thread, int page, int count = 1) =>
        thread.Call(nameof(AddressSpace.TryReap), page, count, PageEffect.Vanish, static (space, _) =>
            space.TryReap(maxAttempts: 1).IsComplete ? Errno.None : Errno.EAGAIN);

    /// <summary>Pages with frames of their own, all zero, which may be merged.</summary>
    internal static ThreadScript MakeEqual(this ThreadScript thread, int page, int count) =>
        thread.Call("Zero", page, count, PageEffect.Zero, static (space, range) =>
        {
            Span<byte> word = stackalloc byte[sizeof(ulong)];
            word.Clear();
            for (VirtualAddress each = range.Start; each < range.End; each += Page.SizeBytes)
            {
                space.Write(each, word);
            }

            return space.Advise(range.Start, range.LengthBytes, Advice.Mergeable);
        });
}
