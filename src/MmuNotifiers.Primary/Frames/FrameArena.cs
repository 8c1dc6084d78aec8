using System.Runtime.InteropServices;

namespace MmuNotifiers.Primary;

/// <summary>The native memory behind the frames of a pool.</summary>
internal static unsafe partial class FrameArena
{
    /// <summary>A pool with fewer frames gets small pages unless it asks for huge ones: 64 MiB.</summary>
    private const long LeastFramesForHuge = 16_384;

    private const nuint HugePageBytes = 2 << 20;
    private const int MadviseHugePage = 14;

    /// <summary>Takes memory for frames from the system, with undefined bytes. Only what is touched costs memory.</summary>
    internal static byte* Allocate(long frames, ArenaPages pages)
    {
        nuint bytes = (nuint)frames << Page.Shift;
        bool isHuge = OperatingSystem.IsLinux() && (pages == ArenaPages.Huge || (pages == ArenaPages.Automatic && frames >= LeastFramesForHuge));
        byte* arena = (byte*)NativeMemory.AlignedAlloc(bytes, isHuge ? HugePageBytes : Page.SizeBytes);
        if (isHuge)
        {
            // SAFETY: the range is the allocation, which nobody uses yet. A kernel without huge pages refuses, and all stays as it was.
            _ = Advise(arena, bytes, MadviseHugePage);
        }

        return arena;
    }

    /// <summary>Gives it back.</summary>
    internal static void Free(byte* arena) => NativeMemory.AlignedFree(arena);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(byte* start, nuint bytes, int advice);
}
