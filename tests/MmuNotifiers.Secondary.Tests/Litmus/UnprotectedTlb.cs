namespace MmuNotifiers.Secondary.Tests;

/// <summary>
/// Frozen negative control: a TLB with the whole retry protocol, whose invalidation clears the entries and waits for nobody.
/// </summary>
internal sealed unsafe class UnprotectedTlb : ILitmusDevice, IMmuNotifier, IMirrorTarget
{
    private readonly Lock _lock = new();
    private readonly BracketSequence _brackets = new();
    private readonly nint[] _hosts = new nint[16];
    private readonly FakePrimary _primary;
    private readonly MirrorLoop _loop;

    internal UnprotectedTlb(FakePrimary primary)
    {
        _primary = primary;
        _loop = new MirrorLoop(primary, MirrorLoop.DefaultBudget);
        primary.Register((IMmuNotifier)this);
    }

    public bool TryStep(VirtualAddress page, int word, out int poisoned)
    {
        poisoned = 0;
        nint host = Volatile.Read(ref _hosts[page.PageNumber % 16]);
        if (host != 0)
        {
            poisoned = LitmusWords.Step(new Span<byte>((void*)host, Page.SizeBytes), word);
            return true;
        }

        _loop.Fault(this, AddressRange.OfPage(page), AccessRights.ReadWrite, new Translation[1]);
        return false;
    }

    public bool InvalidateRangeStart(in InvalidationRange range)
    {
        lock (_lock)
        {
            _brackets.Start(range.Range);
            for (ulong i = 0; i < range.Range.Pages; i++)
            {
                Volatile.Write(ref _hosts[(range.Range.Start.PageNumber + i) % 16], 0);
            }
        }

        return true;
    }

    public void InvalidateRangeEnd(in InvalidationRange range)
    {
        lock (_lock)
        {
            _brackets.End();
        }
    }

    public void Release()
    {
    }

    public bool TryReadBegin(AddressRange range, out ulong sequence)
    {
        sequence = _brackets.Sample();
        return true;
    }

    public bool TryInstall(AddressRange range, ReadOnlySpan<Translation> translations, AccessRights access, ulong sequence)
    {
        lock (_lock)
        {
            if (_brackets.MustRetry(range, sequence))
            {
                return false;
            }

            Volatile.Write(ref _hosts[range.Start.PageNumber % 16], _primary.FrameAddress(translations[0].Frame));
            return true;
        }
    }
}
