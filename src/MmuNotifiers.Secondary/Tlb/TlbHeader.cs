using System.Runtime.InteropServices;

namespace MmuNotifiers.Secondary;

/// <summary>The words that a virtual CPU shares with whoever invalidates; they lie in front of its entries.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct TlbHeader
{
    /// <summary>Two cache lines, so that neighbours share none (the hardware fetches lines in pairs).</summary>
    internal const int SizeBytes = 128;

    /// <summary>
    /// What every look-up mixes into its key: the generation at bit 3, or, while a shootdown wants the CPU, the shootdown's
    /// number at bit 12, which no entry's tag matches. So a look-up polls for shootdowns without a check of its own.
    /// Blocked by the invalidator, released by whoever of the two comes first, with a compare-exchange.
    /// </summary>
    [FieldOffset(0)]
    internal ulong Salt;

    /// <summary>Odd while the CPU is inside a section of accesses. Written by the CPU only.</summary>
    [FieldOffset(8)]
    internal ulong Section;

    /// <summary>1 while the CPU must fence when it enters a section, so that invalidators need no process-wide barrier. Written under the domain's lock.</summary>
    [FieldOffset(16)]
    internal int MustFence;

    /// <summary>1 to 511; entries of other generations are dead. Written under the domain's lock.</summary>
    [FieldOffset(24)]
    internal ulong Generation;
}
