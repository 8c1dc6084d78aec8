using MmuNotifiers.Secondary;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Checking.Tests.Standing;

/// <summary>The smallest mirror over an interval subscription: translations of a few pages under one lock, used under the lock too.</summary>
internal sealed class IntervalMirror : IIntervalNotifier, IMirrorTarget, IDisposable
{
    private readonly SharedLock _lock = new();
    private readonly IPrimaryMmu _primary;
    private readonly MirrorLoop _loop;

    /// <summary>Guarded by the lock.</summary>
    private readonly Translation[] _pages;
    private readonly IntervalSubscription _subscription;

    /// <summary>Guarded by the lock.</summary>
    private bool _isClosed;

    internal IntervalMirror(IPrimaryMmu primary, AddressRange range)
    {
        _primary = primary;
        _loop = new MirrorLoop(primary, MirrorLoop.DefaultBudget);
        _pages = new Translation[range.Pages];
        _subscription = primary.Register(this, range);
    }

    public bool Invalidate(IntervalSubscription subscription, in InvalidationRange range, ulong sequence)
    {
        if (range.IsBlockable)
        {
            _lock.Enter();
        }
        else if (!_lock.TryEnter())
        {
            return false;
        }

        subscription.SetSequence(sequence);
        AddressRange hit = range.Range.Intersect(subscription.Range);
        for (VirtualAddress page = hit.Start; page < hit.End; page += Page.SizeBytes)
        {
            PageAt(subscription, page) = default;
        }

        _lock.Exit();
        return true;
    }

    public bool TryReadBegin(AddressRange range, out ulong sequence)
    {
        using (_lock.EnterScope())
        {
            sequence = 0;
            if (_isClosed)
            {
                return false;
            }
        }

        try
        {
            sequence = _subscription.ReadBegin();
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    public bool TryInstall(AddressRange range, ReadOnlySpan<Translation> translations, AccessRights access, ulong sequence)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        if (_isClosed || _subscription.ReadRetry(sequence))
        {
            return false;
        }

        AccessRights rights = (access & AccessRights.Write) != 0 ? AccessRights.ReadWrite : AccessRights.Read;
        PageAt(_subscription, range.Start) = new Translation(translations[0].Frame, translations[0].Rights & rights);
        return true;
    }

    public void Dispose()
    {
        // First: who is not told any more must hold nothing any more.
        using (_lock.EnterScope())
        {
            _isClosed = true;
            Array.Clear(_pages);
        }

        _subscription.Dispose();
    }

    internal ISecondaryDevice AddDevice() => new Device(this);

    private ref Translation PageAt(IntervalSubscription subscription, VirtualAddress page) =>
        ref _pages[page.PageNumber - subscription.Range.Start.PageNumber];

    private FaultResult Fault(VirtualAddress address, AccessRights access)
    {
        Span<Translation> translation = stackalloc Translation[1];
        return _loop.Fault(this, AddressRange.OfPage(address), access, translation).Result;
    }

    private bool TryRead(VirtualAddress address, Span<byte> destination)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        Translation page = PageAt(_subscription, address);
        bool allowed = (page.Rights & AccessRights.Read) != 0;
        if (allowed)
        {
            FrameBytes.ForReading(_primary.FrameAddress(page.Frame) + address.PageOffset, destination.Length).CopyTo(destination);
        }

        return allowed;
    }

    private bool TryWrite(VirtualAddress address, ReadOnlySpan<byte> source)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        Translation page = PageAt(_subscription, address);
        bool allowed = (page.Rights & AccessRights.Write) != 0;
        if (allowed)
        {
            source.CopyTo(FrameBytes.ForWriting(_primary.FrameAddress(page.Frame) + address.PageOffset, source.Length));
        }

        return allowed;
    }

    private sealed class Device(IntervalMirror mirror) : ISecondaryDevice
    {
        public FaultResult Read(VirtualAddress address, Span<byte> destination)
        {
            FaultResult result = FaultResult.Success;
            while (result == FaultResult.Success && !mirror.TryRead(address, destination))
            {
                result = mirror.Fault(address, AccessRights.Read);
            }

            return result;
        }

        public FaultResult Write(VirtualAddress address, ReadOnlySpan<byte> source)
        {
            FaultResult result = FaultResult.Success;
            while (result == FaultResult.Success && !mirror.TryWrite(address, source))
            {
                result = mirror.Fault(address, AccessRights.Write);
            }

            return result;
        }
    }
}
