using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary.Kvm;

/// <summary>
/// A virtual CPU: accesses to the guest's physical memory through the shadow tables. Used by one thread at a time. Got from
/// <see cref="ShadowMmu.AddVirtualCpu"/>.
/// </summary>
public sealed class VirtualCpu : IMirrorTarget
{
    private readonly ShadowMmu _mmu;
    private readonly AccessGate _gate;

    /// <summary>The slot of the last access. A removed one has no present entry, so it misses.</summary>
    private MemorySlot? _slot;

    /// <summary>The page that is being faulted in.</summary>
    private GuestFrameNumber _faultFrame;

    // Written by the CPU's own thread; another thread may read an older value.
    private long _faults;
    private long _failedFaults;
    private long _retries;

    internal VirtualCpu(ShadowMmu mmu)
    {
        _mmu = mmu;
        _gate = mmu.Gates.Add();
    }

    internal SecondaryStatistics Statistics => new() { DeviceFaults = _faults, FailedFaults = _failedFaults, Retries = _retries };

    /// <summary>Reads bytes of guest memory; the range may cross pages and slots.</summary>
    /// <returns>
    /// Success, or why the first page that failed did: what the primary said, or <see cref="FaultResult.NotMapped"/> where no
    /// slot is (in KVM: an exit for memory-mapped I/O).
    /// </returns>
    public FaultResult Read(GuestAddress address, Span<byte> destination) =>
        PagewiseAccess.Read(new Pages(this), address, destination);

    /// <summary>Writes bytes of guest memory; the range may cross pages and slots.</summary>
    /// <returns>As <see cref="Read(GuestAddress, Span{byte})"/>; <see cref="FaultResult.AccessDenied"/> in a read-only slot.</returns>
    public FaultResult Write(GuestAddress address, ReadOnlySpan<byte> source) =>
        PagewiseAccess.Write(new Pages(this), address, source);

    /// <summary>Reads a value at any address of guest memory.</summary>
    public FaultResult Read<T>(GuestAddress address, out T value)
        where T : unmanaged
    {
        if (address.PageOffset <= Page.SizeBytes - Unsafe.SizeOf<T>())
        {
            using AccessScope section = _gate.Enter();
            if (TryTranslate(address, AccessRights.Read, out nint host))
            {
                value = FrameBytes.Load<T>(host);
                return FaultResult.Success;
            }
        }

        value = default;
        return Read(address, MemoryMarshal.AsBytes(new Span<T>(ref value)));
    }

    /// <summary>Writes a value at any address of guest memory.</summary>
    public FaultResult Write<T>(GuestAddress address, T value)
        where T : unmanaged
    {
        if (address.PageOffset <= Page.SizeBytes - Unsafe.SizeOf<T>())
        {
            using AccessScope section = _gate.Enter();
            if (TryTranslate(address, AccessRights.Write, out nint host))
            {
                FrameBytes.Store(host, value);
                return FaultResult.Success;
            }
        }

        return Write(address, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));
    }

    bool IMirrorTarget.TryReadBegin(AddressRange range, out ulong sequence) => _mmu.TryReadBegin(_slot!, range, out sequence);

    bool IMirrorTarget.TryInstall(
        AddressRange range, ReadOnlySpan<Translation> translations, AccessRights access, ulong sequence) =>
        _mmu.TryInstall(_slot!, _faultFrame, translations[0], access, sequence);

    private int ReadPage(GuestAddress address, Span<byte> destination)
    {
        using AccessScope section = _gate.Enter();
        if (!TryTranslate(address, AccessRights.Read, out nint host))
        {
            return 0;
        }

        int length = Math.Min(Page.SizeBytes - address.PageOffset, destination.Length);
        FrameBytes.ForReading(host, length).CopyTo(destination);
        return length;
    }

    private int WritePage(GuestAddress address, ReadOnlySpan<byte> source)
    {
        using AccessScope section = _gate.Enter();
        if (!TryTranslate(address, AccessRights.Write, out nint host))
        {
            return 0;
        }

        int length = Math.Min(Page.SizeBytes - address.PageOffset, source.Length);
        source[..length].CopyTo(FrameBytes.ForWriting(host, length));
        return length;
    }

    /// <summary>Walks the shadow table and notes the access in the entry. Inside a section.</summary>
    private bool TryTranslate(GuestAddress address, AccessRights access, out nint host)
    {
        GuestFrameNumber frame = address.FrameNumber;
        if (_slot is { } slot && slot.Contains(frame) && slot.LeafOf(frame) is { } leaf)
        {
            int index = slot.IndexOf(frame);
            ShadowPte pte = leaf.Read(index);
            while (pte.Allows(access))
            {
                ShadowPte used = pte.Used(access);
                if (used == pte || leaf.TryReplace(index, pte, used))
                {
                    host = leaf.HostOf(index) + address.PageOffset;
                    return true;
                }

                pte = leaf.Read(index);
            }
        }

        host = 0;
        return false;
    }

    /// <summary>Handles a violation of the shadow table. Outside of a section; may block.</summary>
    /// <returns>Success when a repeated access is worth while.</returns>
    private FaultResult Fault(GuestAddress address, AccessRights access)
    {
        GuestFrameNumber frame = address.FrameNumber;
        FaultResult result = FaultResult.NotMapped;

        // Again where another slot took this one's place meanwhile.
        while (result == FaultResult.NotMapped && _mmu.FindSlot(frame) is { IsRemoved: false } slot)
        {
            bool isKnown = ReferenceEquals(slot, _slot);
            _slot = slot;
            if (!isKnown && IsTranslated(address, access))
            {
                return FaultResult.Success;
            }

            result = FaultInSlot(slot, frame, access);
            if (!slot.IsRemoved)
            {
                break;
            }
        }

        _failedFaults += result == FaultResult.Success ? 0 : 1;
        return result;
    }

    private FaultResult FaultInSlot(MemorySlot slot, GuestFrameNumber frame, AccessRights access)
    {
        _faults++;
        bool isStore = (access & AccessRights.Write) != 0;
        if (isStore && slot.IsReadOnly)
        {
            return FaultResult.AccessDenied;
        }

        if (isStore && _mmu.TryUnprotect(slot, frame))
        {
            return FaultResult.Success;
        }

        _faultFrame = frame;
        Span<Translation> translation = stackalloc Translation[1];
        MirrorResult result = _mmu.Loop.Fault(this, AddressRange.OfPage(slot.UserAddressOf(frame)), access, translation);
        _retries += result.Retries;
        return result.Result;
    }

    private bool IsTranslated(GuestAddress address, AccessRights access)
    {
        using AccessScope section = _gate.Enter();
        return TryTranslate(address, access, out _);
    }

    private readonly struct Pages(VirtualCpu cpu) : IPagewiseDevice<GuestAddress>
    {
        public static GuestAddress Add(GuestAddress address, int bytes) => address + (ulong)bytes;

        public int ReadPage(GuestAddress address, Span<byte> destination) => cpu.ReadPage(address, destination);

        public int WritePage(GuestAddress address, ReadOnlySpan<byte> source) => cpu.WritePage(address, source);

        public FaultResult Fault(GuestAddress address, AccessRights access) => cpu.Fault(address, access);
    }
}
