using MmuNotifiers.Linux.Kvm.Programs.Files;
using MmuNotifiers.Linux.Kvm.Programs.Memory;

namespace MmuNotifiers.Linux.Kvm.Programs.SystemCalls;

/// <summary>Memory: mmap, munmap, mprotect, mremap, madvise, brk over the guest's pages.</summary>
internal sealed partial class SystemCallService
{
    private readonly VirtualAddress _heapStart;

    /// <summary>The end of the heap, to the byte.</summary>
    private VirtualAddress _break;

    private long Map(in SystemCallArguments a)
    {
        const ulong Shared = 1;
        const ulong KindMask = 3;
        const ulong Fixed = 0x10;
        const ulong Anonymous = 0x20;
        const ulong NoReserve = 0x4000;
        const ulong NoReplace = 0x100000;
        (ulong address, ulong bytes, ulong flags) = (a.First, a.Second, a.Fourth);
        if (bytes == 0 || TryRights(a.Third) is not { } rights || (flags & KindMask) is 0 || ((flags & Anonymous) == 0 && (a.Sixth & Page.OffsetMask) != 0))
        {
            return -Errno.Invalid;
        }

        if (!TryRange(address, bytes, out AddressRange range))
        {
            return -Errno.NoMemory;
        }

        OpenFile? file = (flags & Anonymous) != 0 ? null : _files.Find(a.Fifth);
        if ((flags & Anonymous) == 0 && file is not HostFile)
        {
            return file is null ? -Errno.BadDescriptor : -Errno.NoDevice;
        }

        if (file is not null && (flags & KindMask) == Shared && (rights & AccessRights.Write) != 0)
        {
            return -Errno.AccessDenied;
        }

        bool isFixed = (flags & (Fixed | NoReplace)) != 0;
        if (isFixed && !range.IsPageAligned)
        {
            return -Errno.Invalid;
        }

        if ((flags & NoReplace) != 0 && !_space.IsFree(range))
        {
            return -Errno.Exists;
        }

        bool isLazy = (flags & NoReserve) != 0;
        VirtualAddress place = range.Start;
        int error = isFixed || (address != 0 && range.IsPageAligned && _space.IsFree(range))
            ? isLazy ? _space.MapLazily(range, rights) : _space.Map(range, rights)
            : _space.Map(range.LengthBytes, rights, isLazy ? GuestPopulation.OnUse : GuestPopulation.Ahead, out place);
        if (error != 0)
        {
            return -error;
        }

        return file is null ? (long)place.Value : Fill(AddressRange.FromLength(place, range.LengthBytes), (HostFile)file, (long)a.Sixth, rights);
    }

    /// <summary>Copies a file into pages: later changes of the file do not show, and pages behind its end are zeroes.</summary>
    private long Fill(AddressRange range, HostFile file, long offset, AccessRights rights)
    {
        bool isFilled = range.Pages <= _space.MemoryPages && _space.Protect(range, AccessRights.ReadWrite) == 0;
        ulong done = 0;
        while (isFilled && done < range.LengthBytes)
        {
            Span<byte> piece = _piece.AsSpan(0, (int)Math.Min(PieceBytes, range.LengthBytes - done));
            long count = file.ReadAt(piece, offset + (long)done);
            if (count <= 0)
            {
                isFilled = count == 0;
                break;
            }

            isFilled = _space.TryFill(range.Start + done, piece[..(int)count]);
            done += (ulong)count;
        }

        if (!isFilled)
        {
            _space.Unmap(range);
            return -Errno.NoMemory;
        }

        int error = _space.Protect(range, rights);
        return error != 0 ? -error : (long)range.Start.Value;
    }

    private long Unmap(in SystemCallArguments a)
    {
        if (a.Second == 0 || !TryRange(a.First, a.Second, out AddressRange range) || !range.IsPageAligned)
        {
            return -Errno.Invalid;
        }

        _space.Unmap(range);
        return 0;
    }

    private long Protect(in SystemCallArguments a)
    {
        if ((a.First & Page.OffsetMask) != 0 || TryRights(a.Third) is not { } rights)
        {
            return -Errno.Invalid;
        }

        if (a.Second == 0)
        {
            return 0;
        }

        return TryRange(a.First, a.Second, out AddressRange range) ? -_space.Protect(range, rights) : -Errno.NoMemory;
    }

    private long Resize(in SystemCallArguments a)
    {
        const ulong MayMove = 1;
        ulong bytes = a.Third;
        if ((a.First & Page.OffsetMask) != 0 || a.Second == 0 || bytes == 0 || (a.Fourth & ~MayMove) != 0
            || !TryRange(a.First, a.Second, out AddressRange range))
        {
            return -Errno.Invalid;
        }

        if (bytes > GuestAddressSpace.End)
        {
            return -Errno.NoMemory;
        }

        int error = _space.Resize(range, Page.Count(bytes) << Page.Shift, (a.Fourth & MayMove) != 0, out VirtualAddress address);
        return error != 0 ? -error : (long)address.Value;
    }

    private long Advise(in SystemCallArguments a)
    {
        const ulong DontNeed = 4;
        const ulong Free = 8;
        if ((a.First & Page.OffsetMask) != 0)
        {
            return -Errno.Invalid;
        }

        if (a.Second == 0)
        {
            return 0;
        }

        if (!TryRange(a.First, a.Second, out AddressRange range) || !_space.IsMapped(range))
        {
            return -Errno.NoMemory;
        }

        if (a.Third is DontNeed or Free)
        {
            _space.Discard(range);
        }

        return 0;
    }

    private long MoveBreak(ulong address)
    {
        VirtualAddress wanted = new(address);
        if (wanted < _heapStart || address > GuestAddressSpace.End)
        {
            return (long)_break.Value;
        }

        VirtualAddress end = _break.AlignUp();
        VirtualAddress wantedEnd = wanted.AlignUp();
        if (wantedEnd > end)
        {
            AddressRange growth = new(end, wantedEnd);
            if (!_space.IsFree(growth) || _space.Map(growth, AccessRights.ReadWrite) != 0)
            {
                return (long)_break.Value;
            }
        }
        else if (wantedEnd < end)
        {
            _space.Unmap(new AddressRange(wantedEnd, end));
        }

        _break = wanted;
        return (long)address;
    }

    /// <summary>The pages that so many bytes take; false where they leave what programs can map.</summary>
    private static bool TryRange(ulong address, ulong bytes, out AddressRange range)
    {
        range = default;
        if (bytes > GuestAddressSpace.End || address > GuestAddressSpace.End - bytes)
        {
            return false;
        }

        range = AddressRange.FromLength(new VirtualAddress(address), Page.Count(bytes) << Page.Shift);
        return true;
    }

    /// <summary>PROT_READ, PROT_WRITE, PROT_EXEC; null for bits that Linux does not know either.</summary>
    private static AccessRights? TryRights(ulong protection)
    {
        const ulong Read = 1;
        const ulong Write = 2;
        const ulong Execute = 4;
        return (protection & ~(Read | Write | Execute)) != 0
            ? null
            : ((protection & Read) != 0 ? AccessRights.Read : AccessRights.None)
                | ((protection & Write) != 0 ? AccessRights.Write : AccessRights.None)
                | ((protection & Execute) != 0 ? AccessRights.Execute : AccessRights.None);
    }
}
