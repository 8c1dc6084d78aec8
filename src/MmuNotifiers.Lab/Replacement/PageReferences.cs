using System.Runtime.InteropServices;
using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Lab.Replacement;

/// <summary>
/// The pages that a recording accesses, in their order, each by a number from 0 in the order of first use. A page that a call unmaps is gone: what is
/// accessed later at its address is another page.
/// </summary>
public sealed class PageReferences
{
    /// <summary>An entry that is the complement of a page: the page is gone.</summary>
    private readonly List<int> _entries = [];

    private readonly Dictionary<(int ProcessId, ulong Page), int> _live = [];

    /// <summary>Where each page was accessed first.</summary>
    private readonly List<(int ProcessId, ulong Page)> _places = [];
    private readonly Dictionary<int, VirtualAddress> _heapEnds = [];

    private PageReferences()
    {
    }

    /// <summary>How many accesses there are.</summary>
    public long Accesses { get; private set; }

    /// <summary>How many pages are accessed.</summary>
    public int Pages { get; private set; }

    /// <summary>How many pages there are at most at one time that were accessed and are not gone.</summary>
    public int PeakPages { get; private set; }

    internal ReadOnlySpan<int> Entries => CollectionsMarshal.AsSpan(_entries);

    /// <summary>All pages, by the place of their first access: the order in which a walk over page tables comes by them.</summary>
    internal int[] PagesByAddress => [.. Enumerable.Range(0, Pages).OrderBy(page => _places[page])];

    /// <summary>Reads a trace to its end.</summary>
    /// <param name="reader">The trace; nothing was read from it yet.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="TraceFormatException">The trace is cut off or harmed.</exception>
    public static PageReferences Load(TraceReader reader, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var references = new PageReferences();
        while (reader.TryRead(out TraceEvent? item))
        {
            cancellation.ThrowIfCancellationRequested();
            references.Add(item);
        }

        return references;
    }

    /// <summary>Makes references of page numbers that no file holds.</summary>
    internal static PageReferences Of(params ReadOnlySpan<int> pages)
    {
        var references = new PageReferences();
        foreach (int page in pages)
        {
            references.Access(0, (ulong)page);
        }

        return references;
    }

    private void Add(TraceEvent item)
    {
        switch (item)
        {
            case AccessesEvent accesses:
                foreach (PageAccess access in accesses.Accesses)
                {
                    Access(item.ProcessId, access.Address.PageNumber);
                }

                break;
            case SystemCallEvent { Failed: true }:
                break;
            case MapCall map:
                Leave(item.ProcessId, new VirtualAddress((ulong)map.Result), map.LengthBytes);
                break;
            case UnmapCall unmap:
                Leave(item.ProcessId, unmap.Address, unmap.LengthBytes);
                break;
            case RemapCall remap:
                Move(item.ProcessId, remap);
                break;
            case AdviseCall { Advice: LinuxAdvice.DontNeed or LinuxAdvice.Remove } advise:
                Leave(item.ProcessId, advise.Address, advise.LengthBytes);
                break;
            case BreakCall shrink:
                LeaveHeapAbove(item.ProcessId, shrink);
                break;
        }
    }

    private void Access(int processId, ulong page)
    {
        if (!_live.TryGetValue((processId, page), out int number))
        {
            number = Pages++;
            _places.Add((processId, page));
            _live.Add((processId, page), number);
            PeakPages = Math.Max(PeakPages, _live.Count);
        }

        _entries.Add(number);
        Accesses++;
    }

    private void Leave(int processId, VirtualAddress start, ulong lengthBytes)
    {
        ulong first = start.PageNumber;
        ulong end = first + Page.Count(lengthBytes);
        if (end - first > (ulong)_live.Count)
        {
            foreach ((int ProcessId, ulong Page) key in _live.Keys.Where(key => key.ProcessId == processId && key.Page >= first && key.Page < end).ToArray())
            {
                Leave(key);
            }

            return;
        }

        for (ulong page = first; page < end; page++)
        {
            Leave((processId, page));
        }
    }

    private void Leave((int ProcessId, ulong Page) key)
    {
        if (_live.Remove(key, out int number))
        {
            _entries.Add(~number);
        }
    }

    /// <summary>Pages that move keep what they hold; those cut off are gone.</summary>
    private void Move(int processId, RemapCall remap)
    {
        var target = new VirtualAddress((ulong)remap.Result);
        ulong kept = Page.Count(Math.Min(remap.OldLengthBytes, remap.NewLengthBytes));
        if (remap.OldLengthBytes > remap.NewLengthBytes)
        {
            Leave(processId, remap.OldAddress + (kept << Page.Shift), remap.OldLengthBytes - remap.NewLengthBytes);
        }

        if (target == remap.OldAddress)
        {
            return;
        }

        Leave(processId, target, remap.NewLengthBytes);
        for (ulong i = 0; i < kept; i++)
        {
            if (_live.Remove((processId, remap.OldAddress.PageNumber + i), out int number))
            {
                _live.Add((processId, target.PageNumber + i), number);
            }
        }
    }

    private void LeaveHeapAbove(int processId, BreakCall call)
    {
        var end = new VirtualAddress((ulong)call.Result);
        if (_heapEnds.TryGetValue(processId, out VirtualAddress before) && end < before)
        {
            Leave(processId, end.AlignUp(), before.AlignUp() - end.AlignUp());
        }

        _heapEnds[processId] = end;
    }
}
