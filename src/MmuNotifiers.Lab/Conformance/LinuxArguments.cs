using MmuNotifiers.Lab.Traces;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Conformance;

/// <summary>Linux' argument bits in the primary's words.</summary>
internal static class LinuxArguments
{
    private static readonly (LinuxMapFlags Linux, MapFlags Ours)[] Flags =
    [
        (LinuxMapFlags.Shared, MapFlags.Shared),
        (LinuxMapFlags.Private, MapFlags.Private),
        (LinuxMapFlags.Anonymous, MapFlags.Anonymous),
        (LinuxMapFlags.Fixed, MapFlags.Fixed),
        (LinuxMapFlags.FixedNoReplace, MapFlags.FixedNoReplace),
        (LinuxMapFlags.GrowsDown, MapFlags.GrowsDown),
        (LinuxMapFlags.NoReserve, MapFlags.NoReserve),
        (LinuxMapFlags.Locked, MapFlags.Locked),
    ];

    /// <summary>MAP_TYPE: private, shared, and the two together; other values are kinds that do not exist here.</summary>
    private const LinuxMapFlags TypeMask = (LinuxMapFlags)0xf;

    /// <summary>MAP_HUGETLB.</summary>
    private const LinuxMapFlags HugePagePool = (LinuxMapFlags)0x4_0000;

    /// <summary>MAP_32BIT.</summary>
    private const LinuxMapFlags LowAddresses = (LinuxMapFlags)0x40;

    /// <summary>LEGACY_MAP_MASK: what MAP_SHARED_VALIDATE does not refuse. The sizes of huge pages, 2 MiB and 1 GiB, belong to it.</summary>
    private const LinuxMapFlags OlderThanValidation = (LinuxMapFlags)(0x7_f9f3 | ((21 | 30) << 26));

    /// <summary>PROT_SEM: allowed, without effect.</summary>
    private const uint SemaphoreBit = 8;

    private const uint RightsMask = (uint)(AccessRights.ReadWrite | AccessRights.Execute);

    /// <summary>The rights that mmap looks at; it ignores the other bits.</summary>
    internal static AccessRights RightsOf(LinuxProtection protection) => (AccessRights)((uint)protection & RightsMask);

    /// <summary>The rights for mprotect, which refuses bits that it does not know.</summary>
    internal static AccessRights RightsToCheck(LinuxProtection protection) => (AccessRights)((uint)protection & ~SemaphoreBit);

    /// <summary>
    /// What mmap answers to flags that ask for what does not exist here: pages of a pool of huge ones (there is none), addresses
    /// in the second GiB (a case has them all taken). Success if none does.
    /// </summary>
    internal static Errno RefusalOf(LinuxMapFlags flags, bool hasDescriptor, ulong offsetBytes, ulong lengthBytes)
    {
        bool isFixed = (flags & (LinuxMapFlags.Fixed | LinuxMapFlags.FixedNoReplace)) != 0;
        bool isLow = (flags & LowAddresses) != 0 && !isFixed;
        if ((flags & HugePagePool) == 0 && !isLow)
        {
            return Errno.None;
        }

        if ((offsetBytes & Page.OffsetMask) != 0)
        {
            return Errno.EINVAL;
        }

        if ((flags & LinuxMapFlags.Anonymous) == 0 && !hasDescriptor)
        {
            return Errno.EBADF;
        }

        return (flags & HugePagePool) != 0 || lengthBytes == 0 ? Errno.EINVAL : Errno.ENOMEM;
    }

    /// <summary>The flags that have an effect; mmap ignores the rest.</summary>
    internal static MapFlags MapFlagsOf(LinuxMapFlags flags)
    {
        MapFlags ours = MapFlags.None;
        foreach ((LinuxMapFlags linux, MapFlags own) in Flags)
        {
            if ((flags & linux) != 0)
            {
                ours |= own;
            }
        }

        ours = (flags & TypeMask) > (LinuxMapFlags.Shared | LinuxMapFlags.Private) ? ours & ~(MapFlags.Shared | MapFlags.Private) : ours;
        ours |= (flags & ~(OlderThanValidation | LinuxMapFlags.FixedNoReplace)) != 0 ? MapFlags.Synchronous : 0;
        bool populates = (flags & (LinuxMapFlags.Populate | LinuxMapFlags.NonBlock)) == LinuxMapFlags.Populate;
        return populates ? ours | MapFlags.Populate : ours;
    }
}
