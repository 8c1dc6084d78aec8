namespace MmuNotifiers.Primary;

public sealed partial class AddressSpace
{
    /// <summary>mincore(2): which pages of a range are in memory: mapped here, or in the page cache of what is mapped.</summary>
    /// <param name="start">Page aligned.</param>
    /// <param name="lengthBytes">Rounded up to pages.</param>
    /// <param name="pages">Receives one answer for each page up to the first hole.</param>
    /// <returns>None; EINVAL (not aligned); ENOMEM (beyond the address space, a hole); EFAULT (too few places for answers).</returns>
    public Errno Resident(VirtualAddress start, ulong lengthBytes, Span<bool> pages)
    {
        if (!start.IsPageAligned)
        {
            return Errno.EINVAL;
        }

        if (start.Value > AddressLimit || lengthBytes > AddressLimit - start.Value)
        {
            return Errno.ENOMEM;
        }

        ulong count = Page.Count(lengthBytes);
        if (count > (ulong)pages.Length)
        {
            return Errno.EFAULT;
        }

        using MapLockScope held = LockMap();
        for (int index = 0; index < (int)count; index++)
        {
            VirtualAddress page = start + ((ulong)index << Page.Shift);
            if (_areas.Find(page) is null)
            {
                return Errno.ENOMEM;
            }

            pages[index] = IsPageResident(page);
        }

        return Errno.None;
    }
}
