namespace MmuNotifiers.Linux.Kvm.Programs.Memory;

/// <summary>
/// The pages of a guest's memory that nobody uses. Every page that is taken reads as zeroes. Not safe from several threads.
/// </summary>
internal sealed class GuestFrames
{
    private readonly IGuestMemory _memory;
    private readonly GuestPhysicalAddress _start;
    private readonly Stack<ulong> _returned = new();
    private readonly List<ulong> _toDiscard = [];
    private ulong _fresh;

    /// <summary>Takes over all of a memory, which must be zeroed.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="start">Where the guest sees it.</param>
    public GuestFrames(IGuestMemory memory, GuestPhysicalAddress start)
    {
        _memory = memory;
        _start = start;
    }

    /// <summary>How many there are, used or not.</summary>
    public ulong Pages => _memory.Range.Pages;

    /// <summary>How many were ever used at the same time.</summary>
    public ulong PeakPages { get; private set; }

    /// <summary>How many can be taken.</summary>
    public ulong FreePages => Pages - Used;

    private ulong Used => _fresh - (ulong)_returned.Count - (ulong)_toDiscard.Count;

    /// <summary>Takes a page of zeroes.</summary>
    /// <returns>False if there is none.</returns>
    public bool TryTake(out GuestPhysicalAddress frame)
    {
        frame = default;
        if (_returned.TryPop(out ulong page))
        {
            frame = AddressOf(page);
        }
        else if (_fresh < Pages)
        {
            frame = AddressOf(_fresh++);
        }
        else
        {
            return false;
        }

        PeakPages = Math.Max(PeakPages, Used);
        return true;
    }

    /// <summary>Gives a page back that no entry names any more; it can be taken again after <see cref="DiscardReturned"/>.</summary>
    public void Return(GuestPhysicalAddress frame) => _toDiscard.Add((frame.Value - _start.Value) >> Page.Shift);

    /// <summary>
    /// Gives up the contents of what was returned. That takes the pages away from this process, and the kernel's MMU notifiers take their
    /// translations away from the guest: nothing else has to be forgotten.
    /// </summary>
    public void DiscardReturned()
    {
        if (_toDiscard.Count == 0)
        {
            return;
        }

        _toDiscard.Sort();
        int first = 0;
        for (int next = 1; next <= _toDiscard.Count; next++)
        {
            if (next == _toDiscard.Count || _toDiscard[next] != _toDiscard[next - 1] + 1)
            {
                _memory.Discard(AddressRange.FromPages(_memory.Range.Start + (_toDiscard[first] << Page.Shift), (ulong)(next - first)));
                first = next;
            }
        }

        for (int index = _toDiscard.Count - 1; index >= 0; index--)
        {
            _returned.Push(_toDiscard[index]);
        }

        _toDiscard.Clear();
    }

    /// <summary>Where a frame lies in this process.</summary>
    public VirtualAddress HostAddress(GuestPhysicalAddress frame) => _memory.Range.Start + (frame.Value - _start.Value);

    private GuestPhysicalAddress AddressOf(ulong page) => _start + (page << Page.Shift);
}
