using System.Text;
using MmuNotifiers.Linux.Kvm.Guests;

namespace MmuNotifiers.Linux.Kvm.Programs.Memory;

/// <summary>What the monitor reads and writes of a program's memory: by the program's addresses, with its rights, never by a pointer.</summary>
internal sealed partial class GuestAddressSpace
{
    /// <summary>Copies bytes that the program may read.</summary>
    /// <returns>False if it may not read all of them (EFAULT), or a page is lost.</returns>
    public bool TryRead(VirtualAddress address, Span<byte> destination)
    {
        for (int done = 0; done < destination.Length;)
        {
            int length = Math.Min(destination.Length - done, Page.SizeBytes - (address + (ulong)done).PageOffset);
            if (HostAddress(address + (ulong)done, AccessRights.Read) is not { } host || !Check(_memory.TryRead(host, destination.Slice(done, length))))
            {
                return false;
            }

            done += length;
        }

        return true;
    }

    /// <summary>Copies bytes to where the program may write.</summary>
    /// <returns>False if it may not write all of them (EFAULT), or a page is lost; then some of the bytes may have been written.</returns>
    public bool TryWrite(VirtualAddress address, ReadOnlySpan<byte> source) => TryCopy(address, source, AccessRights.Write);

    /// <summary>Fills pages that are mapped, whatever the program may do there: what a kernel does when it loads a program or maps a file.</summary>
    /// <returns>False if a page is not mapped, has no rights at all, has no frame and gets none, or is lost.</returns>
    public bool TryFill(VirtualAddress address, ReadOnlySpan<byte> source) => TryCopy(address, source, AccessRights.Read);

    /// <summary>Whether the program may write to all of a range; its pages have frames then.</summary>
    public bool CanWrite(VirtualAddress address, ulong bytes)
    {
        if (bytes == 0)
        {
            return true;
        }

        if (bytes > End || address.Value > End - bytes)
        {
            return false;
        }

        AddressRange range = AddressRange.FromLength(address, bytes).AlignOutward();
        return IsMapped(range) && _areas.Inside(range).TrueForAll(area => (area.Rights & AccessRights.Write) != 0);
    }

    /// <summary>Reads bytes up to a zero.</summary>
    /// <param name="address">The first.</param>
    /// <param name="mostBytes">How many there may be, the zero included.</param>
    /// <param name="text">The bytes before the zero as UTF-8.</param>
    /// <returns>0, or the error number: EFAULT or ENAMETOOLONG.</returns>
    public int ReadText(VirtualAddress address, int mostBytes, out string text)
    {
        text = string.Empty;
        byte[] bytes = new byte[mostBytes];
        for (int done = 0; done < mostBytes;)
        {
            VirtualAddress at = address + (ulong)done;
            int length = Math.Min(mostBytes - done, Page.SizeBytes - at.PageOffset);
            if (!TryRead(at, bytes.AsSpan(done, length)))
            {
                return Errno.BadAddress;
            }

            int zero = bytes.AsSpan(done, length).IndexOf((byte)0);
            if (zero >= 0)
            {
                text = Encoding.UTF8.GetString(bytes, 0, done + zero);
                return 0;
            }

            done += length;
        }

        return Errno.NameTooLong;
    }

    private bool TryCopy(VirtualAddress address, ReadOnlySpan<byte> source, AccessRights access)
    {
        for (int done = 0; done < source.Length;)
        {
            int length = Math.Min(source.Length - done, Page.SizeBytes - (address + (ulong)done).PageOffset);
            if (HostAddress(address + (ulong)done, access) is not { } host || !Check(_memory.TryWrite(host, source.Slice(done, length))))
            {
                return false;
            }

            done += length;
        }

        return true;
    }

    private bool Check(bool wasThere)
    {
        LostPages += wasThere ? 0 : 1;
        return wasThere;
    }

    /// <summary>Where a byte lies in this process, if the program may do that there.</summary>
    private VirtualAddress? HostAddress(VirtualAddress address, AccessRights access)
    {
        if (address.Value >= End)
        {
            return null;
        }

        GuestPte entry = _tables.Get(address.AlignDown());
        bool isReady = access == AccessRights.Write ? entry.IsWritable : entry.IsPresent;
        if (!isReady)
        {
            if (Fault(address, access) != GuestFault.Served)
            {
                return null;
            }

            entry = _tables.Get(address.AlignDown());
        }

        return _frames.HostAddress(entry.Address) + (ulong)address.PageOffset;
    }
}
