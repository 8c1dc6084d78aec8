using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>What a snapshot saves of shared memory.</summary>
public sealed partial class SharedMemoryObject
{
    /// <summary>The numbers of the pages that may be other than zero, in memory or evicted, ascending, as of this moment.</summary>
    internal List<ulong> PagesWithContent() => KnownPages(static slot => slot.IsPresent || slot.IsSwapped);

    /// <summary>Copies a page as it is, whoever stores to it meanwhile. May block.</summary>
    /// <returns>Success, or why the page could not be had, as from <see cref="MemoryObject.GetPage(ulong, out FrameNumber)"/>.</returns>
    internal FaultResult CopyPage(ulong page, Span<byte> destination)
    {
        FaultResult result = GetPage(page, out FrameNumber frame);
        if (result == FaultResult.Success)
        {
            Shared.BeforeRead(Memory.Address(frame), Page.SizeBytes, "frame bytes");
            Memory.Bytes(frame).CopyTo(destination);
            Memory.Put(frame);
        }

        return result;
    }

    /// <summary>Says that pages of this object, which is new, lie in slots of a read-only swap area.</summary>
    internal void Restore(in PageRun run, int swapArea) => AddEvicted(run.FirstPage, run.Pages, swapArea, (long)run.Value);
}
