using System.Collections.Frozen;

namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>
/// Numbers as strace prints them: decimal, hexadecimal, NULL, or names joined by bars (PROT_READ|PROT_WRITE). The names have x86-64's values.
/// </summary>
internal static class StraceNumbers
{
    /// <summary>MAP_HUGE_SHIFT: where the size of huge pages stands in the flags of mmap.</summary>
    private const int HugePageShift = 26;

    private static readonly FrozenDictionary<string, ulong>.AlternateLookup<ReadOnlySpan<char>> Names = new Dictionary<string, ulong>
    {
        ["NULL"] = 0,
        ["PROT_NONE"] = 0, ["PROT_READ"] = 1, ["PROT_WRITE"] = 2, ["PROT_EXEC"] = 4, ["PROT_SEM"] = 8,
        ["PROT_GROWSDOWN"] = 0x0100_0000, ["PROT_GROWSUP"] = 0x0200_0000,
        ["MAP_FILE"] = 0, ["MAP_SHARED"] = 1, ["MAP_PRIVATE"] = 2, ["MAP_SHARED_VALIDATE"] = 3, ["MAP_FIXED"] = 0x10, ["MAP_ANONYMOUS"] = 0x20,
        ["MAP_32BIT"] = 0x40, ["MAP_GROWSDOWN"] = 0x100, ["MAP_DENYWRITE"] = 0x800, ["MAP_EXECUTABLE"] = 0x1000, ["MAP_LOCKED"] = 0x2000,
        ["MAP_NORESERVE"] = 0x4000, ["MAP_POPULATE"] = 0x8000, ["MAP_NONBLOCK"] = 0x1_0000, ["MAP_STACK"] = 0x2_0000, ["MAP_HUGETLB"] = 0x4_0000,
        ["MAP_SYNC"] = 0x8_0000, ["MAP_FIXED_NOREPLACE"] = 0x10_0000,
        ["MREMAP_MAYMOVE"] = 1, ["MREMAP_FIXED"] = 2, ["MREMAP_DONTUNMAP"] = 4,
        ["MADV_NORMAL"] = 0, ["MADV_RANDOM"] = 1, ["MADV_SEQUENTIAL"] = 2, ["MADV_WILLNEED"] = 3, ["MADV_DONTNEED"] = 4, ["MADV_FREE"] = 8,
        ["MADV_REMOVE"] = 9, ["MADV_DONTFORK"] = 10, ["MADV_DOFORK"] = 11, ["MADV_MERGEABLE"] = 12, ["MADV_UNMERGEABLE"] = 13, ["MADV_HUGEPAGE"] = 14,
        ["MADV_NOHUGEPAGE"] = 15, ["MADV_DONTDUMP"] = 16, ["MADV_DODUMP"] = 17, ["MADV_WIPEONFORK"] = 18, ["MADV_KEEPONFORK"] = 19, ["MADV_COLD"] = 20,
        ["MADV_PAGEOUT"] = 21, ["MADV_POPULATE_READ"] = 22, ["MADV_POPULATE_WRITE"] = 23, ["MADV_DONTNEED_LOCKED"] = 24, ["MADV_COLLAPSE"] = 25,
        ["MADV_HWPOISON"] = 100, ["MADV_SOFT_OFFLINE"] = 101,
        ["MS_ASYNC"] = 1, ["MS_INVALIDATE"] = 2, ["MS_SYNC"] = 4,
        ["MCL_CURRENT"] = 1, ["MCL_FUTURE"] = 2, ["MCL_ONFAULT"] = 4, ["MLOCK_ONFAULT"] = 1,
        ["SHM_RDONLY"] = 0x1000, ["SHM_RND"] = 0x2000, ["SHM_REMAP"] = 0x4000, ["SHM_EXEC"] = 0x8000,
    }.ToFrozenDictionary().GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> Errnos = new Dictionary<string, int>
    {
        ["EPERM"] = 1, ["ENOENT"] = 2, ["ESRCH"] = 3, ["EINTR"] = 4, ["EIO"] = 5, ["EBADF"] = 9, ["EAGAIN"] = 11, ["ENOMEM"] = 12, ["EACCES"] = 13,
        ["EFAULT"] = 14, ["EBUSY"] = 16, ["EEXIST"] = 17, ["ENODEV"] = 19, ["EINVAL"] = 22, ["ENFILE"] = 23, ["EMFILE"] = 24, ["ETXTBSY"] = 26,
        ["ENOSYS"] = 38, ["EIDRM"] = 43, ["EOVERFLOW"] = 75, ["EOPNOTSUPP"] = 95,
    }.ToFrozenDictionary().GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Parses a number, names joined by bars, or the descriptor of <c>3&lt;/path&gt;</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ulong value)
    {
        value = 0;
        bool any = false;
        foreach (Range range in text.Split('|'))
        {
            ReadOnlySpan<char> part = text[range].Trim(' ');
            if (!TryParseOne(part, out ulong one))
            {
                return false;
            }

            value |= one;
            any = true;
        }

        return any;
    }

    /// <summary>The number behind the equals sign: an address, a count, or <c>-1 ENOMEM (...)</c>; false for <c>?</c>.</summary>
    public static bool TryParseResult(ReadOnlySpan<char> text, out long result)
    {
        result = 0;
        var cursor = new TextCursor(text);
        if (cursor.TrySkip("-1 "))
        {
            int end = cursor.Rest.IndexOf(' ');
            bool known = Errnos.TryGetValue(end < 0 ? cursor.Rest : cursor.Rest[..end], out int errno);
            result = -errno;
            return known;
        }

        if (cursor.TryNumber(out ulong value))
        {
            result = (long)value;
            return true;
        }

        return false;
    }

    private static bool TryParseOne(ReadOnlySpan<char> text, out ulong value)
    {
        if (Names.TryGetValue(text, out value))
        {
            return true;
        }

        var cursor = new TextCursor(text);
        if (cursor.TryNumber(out value))
        {
            bool isHugePageSize = cursor.Rest is "<<MAP_HUGE_SHIFT";
            value <<= isHugePageSize ? HugePageShift : 0;
            return isHugePageSize || cursor.Rest.IsEmpty || cursor.Rest[0] is '<' or ' ';
        }

        if (cursor.TryInt32(out int negative))
        {
            value = (ulong)(long)negative;
            return true;
        }

        return false;
    }
}
