using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary.Rdma;

/// <summary>One thread's way into a card's TLB: its sections of accesses and its faults. Used by one thread at a time.</summary>
internal sealed class CardPort : IMirrorTarget
{
    private readonly AccessGate _gate;
    private readonly CardTlb _tlb;

    /// <summary>Whose page is being faulted in.</summary>
    private CardContext? _faulting;

    internal CardPort(NetworkCard card)
    {
        _gate = card.Gates.Add();
        _tlb = card.Tlb;
    }

    /// <summary>Reads bytes of one page.</summary>
    /// <returns>How many; 0 if the page is not translated.</returns>
    internal int Read(MemoryRegion region, VirtualAddress address, Span<byte> destination)
    {
        using AccessScope section = _gate.Enter();
        if (!TryTranslate(region, address, AccessRights.Read, out nint host))
        {
            return 0;
        }

        int length = Math.Min(Page.SizeBytes - address.PageOffset, destination.Length);
        FrameBytes.ForReading(host, length).CopyTo(destination);
        return length;
    }

    /// <summary>Writes bytes of one page.</summary>
    /// <returns>How many; 0 if the page is not translated for stores.</returns>
    internal int Write(MemoryRegion region, VirtualAddress address, ReadOnlySpan<byte> source)
    {
        using AccessScope section = _gate.Enter();
        if (!TryTranslate(region, address, AccessRights.Write, out nint host))
        {
            return 0;
        }

        int length = Math.Min(Page.SizeBytes - address.PageOffset, source.Length);
        source[..length].CopyTo(FrameBytes.ForWriting(host, length));
        return length;
    }

    /// <summary>Moves bytes from one page to another in one section, so that both translations hold while they move.</summary>
    /// <returns>How many; 0 if one of the pages is not translated for it.</returns>
    internal int Copy(MemoryRegion source, VirtualAddress from, MemoryRegion target, VirtualAddress to, int lengthBytes)
    {
        using AccessScope section = _gate.Enter();
        if (!TryTranslate(source, from, AccessRights.Read, out nint load) || !TryTranslate(target, to, AccessRights.Write, out nint store))
        {
            return 0;
        }

        int length = Math.Min(lengthBytes, Page.SizeBytes - Math.Max(from.PageOffset, to.PageOffset));
        FrameBytes.ForReading(load, length).CopyTo(FrameBytes.ForWriting(store, length));
        return length;
    }

    /// <summary>Faults a page in. Outside of a section; may block.</summary>
    /// <returns>Success when a repeated access is worth while; <see cref="FaultResult.NotMapped"/> through a region that is closed.</returns>
    internal FaultResult Fault(MemoryRegion region, VirtualAddress address, AccessRights access)
    {
        if (region.IsClosed)
        {
            return FaultResult.NotMapped;
        }

        _faulting = region.Context;
        return region.Context.Fault(this, address, access);
    }

    bool IMirrorTarget.TryReadBegin(AddressRange range, out ulong sequence)
    {
        _faulting!.Brackets.AwaitUncovered(range);
        sequence = _faulting.Brackets.Sample();
        return !_faulting.IsReleased;
    }

    bool IMirrorTarget.TryInstall(
        AddressRange range, ReadOnlySpan<Translation> translations, AccessRights access, ulong sequence) =>
        _faulting!.TryInstall(range.Start, translations[0], sequence);

    private bool TryTranslate(MemoryRegion region, VirtualAddress address, AccessRights access, out nint host)
    {
        CardContext context = region.Context;
        if (region.IsClosed || !_tlb.TryTranslate(CardTag.Of(context.Number, address), access, out nint page, out bool savedFault))
        {
            host = 0;
            return false;
        }

        if (savedFault)
        {
            context.CountSavedFault();
        }

        host = page + address.PageOffset;
        return true;
    }
}
