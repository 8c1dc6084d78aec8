using MmuNotifiers.Lab.Replacement;

namespace MmuNotifiers.Lab.Tests.Replacement;

/// <summary>Accesses in another order: what is left of a recording where only how often pages are used is known, and roughly when.</summary>
internal static class ShuffledAccesses
{
    /// <summary>All pages of a recording in its order, none of which leaves.</summary>
    public static PageReferences Kept(PageReferences recorded) => PageReferences.Of([.. Pages(recorded)]);

    /// <summary>The same, with each stretch in which so many pages are used put into random order.</summary>
    public static PageReferences Shuffled(PageReferences recorded, int stretchPages)
    {
        int[] pages = [.. Pages(recorded)];
        Random random = new(1);
        HashSet<int> used = [];
        int start = 0;
        for (int end = 0; end < pages.Length; end++)
        {
            used.Add(pages[end]);
            if (used.Count == stretchPages)
            {
                random.Shuffle(pages.AsSpan(start, end + 1 - start));
                start = end + 1;
                used.Clear();
            }
        }

        return PageReferences.Of(pages);
    }

    private static IEnumerable<int> Pages(PageReferences recorded) => recorded.Entries.ToArray().Where(entry => entry >= 0);
}
