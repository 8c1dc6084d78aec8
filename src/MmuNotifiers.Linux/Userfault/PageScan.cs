using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux;

/// <summary>The argument of PAGEMAP_SCAN (struct pm_scan_arg).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PageScan
{
    internal ulong Size;
    internal ulong Flags;
    internal ulong Start;
    internal ulong End;
    internal ulong WalkEnd;
    internal ulong Regions;
    internal ulong RegionCount;
    internal ulong MostPages;
    internal ulong Inverted;
    internal ulong Mask;
    internal ulong AnyOf;
    internal ulong Returned;
}
