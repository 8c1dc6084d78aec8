using System.Runtime.InteropServices;

namespace MmuNotifiers.Swap;

/// <summary>
/// The memory of the groups of a <see cref="MemorySwapStore"/>, within its bound. What an emptied group gives back is kept for the next, up to
/// <see cref="MostSpares"/>: memory that comes fresh from the system is a page fault for each page that is written to it first, which costs several
/// times the copy of the page. Where fresh memory is needed all the same the system is asked for a group's pages at once.
/// </summary>
/// <param name="mostGroups">How many groups may have memory at a time.</param>
internal sealed unsafe partial class GroupMemory(long mostGroups)
{
    /// <summary>How much a group has.</summary>
    internal const long GroupBytes = (long)SlotGroups.GroupSlots << Page.Shift;

    /// <summary>How much is kept at most for groups to come: 16 MiB.</summary>
    internal const int MostSpares = 16;

    /// <summary>Linux' advice to make pages there and writable, as if each had been written to; since version 5.14.</summary>
    private const int PopulateWrite = 23;

    private readonly Lock _gate = new();

    /// <summary>Memory that no group has. Guarded by the gate.</summary>
    private readonly Stack<nint> _spares = new(MostSpares);

    /// <summary>How many groups have memory, spares included. Written under the gate.</summary>
    private long _groups;

    /// <summary>How much memory there is, in bytes: that of groups, and what is kept for groups to come.</summary>
    internal long Bytes => Volatile.Read(ref _groups) * GroupBytes;

    /// <summary>Memory for one more group, with anything in it.</summary>
    /// <returns>Null if there are as many as there may be, or the system has none.</returns>
    internal byte* TryTake()
    {
        lock (_gate)
        {
            if (_spares.TryPop(out nint spare))
            {
                return (byte*)spare;
            }

            if (_groups == mostGroups)
            {
                return null;
            }

            _groups++;
        }

        byte* bytes = TryAllocate();
        if (bytes is null)
        {
            lock (_gate)
            {
                _groups--;
            }
        }

        return bytes;
    }

    /// <summary>A group is empty.</summary>
    /// <param name="bytes">Its memory, which nobody uses any more.</param>
    internal void Return(byte* bytes)
    {
        lock (_gate)
        {
            if (_spares.Count < MostSpares)
            {
                _spares.Push((nint)bytes);
                return;
            }

            _groups--;
        }

        Free(bytes);
    }

    /// <summary>Gives the spares back to the system. The store is not in use any more.</summary>
    internal void FreeSpares()
    {
        while (_spares.TryPop(out nint spare))
        {
            Free((byte*)spare);
        }
    }

    /// <summary>Gives the memory of a group back to the system.</summary>
    internal static void Free(byte* bytes) => NativeMemory.AlignedFree(bytes);

    private static byte* TryAllocate()
    {
        byte* bytes;
        try
        {
            bytes = (byte*)NativeMemory.AlignedAlloc((nuint)GroupBytes, Page.SizeBytes);
        }
        catch (OutOfMemoryException)
        {
            return null;
        }

        if (OperatingSystem.IsLinux())
        {
            // SAFETY: the range is the allocation, which nobody uses yet. A kernel that refuses leaves the pages to be faulted in one by one.
            _ = Advise(bytes, (nuint)GroupBytes, PopulateWrite);
        }

        return bytes;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(byte* start, nuint bytes, int advice);
}
