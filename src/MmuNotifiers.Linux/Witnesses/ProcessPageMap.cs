using System.Globalization;

namespace MmuNotifiers.Linux.Witnesses;

/// <summary>
/// The page table of a process as the kernel shows it (/proc/PID/pagemap): which pages are in memory, in the kernel's swap, written, shared. What it
/// says is true at the moment that it is looked at, page for page. Safe to call from any thread.
/// </summary>
public sealed unsafe class ProcessPageMap : IDisposable
{
    /// <summary>PAGEMAP_SCAN of Linux 6.7: direction, 96 bytes, 'f', 16.</summary>
    private const uint ScanRequest = 0xC060_6610;

    private const int RunsAtOnce = 512;

    private readonly FileDescriptor _file;

    private ProcessPageMap(FileDescriptor file) => _file = file;

    /// <summary>Opens the page table of this process, or of another.</summary>
    /// <exception cref="LinuxException">There is no such process, or this one may not look at it.</exception>
    public static ProcessPageMap Open(int? processId = null)
    {
        string owner = processId?.ToString(CultureInfo.InvariantCulture) ?? "self";
        return new ProcessPageMap(FileDescriptor.Open($"/proc/{owner}/pagemap", Libc.OpenReadOnly));
    }

    /// <summary>The entry of one page.</summary>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    public PageMapEntry Read(VirtualAddress address)
    {
        PageMapEntry entry = default;
        Read(AddressRange.OfPage(address), new Span<PageMapEntry>(ref entry));
        return entry;
    }

    /// <summary>The entries of a range.</summary>
    /// <param name="range">The pages, page aligned.</param>
    /// <param name="entries">Receives one for each page; at least as long as the range has pages. Beyond the process's last address they are zero.</param>
    /// <exception cref="ArgumentException">The range is not page aligned, or <paramref name="entries"/> is too short.</exception>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    public void Read(AddressRange range, Span<PageMapEntry> entries)
    {
        ThrowIfNotAligned(range);
        ArgumentOutOfRangeException.ThrowIfLessThan((ulong)entries.Length, range.Pages, nameof(entries));
        Span<PageMapEntry> rest = entries[..(int)range.Pages];
        long offset = (long)range.Start.PageNumber * sizeof(PageMapEntry);
        while (!rest.IsEmpty)
        {
            fixed (PageMapEntry* first = rest)
            {
                // SAFETY: the kernel writes at most the bytes of the rest of the span.
                nint bytes = LinuxException.ThrowIfFailed(
                    Libc.ReadAt(_file, first, (nuint)rest.Length * (nuint)sizeof(PageMapEntry), offset), "pread(pagemap)", range);
                if (bytes == 0)
                {
                    rest.Clear();
                    return;
                }

                rest = rest[(int)(bytes / sizeof(PageMapEntry))..];
                offset += bytes;
            }
        }
    }

    /// <summary>Finds pages by what the kernel says of them, without a call for each page (PAGEMAP_SCAN).</summary>
    /// <param name="range">Where to look; page aligned.</param>
    /// <param name="all">Only pages of which all of these hold.</param>
    /// <param name="none">Only pages of which none of these holds.</param>
    /// <param name="shown">Which categories the runs shall tell; runs end where one of them changes.</param>
    /// <returns>The pages as runs, ascending; neighbouring runs differ.</returns>
    /// <exception cref="ArgumentException">The range is not page aligned.</exception>
    /// <exception cref="LinuxException">The kernel refuses; ENOTTY where it is older than 6.7 (<see cref="HostCapabilities.PageMapScan"/>).</exception>
    public IReadOnlyList<PageRun> Scan(
        AddressRange range, PageCategories all, PageCategories none = PageCategories.None, PageCategories shown = PageCategories.None)
    {
        ThrowIfNotAligned(range);
        List<PageRun> runs = [];
        PageRun[] found = new PageRun[RunsAtOnce];
        for (AddressRange rest = range; !rest.IsEmpty;)
        {
            int count = ScanSome(rest, all | none, none, shown, found);
            foreach (PageRun run in found.AsSpan(0, count))
            {
                Add(runs, run);
            }

            // The end of the walk that the kernel reports is out of date where it found fewer runs than there was room for: then it saw all.
            if (count < found.Length)
            {
                break;
            }

            rest = new AddressRange(found[count - 1].Range.End, range.End);
        }

        return runs;
    }

    /// <summary>How many pages <see cref="Scan"/> finds.</summary>
    public long Count(AddressRange range, PageCategories all, PageCategories none = PageCategories.None) =>
        Scan(range, all, none).Sum(run => (long)run.Range.Pages);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private int ScanSome(AddressRange range, PageCategories mask, PageCategories inverted, PageCategories shown, PageRun[] found)
    {
        // SAFETY: PageRun is laid out as struct page_region (start, end, categories); the kernel fills at most as many as there are, and the argument
        // lies on the stack.
        fixed (PageRun* first = found)
        {
            PageScan scan = new()
            {
                Size = (ulong)sizeof(PageScan),
                Start = range.Start.Value,
                End = range.End.Value,
                Regions = (ulong)first,
                RegionCount = (ulong)found.Length,
                Inverted = (ulong)inverted,
                Mask = (ulong)mask,
                Returned = (ulong)shown,
            };
            return (int)LinuxException.ThrowIfFailed(Libc.Control(_file, ScanRequest, &scan), "ioctl(PAGEMAP_SCAN)", range);
        }
    }

    /// <summary>Joins what one call of the kernel's and the next have cut.</summary>
    private static void Add(List<PageRun> runs, PageRun run)
    {
        if (runs.Count > 0 && runs[^1] is { } last && last.Range.End == run.Range.Start && last.Categories == run.Categories)
        {
            runs[^1] = last with { Range = new AddressRange(last.Range.Start, run.Range.End) };
            return;
        }

        runs.Add(run);
    }

    private static void ThrowIfNotAligned(AddressRange range)
    {
        if (!range.IsPageAligned)
        {
            throw new ArgumentException($"The range {range} must be page aligned.", nameof(range));
        }
    }
}
