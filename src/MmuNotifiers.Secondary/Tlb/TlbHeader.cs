using System.Runtime.InteropServices;

namespace MmuNotifiers.Secondary;

/// <summary>The words that a virtual CPU shares with whoever invalidates; they lie in front of its entries.</summary>
[StructLayout(LayoutKind.Sequential, Size = SectionWords.SpacingBytes)]
internal struct TlbHeader
{
    /// <summary>
    /// What every look-up mixes into its key: the generation at bit 3 and the right to read, or, while a shootdown wants the CPU, the shootdown's
    /// number at bit 12, which no entry's tag matches. So a look-up polls for shootdowns without a check of its own.
    /// Blocked by the invalidator, released by whoever of the two comes first, with a compare-exchange.
    /// </summary>
    internal ulong Salt;

    /// <summary>1 to 511; entries of other generations are dead. Written under the domain's lock.</summary>
    internal ulong Generation;

    /// <summary>Whether the CPU is inside a section of accesses.</summary>
    internal SectionWords Sections;
}
