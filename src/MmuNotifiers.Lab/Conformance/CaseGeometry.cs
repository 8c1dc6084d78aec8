using MmuNotifiers.Lab.Conformance.Operations;

namespace MmuNotifiers.Lab.Conformance;

/// <summary>Where a case's window and heap lie, in every world that plays it.</summary>
internal static class CaseGeometry
{
    /// <summary>What is left free above the heap's start in a case that uses it; it could be chosen for a mapping otherwise.</summary>
    internal const ulong HeapRoomBytes = 1UL << 30;

    /// <summary>The middle of the window: the border between two leaf tables, so that cases cross it.</summary>
    private const ulong WindowMiddle = 0x6000_0020_0000;

    /// <summary>The start of the heap here. A kernel has its own: there the window keeps its distance from it.</summary>
    internal static VirtualAddress HeapStart { get; } = new(0x5555_0000_0000);

    /// <summary>The addresses in which a case plays.</summary>
    internal static AddressRange WindowOf(ConformanceCase conformanceCase)
    {
        ulong pages = conformanceCase.WindowPages;
        return AddressRange.FromPages(new VirtualAddress(WindowMiddle) - (pages / 2 << Page.Shift), pages);
    }

    /// <summary>Whether the heap is to grow.</summary>
    internal static bool UsesHeap(ConformanceCase conformanceCase) =>
        conformanceCase.HasHeap || conformanceCase.Operations.Any(operation => operation is BreakOperation);

    /// <summary>The heap's start relative to the window, as operations write addresses.</summary>
    internal static ByteAmount HeapInWindow(ConformanceCase conformanceCase) =>
        new(unchecked(HeapStart.Value - WindowOf(conformanceCase).Start.Value));
}
