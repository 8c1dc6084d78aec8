using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux;

/// <summary>/proc/self/pagemap: what the kernel's own page table says about pages of this process.</summary>
internal sealed unsafe class PageMap : IDisposable
{
    /// <summary>PAGEMAP_SCAN of Linux 6.7: direction, 96 bytes, 'f', 16.</summary>
    private const uint Scan = 0xC060_6610;

    /// <summary>PAGE_IS_PRESENT.</summary>
    private const ulong Present = 1UL << 3;

    private readonly FileDescriptor _file = FileDescriptor.Open("/proc/self/pagemap", Libc.OpenReadOnly);

    /// <summary>Finds the pages of a range that have a translation.</summary>
    /// <param name="range">Where to look.</param>
    /// <param name="regions">Receives runs of pages.</param>
    /// <param name="next">Where to go on; the end of the range when all was looked at.</param>
    /// <returns>How many runs; -1 where the kernel has no such scan.</returns>
    internal int FindPresent(AddressRange range, Span<PageRegion> regions, out VirtualAddress next)
    {
        // SAFETY: the kernel fills at most as many regions as the span has; the argument lies on the stack.
        fixed (PageRegion* first = regions)
        {
            PageScan scan = new()
            {
                Size = (ulong)sizeof(PageScan),
                Start = range.Start.Value,
                End = range.End.Value,
                Regions = (ulong)first,
                RegionCount = (ulong)regions.Length,
                Mask = Present,
                Returned = Present,
            };
            int count = Libc.Control(_file, Scan, &scan);
            if (count < 0)
            {
                int error = Marshal.GetLastPInvokeError();
                next = range.End;
                return error == Errno.NotTerminal ? -1 : throw new LinuxException("ioctl(PAGEMAP_SCAN)", error, range);
            }

            // The end of the walk is out of date where the kernel found fewer regions than there was room for: then it saw all.
            next = count < regions.Length ? range.End : regions[count - 1].Range.End;
            return count;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
