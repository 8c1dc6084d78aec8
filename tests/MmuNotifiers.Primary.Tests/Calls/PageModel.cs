namespace MmuNotifiers.Primary.Tests.Calls;

/// <summary>
/// What the calls do to memory, page by page and without areas: the specification of contents and rights. Shared pages hold their
/// byte in a cell that several pages may show.
/// </summary>
internal sealed class PageModel
{
    private readonly Dictionary<ulong, PageEntry> _pages = [];

    internal IReadOnlyDictionary<ulong, PageEntry> Pages => _pages;

    internal void Map(ulong first, ulong count, AccessRights rights, bool isShared)
    {
        for (ulong page = first; page < first + count; page++)
        {
            _pages[page] = new PageEntry(rights, isShared, new byte[1]);
        }
    }

    internal void Unmap(ulong first, ulong count)
    {
        for (ulong page = first; page < first + count; page++)
        {
            _pages.Remove(page);
        }
    }

    internal Errno Protect(ulong first, ulong count, AccessRights rights)
    {
        for (ulong page = first; page < first + count; page++)
        {
            if (!_pages.TryGetValue(page, out PageEntry? entry))
            {
                return Errno.ENOMEM;
            }

            _pages[page] = entry with { Rights = rights };
        }

        return Errno.None;
    }

    internal Errno Discard(ulong first, ulong count)
    {
        Errno result = Errno.None;
        for (ulong page = first; page < first + count; page++)
        {
            if (!_pages.TryGetValue(page, out PageEntry? entry))
            {
                result = Errno.ENOMEM;
            }
            else if (!entry.IsShared)
            {
                _pages[page] = entry with { Cell = new byte[1] };
            }
        }

        return result;
    }

    /// <summary>A fixed move without a new size; the ranges do not overlap.</summary>
    internal Errno Move(ulong first, ulong count, ulong target)
    {
        if (!_pages.ContainsKey(first))
        {
            return Errno.EFAULT;
        }

        for (ulong page = 0; page < count; page++)
        {
            if (_pages.Remove(first + page, out PageEntry? entry))
            {
                _pages[target + page] = entry;
            }
        }

        return Errno.None;
    }

    internal FaultResult Store(ulong page, byte value)
    {
        if (!_pages.TryGetValue(page, out PageEntry? entry))
        {
            return FaultResult.NotMapped;
        }

        if ((entry.Rights & AccessRights.Write) == 0)
        {
            return FaultResult.AccessDenied;
        }

        entry.Cell[0] = value;
        return FaultResult.Success;
    }

    internal FaultResult Load(ulong page, out byte value)
    {
        value = 0;
        if (!_pages.TryGetValue(page, out PageEntry? entry))
        {
            return FaultResult.NotMapped;
        }

        if (entry.Rights == AccessRights.None)
        {
            return FaultResult.AccessDenied;
        }

        value = entry.Cell[0];
        return FaultResult.Success;
    }

    internal PageModel Fork()
    {
        PageModel child = new();
        foreach ((ulong page, PageEntry entry) in _pages)
        {
            child._pages[page] = entry.IsShared ? entry : entry with { Cell = [entry.Cell[0]] };
        }

        return child;
    }

    /// <summary>One page: what may be done to it, and its first byte.</summary>
    internal sealed record PageEntry(AccessRights Rights, bool IsShared, byte[] Cell);
}
