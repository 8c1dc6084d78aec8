using MmuNotifiers.Secondary;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Checking.Tests.Mistakes;

/// <summary>The mirror of docs/writing-a-secondary.md with one mistake: it counts open brackets and looks at no sequence.</summary>
internal sealed class CountsOnly : IMmuNotifier, ISecondaryDevice, IDisposable
{
    private readonly IPrimaryMmu _primary;
    private readonly SharedLock _lock = new();
    private readonly Dictionary<ulong, Translation> _table = []; // by page number; guarded by the lock
    private readonly BracketSequence _brackets = new();          // written under the lock
    private readonly NotifierSubscription _subscription;
    private bool _isReleased;                                    // guarded by the lock

    public CountsOnly(IPrimaryMmu primary)
    {
        _primary = primary;
        _subscription = primary.Register(this);
    }

    public bool InvalidateRangeStart(in InvalidationRange range)
    {
        if (range.IsBlockable)
        {
            _lock.Enter();
        }
        else if (!_lock.TryEnter())
        {
            return false; // nothing was begun, so that there is nothing to undo
        }

        _brackets.Start(range.Range);
        Drop(range.Range);
        _lock.Exit();
        return true;
    }

    public void InvalidateRangeEnd(in InvalidationRange range)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        _brackets.End();
    }

    public void Release()
    {
        using SharedLock.Scope held = _lock.EnterScope();
        _isReleased = true;
        _table.Clear();
    }

    public FaultResult Read(VirtualAddress address, Span<byte> destination)
    {
        FaultResult result = FaultResult.Success;
        while (result == FaultResult.Success && !TryRead(address, destination))
        {
            result = Fault(AddressRange.OfPage(address), AccessRights.Read);
        }

        return result;
    }

    public FaultResult Write(VirtualAddress address, ReadOnlySpan<byte> source)
    {
        FaultResult result = FaultResult.Success;
        while (result == FaultResult.Success && !TryWrite(address, source))
        {
            result = Fault(AddressRange.OfPage(address), AccessRights.Write);
        }

        return result;
    }

    public void Dispose() => _subscription.Dispose();

    private FaultResult Fault(AddressRange page, AccessRights access)
    {
        _brackets.AwaitUncovered(page);
        Span<Translation> found = stackalloc Translation[1];
        RangeFaultResult fault = _primary.FaultRange(page, access, found);
        if (!fault.Succeeded)
        {
            return fault.Result;
        }

        using SharedLock.Scope held = _lock.EnterScope();
        if (_isReleased)
        {
            return FaultResult.NotMapped;
        }

        if (!_brackets.Covers(page))
        {
            _table[page.Start.PageNumber] = found[0];
        }

        return FaultResult.Success; // the caller looks again
    }

    private unsafe bool TryRead(VirtualAddress address, Span<byte> destination)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        if (!TryTranslate(address, AccessRights.Read, out nint host))
        {
            return false;
        }

        Shared.BeforeRead(host, destination.Length);
        new ReadOnlySpan<byte>((void*)host, destination.Length).CopyTo(destination);
        return true;
    }

    private unsafe bool TryWrite(VirtualAddress address, ReadOnlySpan<byte> source)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        if (!TryTranslate(address, AccessRights.Write, out nint host))
        {
            return false;
        }

        Shared.BeforeWrite(host, source.Length);
        source.CopyTo(new Span<byte>((void*)host, source.Length));
        return true;
    }

    private bool TryTranslate(VirtualAddress address, AccessRights access, out nint host)
    {
        bool found = _table.TryGetValue(address.PageNumber, out Translation translation) && (translation.Rights & access) == access;
        host = found ? _primary.FrameAddress(translation.Frame) + address.PageOffset : 0;
        return found;
    }

    private void Drop(AddressRange range)
    {
        foreach (ulong page in _table.Keys)
        {
            if (range.Contains(new VirtualAddress(page << Page.Shift)))
            {
                _table.Remove(page);
            }
        }
    }
}
