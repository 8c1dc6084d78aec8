namespace MmuNotifiers.Lab.Checking;

/// <summary>
/// The first word of a page: says which page it belongs to and who wrote it, so that a stray read shows what it hit.
/// </summary>
/// <remarks>
/// <code>
///   bits 48..63  0x5057   32..47  page   16..31  thread + 1 (0: as the scenario began)   0..15  operation + 1 (bit 15: before the race)
/// </code>
/// </remarks>
internal static class PageWord
{
    /// <summary>What freed frames are filled with.</summary>
    internal const ulong Poison = 0xA5A5_A5A5_A5A5_A5A5;

    private const ulong Mark = 0x5057UL << 48;
    private const ulong MarkMask = 0xFFFFUL << 48;
    private const ulong PreparationBit = 1 << 15;

    /// <summary>What a page holds as the scenario begins.</summary>
    internal static ulong Initial(int page) => Mark | ((ulong)(uint)page << 32);

    /// <summary>What an operation writes.</summary>
    internal static ulong WrittenBy(OperationTag tag, int page) =>
        Initial(page) | ((ulong)(uint)(tag.Thread + 1) << 16) | (uint)(tag.Operation + 1) | (tag.IsPreparation ? PreparationBit : 0);

    /// <summary>The page that a word names, or -1.</summary>
    internal static int PageOf(ulong word) => (word & MarkMask) == Mark ? (int)(word >> 32 & 0xFFFF) : -1;

    /// <summary>The word as reports print it.</summary>
    /// <param name="word">The word.</param>
    /// <param name="threads">The names of the threads.</param>
    internal static string ToText(ulong word, IReadOnlyList<string> threads)
    {
        int page = PageOf(word);
        if (page < 0)
        {
            return word switch
            {
                Poison => "poison",
                0 => "zeroes",
                _ => $"0x{word:x}",
            };
        }

        int thread = (int)(word >> 16 & 0xFFFF) - 1;
        return thread < 0 || thread >= threads.Count ? $"page {page}'s first value" : $"page {page}'s value by {threads[thread]}";
    }
}
