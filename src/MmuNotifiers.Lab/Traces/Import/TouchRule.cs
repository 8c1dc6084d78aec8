using System.Globalization;

namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>Makes up the accesses of a program of which only the system calls are known.</summary>
/// <param name="limitPages">Of one call at most so many pages are touched.</param>
internal sealed class TouchRule(int limitPages)
{
    /// <summary>The rule in words, for the head of the trace.</summary>
    public string Sentence => string.Create(
        CultureInfo.InvariantCulture,
        $"Each page that mmap, brk or mremap adds, or that mprotect opens in a mapping made with PROT_NONE, is accessed once right after the call, ")
        + string.Create(
            CultureInfo.InvariantCulture,
            $"at most {limitPages} pages of one call: written where the protection allows it, else read; pages behind the end of a file are left alone.");

    /// <summary>What the program is made to touch after a call.</summary>
    /// <param name="process">The process before the call; its notes are brought up to date.</param>
    /// <param name="call">The call, which succeeded.</param>
    /// <param name="fileBytes">The size of the file that was mapped, null if unknown.</param>
    public TouchEvent? After(StraceProcess process, SystemCallEvent call, ulong? fileBytes)
    {
        switch (call)
        {
            case MapCall map:
                return AfterMap(process, map, fileBytes);
            case BreakCall brk:
                VirtualAddress before = process.Break;
                process.Break = new VirtualAddress((ulong)brk.Result);
                return before != default && before < process.Break ? Touch(call, before.AlignUp(), process.Break, TouchAccess.Write) : null;
            case RemapCall remap when remap.NewLengthBytes > remap.OldLengthBytes && remap.OldLengthBytes > 0:
                var start = new VirtualAddress((ulong)remap.Result);
                return Touch(call, (start + remap.OldLengthBytes).AlignUp(), start + remap.NewLengthBytes, TouchAccess.Write);
            case ProtectCall protect when process.Reserved.Exists(range => range.Contains(protect.Address)):
                return TouchAs(protect.Protection, call, protect.Address, protect.Address + protect.LengthBytes);
            default:
                return null;
        }
    }

    private TouchEvent? AfterMap(StraceProcess process, MapCall map, ulong? fileBytes)
    {
        var start = new VirtualAddress((ulong)map.Result);
        VirtualAddress end = start + map.LengthBytes;
        if (end < start)
        {
            return null;
        }

        if (map.Protection is LinuxProtection.None)
        {
            process.Reserved.Add(new AddressRange(start, end));
            return null;
        }

        if (fileBytes is { } size)
        {
            ulong inFile = size > map.OffsetBytes ? size - map.OffsetBytes : 0;
            end = inFile < map.LengthBytes ? start + inFile : end;
        }

        return TouchAs(map.Protection, map, start, end);
    }

    private TouchEvent? TouchAs(LinuxProtection protection, SystemCallEvent call, VirtualAddress start, VirtualAddress end) => protection switch
    {
        _ when (protection & LinuxProtection.Write) != 0 => Touch(call, start, end, TouchAccess.Write),
        _ when (protection & (LinuxProtection.Read | LinuxProtection.Execute)) != 0 => Touch(call, start, end, TouchAccess.Read),
        _ => null,
    };

    private TouchEvent? Touch(SystemCallEvent call, VirtualAddress start, VirtualAddress end, TouchAccess access)
    {
        if (end <= start)
        {
            return null;
        }

        ulong pages = Math.Min((ulong)limitPages, end.AlignUp().PageNumber - start.PageNumber);
        return pages == 0 ? null : new TouchEvent(call.Stamp, start.AlignDown(), pages, access);
    }
}
