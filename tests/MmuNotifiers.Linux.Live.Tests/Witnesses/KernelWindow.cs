using MmuNotifiers.Linux.Live.Tests.Support;
using MmuNotifiers.Linux.Witnesses;

namespace MmuNotifiers.Linux.Live.Tests.Witnesses;

/// <summary>
/// A window of 16 pages under a slot of the kernel's secondary MMU, with a second mapping of the same file where it is shared, and a trace of what the
/// kernel tells. Pages are numbered from the window's start; those of the second mapping go on behind it.
/// </summary>
internal sealed class KernelWindow : IDisposable
{
    internal const int Pages = 16;

    private readonly MemoryMapping _space = MemoryMapping.Anonymous(3 * Pages * Page.SizeBytes);
    private readonly KernelSecondary _secondary;
    private readonly NotifierTrace _trace;

    /// <summary>What an experiment unmapped, and may be somebody else's memory by now.</summary>
    private AddressRange? _unmapped;

    internal KernelWindow()
    {
        File = FileDescriptor.Own(Libc.CreateMemoryFile("window", Libc.MemoryFileCloseOnExec), "memfd_create");
        LinuxException.ThrowIfFailed(Libc.Truncate(File, Pages * Page.SizeBytes), "ftruncate");
        _secondary = new KernelSecondary(AddressRange.FromPages(_space.Range.Start, Pages));
        _trace = NotifierTrace.Start(new NotifierTraceOptions { Window = _space.Range, BufferKibibytes = 64 });
    }

    /// <summary>A memory file as long as the window.</summary>
    internal FileDescriptor File { get; }

    /// <summary>Faults of the window, where an experiment asked for them.</summary>
    internal Userfault? Faults { get; private set; }

    /// <summary>A page of ones outside of the window.</summary>
    internal MemoryMapping Source { get; } = MemoryMapping.Anonymous(Page.SizeBytes);

    /// <summary>The address of a page.</summary>
    internal VirtualAddress At(int page) => _space.Range.Start + ((ulong)page << Page.Shift);

    /// <summary>A range of pages.</summary>
    internal AddressRange Range(int first, int end) => new(At(first), At(end));

    /// <summary>Maps the file over the window, and a second time behind it.</summary>
    internal void MapShared(bool twice)
    {
        for (int copy = 0; copy < (twice ? 2 : 1); copy++)
        {
            Check(Libc.Map(
                (nint)At(copy * Pages).Value, Pages * Page.SizeBytes, Native.ReadWrite, Libc.MapShared | Native.Fixed, File.Number, 0));
        }
    }

    /// <summary>Reports faults of the window, and of the room behind both mappings, where pages can be moved to.</summary>
    internal void Report(UserfaultMode mode, UserfaultFeatures features)
    {
        Faults = Userfault.Open(features);
        Faults.Register(Range(0, Pages), mode);
        Faults.Register(Range(2 * Pages, 3 * Pages), UserfaultMode.Missing);
    }

    /// <summary>Gives every second page of a range other rights, so that each page is an area of its own.</summary>
    internal void SplitInto(int first, int end)
    {
        for (int page = first; page < end; page += 2)
        {
            Protect(page, page + 1, Native.Read);
        }
    }

    internal void Advise(int first, int end, int advice) => Check(Libc.Advise((nint)At(first).Value, (nuint)Range(first, end).LengthBytes, advice));

    internal void Protect(int first, int end, int rights) => Check(Native.Protect((nint)At(first).Value, (nuint)Range(first, end).LengthBytes, rights));

    /// <summary>Unmaps pages. Once, and not the first or the last of the window.</summary>
    internal void Unmap(int first, int end)
    {
        _unmapped = Range(first, end);
        Unmap(_unmapped.Value);
    }

    internal void Touch(int first, int end) => Native.Touch(Range(first, end));

    /// <summary>What the kernel tells of an operation.</summary>
    internal IReadOnlyList<NotifierEvent> Listen(Action operation)
    {
        _trace.Clear();
        operation();
        return _trace.Read();
    }

    /// <summary>Events in words: <c>unmap [2, 8) x2</c>.</summary>
    internal string Describe(IReadOnlyList<NotifierEvent> events) => EventText.Of(events, At(0));

    /// <inheritdoc/>
    public void Dispose()
    {
        _trace.Dispose();
        Faults?.Dispose();
        _secondary.Dispose();
        File.Dispose();
        Source.Dispose();
        if (_unmapped is not { } hole)
        {
            _space.Dispose();
            return;
        }

        AddressRange all = _space.Range;
        _space.SetHandleAsInvalid();
        Unmap(new AddressRange(all.Start, hole.Start));
        Unmap(new AddressRange(hole.End, all.End));
    }

    private static void Unmap(AddressRange range) => Check(Libc.Unmap((nint)range.Start.Value, (nuint)range.LengthBytes));

    private static void Check(nint result) => LinuxException.ThrowIfFailed(result, "the operation");
}
