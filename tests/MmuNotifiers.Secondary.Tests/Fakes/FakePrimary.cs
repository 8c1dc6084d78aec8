using System.Runtime.CompilerServices;

namespace MmuNotifiers.Secondary.Tests;

/// <summary>
/// A primary that is a dictionary of pages: every change is bracketed, a freed frame is poisoned at once, and a test can park
/// a look-up behind its snapshot.
/// </summary>
internal sealed unsafe class FakePrimary : IPrimaryMmu
{
    internal const byte Poison = 0xDD;
    internal const ulong PoisonWord = 0xDDDD_DDDD_DDDD_DDDD;

    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, FakePage> _pages = [];
    private readonly Queue<ulong> _free = new();
    private readonly byte[] _arena;
    private readonly nint _base;

    internal FakePrimary(int frames = 256)
    {
        _arena = GC.AllocateArray<byte>((frames + 1) * Page.SizeBytes, pinned: true);
        nint start = (nint)Unsafe.AsPointer(ref _arena[0]);
        _base = (start + Page.SizeBytes - 1) & ~(nint)Page.OffsetMask;
        for (ulong frame = 0; frame < (ulong)frames; frame++)
        {
            _free.Enqueue(frame);
        }
    }

    internal NotifierSubscriptions Subscriptions { get; } = new();

    /// <summary>Called at the end of each look-up, with no lock held.</summary>
    internal Action<AddressRange>? LookedUp { get; set; }

    /// <summary>Called by each <see cref="MarkDirty"/>, with no lock of the primary held.</summary>
    internal Action? MarkedDirty { get; set; }

    /// <summary>How many look-ups were made.</summary>
    internal int LookUps { get; private set; }

    internal HashSet<FrameNumber> Dirty { get; } = [];

    internal HashSet<FrameNumber> Young { get; } = [];

    public NotifierSubscription Register(IMmuNotifier notifier) => Subscriptions.Add(notifier);

    public IntervalSubscription Register(IIntervalNotifier notifier, AddressRange range) => Subscriptions.Add(notifier, range);

    public TlbSubscription Register(ISecondaryTlb tlb) => Subscriptions.Add(tlb);

    public nint FrameAddress(FrameNumber frame) => _base + ((nint)frame.Value << Page.Shift);

    public void MarkDirty(FrameNumber frame)
    {
        lock (_lock)
        {
            Dirty.Add(frame);
        }

        MarkedDirty?.Invoke();
    }

    public void MarkYoung(FrameNumber frame)
    {
        lock (_lock)
        {
            Young.Add(frame);
        }
    }

    public RangeFaultResult FaultRange(AddressRange range, AccessRights access, Span<Translation> translations)
    {
        RangeFaultResult result = Fault(range, access, translations);
        LookedUp?.Invoke(range);
        return result;
    }

    /// <summary>Maps fresh pages, each filled with zeros.</summary>
    internal void Map(AddressRange range, AccessRights rights = AccessRights.ReadWrite)
    {
        lock (_lock)
        {
            for (ulong i = 0; i < range.Pages; i++)
            {
                _pages.Add(range.Start.PageNumber + i, new FakePage(Allocate(), rights));
            }
        }
    }

    internal void Unmap(AddressRange range)
    {
        using InvalidationScope scope = Subscriptions.Invalidate(new InvalidationRange(range, InvalidationEvent.Unmap));
        lock (_lock)
        {
            foreach (ulong number in NumbersOf(range))
            {
                if (_pages.Remove(number, out FakePage page))
                {
                    Free(page.Frame);
                }
            }
        }
    }

    internal void Protect(AddressRange range, AccessRights rights)
    {
        using InvalidationScope scope = Subscriptions.Invalidate(new InvalidationRange(range, InvalidationEvent.ProtectionArea));
        lock (_lock)
        {
            foreach (ulong number in NumbersOf(range))
            {
                if (_pages.TryGetValue(number, out FakePage page))
                {
                    _pages[number] = page with { Rights = rights };
                }
            }
        }
    }

    /// <summary>Moves each page to another frame with the same bytes, as copy-on-write or migration do; the old one is freed.</summary>
    internal void Replace(AddressRange range)
    {
        using InvalidationScope scope = Subscriptions.Invalidate(new InvalidationRange(range, InvalidationEvent.Clear));
        lock (_lock)
        {
            foreach (ulong number in NumbersOf(range))
            {
                if (_pages.TryGetValue(number, out FakePage page))
                {
                    FrameNumber copy = Allocate();
                    Bytes(page.Frame).CopyTo(Bytes(copy));
                    _pages[number] = page with { Frame = copy };
                    Free(page.Frame);
                }
            }
        }
    }

    internal T Load<T>(VirtualAddress address)
        where T : unmanaged
    {
        lock (_lock)
        {
            return Unsafe.ReadUnaligned<T>((void*)HostOf(address));
        }
    }

    internal void Store<T>(VirtualAddress address, T value)
        where T : unmanaged
    {
        lock (_lock)
        {
            Unsafe.WriteUnaligned((void*)HostOf(address), value);
        }
    }

    internal FrameNumber FrameOf(VirtualAddress address)
    {
        lock (_lock)
        {
            return _pages[address.PageNumber].Frame;
        }
    }

    private static IEnumerable<ulong> NumbersOf(AddressRange range)
    {
        for (ulong i = 0; i < range.Pages; i++)
        {
            yield return range.Start.PageNumber + i;
        }
    }

    private RangeFaultResult Fault(AddressRange range, AccessRights access, Span<Translation> translations)
    {
        lock (_lock)
        {
            LookUps++;
            for (int i = 0; i < (int)range.Pages; i++)
            {
                bool isThere = _pages.TryGetValue(range.Start.PageNumber + (ulong)i, out FakePage page);
                if (access == AccessRights.None)
                {
                    translations[i] = isThere ? new Translation(page.Frame, page.Rights) : default;
                    continue;
                }

                if (!isThere)
                {
                    return new RangeFaultResult(FaultResult.NotMapped, i);
                }

                if ((access & ~page.Rights) != 0)
                {
                    return new RangeFaultResult(FaultResult.AccessDenied, i);
                }

                translations[i] = new Translation(page.Frame, page.Rights);
            }

            return new RangeFaultResult(FaultResult.Success, (int)range.Pages);
        }
    }

    private FrameNumber Allocate()
    {
        FrameNumber frame = new(_free.Dequeue());
        Bytes(frame).Clear();
        return frame;
    }

    private void Free(FrameNumber frame)
    {
        Bytes(frame).Fill(Poison);
        _free.Enqueue(frame.Value);
    }

    private Span<byte> Bytes(FrameNumber frame) => new((void*)FrameAddress(frame), Page.SizeBytes);

    private nint HostOf(VirtualAddress address) => FrameAddress(_pages[address.PageNumber].Frame) + address.PageOffset;

    private readonly record struct FakePage(FrameNumber Frame, AccessRights Rights);
}
