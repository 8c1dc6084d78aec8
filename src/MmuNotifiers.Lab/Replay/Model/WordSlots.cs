namespace MmuNotifiers.Lab.Replay.Model;

/// <summary>Where in a page each writer keeps its word: one slot for the program, one for each kind of device.</summary>
internal static class WordSlots
{
    /// <summary>How many slots a page has.</summary>
    public const int Count = 5;

    /// <summary>The program's slot.</summary>
    public const int Program = 0;

    /// <summary>The bytes of a word.</summary>
    public const int WordBytes = sizeof(ulong);

    /// <summary>The space of a slot in bytes: a cache line, since devices may run beside the program.</summary>
    public const int StrideBytes = 64;

    /// <summary>Where the slots end: from here on a page is filled with what the program stored last, see <see cref="PageImage"/>.</summary>
    public const int BodyOffset = Count * StrideBytes;

    /// <summary>The writer's number in a <see cref="Word"/>.</summary>
    public static int WriterOf(int slot) => slot + 1;

    /// <summary>The address of a slot.</summary>
    public static VirtualAddress AddressOf(ulong pageNumber, int slot) => VirtualAddress.OfPage(pageNumber) + OffsetOf(slot);

    /// <summary>The offset of a slot in its page, in bytes.</summary>
    public static ulong OffsetOf(int slot) => (ulong)slot * StrideBytes;
}
