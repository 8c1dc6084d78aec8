using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux;

/// <summary>A run of pages that a scan has found (struct page_region).</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct PageRegion
{
    private readonly ulong _start;
    private readonly ulong _end;
    private readonly ulong _categories;

    /// <summary>The addresses.</summary>
    internal AddressRange Range => new(new VirtualAddress(_start), new VirtualAddress(_end));
}
