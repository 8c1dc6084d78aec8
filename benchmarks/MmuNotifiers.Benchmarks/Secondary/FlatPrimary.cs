using System.Runtime.InteropServices;

namespace MmuNotifiers.Benchmarks.Secondary;

/// <summary>
/// A primary whose look-up is a subtraction, so that figures show the secondary's own cost. It maps every address; behind its last frame it
/// begins again with the first.
/// </summary>
internal sealed unsafe class FlatPrimary : IPrimaryMmu, IDisposable
{
    internal static VirtualAddress Base => new(0x7f00_0000_0000);

    private readonly NotifierSubscriptions _subscriptions = new();
    private readonly void* _arena;
    private readonly ulong _frames;

    internal FlatPrimary(int pages)
    {
        _frames = (ulong)pages;
        _arena = NativeMemory.AlignedAlloc((nuint)pages << Page.Shift, Page.SizeBytes);
        NativeMemory.Fill(_arena, (nuint)pages << Page.Shift, 1);
    }

    internal NotifierSubscriptions Subscriptions => _subscriptions;

    internal nint Arena => (nint)_arena;

    public NotifierSubscription Register(IMmuNotifier notifier) => _subscriptions.Add(notifier);

    public IntervalSubscription Register(IIntervalNotifier notifier, AddressRange range) => _subscriptions.Add(notifier, range);

    public TlbSubscription Register(ISecondaryTlb tlb) => _subscriptions.Add(tlb);

    public RangeFaultResult FaultRange(AddressRange range, AccessRights access, Span<Translation> translations)
    {
        ulong first = (range.Start - Base) >> Page.Shift;
        for (ulong page = 0; page < range.Pages; page++)
        {
            translations[(int)page] = new Translation(new FrameNumber((first + page) % _frames), AccessRights.ReadWrite);
        }

        return new RangeFaultResult(FaultResult.Success, (int)range.Pages);
    }

    public nint FrameAddress(FrameNumber frame) => Arena + ((nint)frame.Value << Page.Shift);

    public void MarkDirty(FrameNumber frame)
    {
    }

    public void MarkYoung(FrameNumber frame)
    {
    }

    public void Dispose() => NativeMemory.AlignedFree(_arena);
}
