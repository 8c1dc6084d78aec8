using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary.Registration;

/// <summary>Transfers through regions: each page with the translation that the region holds, and a fault where it holds none.</summary>
public sealed partial class RegistrationClient : ISecondaryDevice, IMirrorTarget
{
    /// <summary>How many pages are faulted in by one look-up.</summary>
    private const int FillBatch = 64;

    private readonly AccessGate _gate;

    /// <summary>The region that is being filled.</summary>
    private RegisteredRegion? _filling;

    // Written by the client's own thread; another thread may read an older value.
    private long _faults;
    private long _failedFaults;
    private long _retries;

    /// <summary>Reads bytes of a region.</summary>
    /// <param name="handle">The region.</param>
    /// <param name="address">The first address; all lie in the region.</param>
    /// <param name="destination">Receives the bytes. After a failure those in front of the failing page were read.</param>
    /// <returns>As <see cref="ISecondaryDevice.Read"/>.</returns>
    /// <exception cref="ArgumentException">The addresses do not lie in the region.</exception>
    public FaultResult Read(in RegistrationHandle handle, VirtualAddress address, Span<byte> destination)
    {
        RegisteredRegion region = handle.Region;
        ThrowIfOutside(region, address, destination.Length);
        return PagewiseAccess.Read(new Pages(this, region), address, destination);
    }

    /// <summary>Writes bytes of a region; the counterpart of <see cref="Read(in RegistrationHandle, VirtualAddress, Span{byte})"/>.</summary>
    /// <returns>As <see cref="ISecondaryDevice.Write"/>; <see cref="FaultResult.AccessDenied"/> if it was registered for loads only.</returns>
    /// <exception cref="ArgumentException">The addresses do not lie in the region.</exception>
    public FaultResult Write(in RegistrationHandle handle, VirtualAddress address, ReadOnlySpan<byte> source)
    {
        RegisteredRegion region = handle.Region;
        ThrowIfOutside(region, address, source.Length);
        if ((region.Rights & AccessRights.Write) == 0)
        {
            return FaultResult.AccessDenied;
        }

        return PagewiseAccess.Write(new Pages(this, region), address, source);
    }

    /// <summary>Gets a region for the bytes, reads them, puts it back.</summary>
    /// <inheritdoc/>
    public FaultResult Read(VirtualAddress address, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            int length = LengthToTry(address, destination.Length, AccessRights.Read, out FaultResult result, out RegistrationHandle handle);
            if (result != FaultResult.Success)
            {
                return result;
            }

            result = Read(in handle, address, destination[..length]);
            Put(in handle);
            if (result != FaultResult.Success)
            {
                return result;
            }

            destination = destination[length..];
            address += (ulong)length;
        }

        return FaultResult.Success;
    }

    /// <summary>Gets a region for the bytes, writes them, puts it back.</summary>
    /// <inheritdoc/>
    public FaultResult Write(VirtualAddress address, ReadOnlySpan<byte> source)
    {
        while (!source.IsEmpty)
        {
            int length = LengthToTry(address, source.Length, AccessRights.ReadWrite, out FaultResult result, out RegistrationHandle handle);
            if (result != FaultResult.Success)
            {
                return result;
            }

            result = Write(in handle, address, source[..length]);
            Put(in handle);
            if (result != FaultResult.Success)
            {
                return result;
            }

            source = source[length..];
            address += (ulong)length;
        }

        return FaultResult.Success;
    }

    /// <summary>Faults pages of a region in. Outside of a section; may block.</summary>
    /// <param name="region">A region that nobody else frees: it is new, or the client has it.</param>
    /// <param name="range">Pages of it; may be empty.</param>
    /// <param name="access">What for; None for what is there without a fault.</param>
    internal FaultResult Fill(RegisteredRegion region, AddressRange range, AccessRights access)
    {
        _filling = region;
        Span<Translation> translations = stackalloc Translation[(int)Math.Min(range.Pages, FillBatch)];
        while (!range.IsEmpty)
        {
            AddressRange batch = range.Pages > FillBatch ? AddressRange.FromPages(range.Start, FillBatch) : range;
            MirrorResult result = Cache.Loop.Fault(this, batch, access, translations);
            _retries += result.Retries;
            if (result.Result != FaultResult.Success)
            {
                return result.Result;
            }

            range = new AddressRange(batch.End, range.End);
        }

        return FaultResult.Success;
    }

    bool IMirrorTarget.TryReadBegin(AddressRange range, out ulong sequence)
    {
        bool isAlive = !Cache.IsReleased;
        sequence = isAlive ? Cache.ReadBegin(_filling!, range) : 0;
        return isAlive;
    }

    bool IMirrorTarget.TryInstall(
        AddressRange range, ReadOnlySpan<Translation> translations, AccessRights access, ulong sequence) =>
        Cache.TryFill(_filling!, range, translations, sequence);

    private static void ThrowIfOutside(RegisteredRegion region, VirtualAddress address, int lengthBytes)
    {
        if (address < region.Range.Start || address > region.Range.End || (ulong)lengthBytes > region.Range.End - address)
        {
            throw new ArgumentException($"0x{lengthBytes:x} bytes at {address} do not lie in {region.Range}.", nameof(address));
        }
    }

    /// <summary>Gets a region for all bytes; if that cannot be had for those of the first page, so that the page that fails is found.</summary>
    private int LengthToTry(VirtualAddress address, int lengthBytes, AccessRights rights, out FaultResult result, out RegistrationHandle handle)
    {
        ulong end = address.Value + (ulong)lengthBytes;
        if (end > address.Value)
        {
            result = Get(new AddressRange(address, new VirtualAddress(end)), rights, out handle);
            if (result == FaultResult.Success)
            {
                return lengthBytes;
            }
        }

        int inPage = Math.Min(lengthBytes, Page.SizeBytes - address.PageOffset);
        result = Get(AddressRange.OfPage(address), rights, out handle);
        return inPage;
    }

    private int ReadPage(RegisteredRegion region, VirtualAddress address, Span<byte> destination)
    {
        using AccessScope section = _gate.Enter();
        if (!region.TryTranslate(address, AccessRights.Read, out nint host))
        {
            return 0;
        }

        int length = Math.Min(Page.SizeBytes - address.PageOffset, destination.Length);
        FrameBytes.ForReading(host, length).CopyTo(destination);
        return length;
    }

    private int WritePage(RegisteredRegion region, VirtualAddress address, ReadOnlySpan<byte> source)
    {
        using AccessScope section = _gate.Enter();
        if (!region.TryTranslate(address, AccessRights.Write, out nint host))
        {
            return 0;
        }

        int length = Math.Min(Page.SizeBytes - address.PageOffset, source.Length);
        source[..length].CopyTo(FrameBytes.ForWriting(host, length));
        return length;
    }

    /// <returns>Success when a repeated access is worth while.</returns>
    private FaultResult Fault(RegisteredRegion region, VirtualAddress address, AccessRights access)
    {
        _faults++;
        FaultResult result = Fill(region, AddressRange.OfPage(address), access);
        _failedFaults += result == FaultResult.Success ? 0 : 1;
        return result;
    }

    private readonly struct Pages(RegistrationClient client, RegisteredRegion region) : IPagewiseDevice<VirtualAddress>
    {
        public static VirtualAddress Add(VirtualAddress address, int bytes) => address + (ulong)bytes;

        public int ReadPage(VirtualAddress address, Span<byte> destination) => client.ReadPage(region, address, destination);

        public int WritePage(VirtualAddress address, ReadOnlySpan<byte> source) => client.WritePage(region, address, source);

        public FaultResult Fault(VirtualAddress address, AccessRights access) => client.Fault(region, address, access);
    }
}
