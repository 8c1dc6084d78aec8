using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Lab.Replay;

/// <summary>What later events tell of the moment when a program started.</summary>
internal sealed class ProgramStart
{
    /// <summary>Never more pages than execve takes for arguments and environment in a usual program.</summary>
    private const ulong MostArgumentPages = 64;

    private const ulong LowestHeap = 0x1_0000;

    private readonly InitialArea? _stack;
    private bool _sawBreak;
    private ulong _highestNewStackPage;
    private ulong _lowestOldStackPage = ulong.MaxValue;

    public ProgramStart(ExecEvent exec)
    {
        foreach (InitialArea area in exec.Areas)
        {
            bool isStack = area.Kind == InitialAreaKind.Stack && CallRanges.Fits(area.Start, area.LengthBytes) && area.Start.IsPageAligned;
            _stack = isStack ? area : _stack;
            HeapStart = area.Kind == InitialAreaKind.Heap && CallRanges.Fits(area.Start, area.LengthBytes) ? area.Start : HeapStart;
        }
    }

    private ProgramStart()
    {
    }

    /// <summary>Where the heap starts: the first break that the kernel answered with. Null if the program never asks.</summary>
    public VirtualAddress? HeapStart { get; private set; }

    /// <summary>
    /// The pages at the top of the stack that execve filled with arguments, which were present before the first fault: those
    /// above the highest page on which a fault found nothing.
    /// </summary>
    public AddressRange ArgumentPages
    {
        get
        {
            if (_stack is not { } stack)
            {
                return default;
            }

            ulong end = stack.Start.PageNumber + MmuNotifiers.Page.Count(stack.LengthBytes);
            ulong first = _highestNewStackPage != 0 ? _highestNewStackPage + 1 : Math.Min(_lowestOldStackPage, end - 1);
            first = Math.Max(first, end - Math.Min(end, MostArgumentPages));
            return new AddressRange(VirtualAddress.OfPage(Math.Min(first, end)), VirtualAddress.OfPage(end));
        }
    }

    /// <summary>A child has the same stack; what it touches says nothing of the start.</summary>
    public ProgramStart Child() => new() { HeapStart = HeapStart, _sawBreak = _sawBreak };

    /// <summary>The program asked for its break or moved it.</summary>
    public void SawBreak(BreakCall call)
    {
        ulong start = call.Address.Value == 0 ? (ulong)call.Result : Math.Min((ulong)call.Result, call.Address.Value);
        if (!_sawBreak && start >= LowestHeap && CallRanges.Fits(new VirtualAddress(start), 0))
        {
            _sawBreak = true;
            HeapStart ??= new VirtualAddress(start);
        }
    }

    /// <summary>The program faulted.</summary>
    public void SawFault(PageFaultEvent fault)
    {
        if (_stack is not { } stack || !AddressRange.FromLength(stack.Start, stack.LengthBytes).Contains(fault.Address))
        {
            return;
        }

        if (fault.WasPresent)
        {
            _lowestOldStackPage = Math.Min(_lowestOldStackPage, fault.Address.PageNumber);
        }
        else
        {
            _highestNewStackPage = Math.Max(_highestNewStackPage, fault.Address.PageNumber);
        }
    }
}
