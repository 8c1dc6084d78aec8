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

    /// <summary>PROT_SEM: allowed, without effect.</summary>
    private const uint SemaphoreBit = 8;

    private const uint RightsMask = (uint)(AccessRights.ReadWrite | AccessRights.Execute);

    /// <summary>The rights that mmap looks at; it ignores the other bits.</summary>
    internal static AccessRights RightsOf(LinuxProtection protection) => (AccessRights)((uint)protection & RightsMask);

    /// <summary>The rights for mprotect, which refuses bits that it does not know.</summary>
    internal static AccessRights RightsToCheck(LinuxProtection protection) => (AccessRights)((uint)protection & ~SemaphoreBit);

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

        bool populates = (flags & (LinuxMapFlags.Populate | LinuxMapFlags.NonBlock)) == LinuxMapFlags.Populate;
        return populates ? ours | MapFlags.Populate : ours;
    }
}
