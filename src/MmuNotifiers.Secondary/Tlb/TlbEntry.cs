namespace MmuNotifiers.Secondary;

/// <summary>
/// One translation in 16 bytes. The tag holds the page's address in bits 12 and up, the generation in bits 3 to 11 and the
/// rights in bits 0 to 2, as <see cref="AccessRights"/> numbers them; 0 is the empty entry.
/// </summary>
/// <remarks>
/// The CPU reads and writes both fields; an invalidator reads and clears the tag. It may thereby drop another page's entry that the CPU
/// puts there at that moment, which costs a fault and nothing else.
/// </remarks>
internal struct TlbEntry
{
    /// <summary>Bits 0 to 2 of a tag.</summary>
    internal const ulong RightsMask = 7;

    /// <summary>Where the generation starts in a tag.</summary>
    internal const int GenerationShift = 3;

    /// <summary>The highest generation; 0 is never used, so that a blocked salt matches nothing.</summary>
    internal const ulong LastGeneration = 511;

    internal ulong Tag;

    /// <summary>Added to an address of the page gives the address of its byte in this process.</summary>
    internal nint Addend;

    /// <summary>The tag of a page. A page that may be written may be read, as on x86.</summary>
    internal static ulong Of(VirtualAddress page, ulong generation, AccessRights rights) =>
        (page.Value & ~Page.OffsetMask) | (generation << GenerationShift) | (ulong)rights | ((ulong)(rights & AccessRights.Write) >> 1);

    /// <summary>The page of a tag that is not 0.</summary>
    internal static ulong PageNumberOf(ulong tag) => tag >> Page.Shift;

    /// <summary>The generation of a tag.</summary>
    internal static ulong GenerationOf(ulong tag) => (tag >> GenerationShift) & LastGeneration;
}
