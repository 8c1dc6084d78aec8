using MmuNotifiers.Primary;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

/// <summary>A mirror that pins every page that it translates, as KVM did in 2007: it may be told when the page left the address space.</summary>
internal sealed class PinningMirror(IPrimaryMmu primary) : PageMirror(primary, new CountAndSequence())
{
    private AddressSpace? _space;

    /// <summary>Through which address space it pins. To be called once, before the race.</summary>
    internal void PinThrough(AddressSpace space) => _space = space;

    public override bool InvalidateRangeStart(in InvalidationRange range)
    {
        using SharedLock.Scope held = Lock.EnterScope();
        for (VirtualAddress page = range.Range.Start; page < range.Range.End; page += Page.SizeBytes)
        {
            MirrorEntry entry = Table[page];
            if (entry.Exists)
            {
                Table.Set(page, default);
                _space!.Unpin([entry.Frame]);
            }
        }

        return true;
    }

    public override void InvalidateRangeEnd(in InvalidationRange range)
    {
    }

    /// <summary>Pins the page; what is pinned stays good, so nothing is checked.</summary>
    public override FaultResult Fault(VirtualAddress address, AccessRights access)
    {
        Span<FrameNumber> frame = stackalloc FrameNumber[1];
        FaultResult result = _space!.Pin(AddressRange.OfPage(address), access, frame);
        if (result == FaultResult.Success)
        {
            using SharedLock.Scope held = Lock.EnterScope();
            Table.Set(address, new MirrorEntry(frame[0], AccessRights.Read | access));
        }

        return result;
    }
}
