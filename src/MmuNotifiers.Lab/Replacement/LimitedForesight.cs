namespace MmuNotifiers.Lab.Replacement;

/// <summary>
/// A policy that knows so much of the future and no more: all until so many different pages were used. The page goes that was used longest ago of those that are not
/// used by then; where all are, the one whose next use is farthest. It measures how much of the future must be known.
/// </summary>
/// <remarks>Without foresight it is <see cref="Replacement.LeastRecentlyUsed"/>, with all of it <see cref="BeladyOptimum"/>.</remarks>
internal static class LimitedForesight
{
    /// <summary>Counts the accesses that find their page gone though it was there before.</summary>
    /// <param name="references">The accesses.</param>
    /// <param name="frames">How many pages fit, at least one.</param>
    /// <param name="foresightPages">How many different pages the known part of the future uses; 0 where nothing is known.</param>
    public static long Refaults(PageReferences references, int frames, int foresightPages)
    {
        ArgumentNullException.ThrowIfNull(references);
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(foresightPages);
        ReadOnlySpan<int> entries = references.Entries;
        int[] nextUses = NextUses(entries, references.Pages);
        var resident = new ForeseenPages(references.Pages);
        bool[] wasResident = new bool[references.Pages];
        int[] lastForeseen = new int[references.Pages];

        // Known are the entries behind the one at hand and before knownEnd, which use foreseen different pages.
        int knownEnd = 0;
        int foreseen = 0;
        long refaults = 0;
        for (int i = 0; i < entries.Length; i++)
        {
            int page = PageOf(entries[i]);
            foreseen -= i < knownEnd && entries[i] >= 0 && lastForeseen[page] == i ? 1 : 0;
            for (knownEnd = Math.Max(knownEnd, i + 1); knownEnd < entries.Length; knownEnd++)
            {
                int next = PageOf(entries[knownEnd]);
                bool isNew = entries[knownEnd] < 0 || lastForeseen[next] <= i;
                if (isNew && foreseen == foresightPages)
                {
                    break;
                }

                if (entries[knownEnd] < 0)
                {
                    resident.ForeseeEnd(next);
                    continue;
                }

                foreseen += isNew ? 1 : 0;
                lastForeseen[next] = knownEnd;
                resident.Foresee(next, knownEnd);
            }

            if (entries[i] < 0)
            {
                resident.Remove(page);
                continue;
            }

            if (!resident.Contains(page))
            {
                refaults += wasResident[page] ? 1 : 0;
                wasResident[page] = true;
                if (resident.Count == frames)
                {
                    resident.RemoveFittest();
                }
            }

            int nextUse = nextUses[i];
            resident.Use(page);
            if (nextUse < knownEnd && entries[nextUse] < 0)
            {
                resident.ForeseeEnd(page);
            }
            else if (nextUse < knownEnd)
            {
                resident.Foresee(page, nextUse);
            }
        }

        return refaults;
    }

    private static int PageOf(int entry) => entry < 0 ? ~entry : entry;

    /// <summary>For each entry, where its page is used next, or leaves.</summary>
    private static int[] NextUses(ReadOnlySpan<int> entries, int pages)
    {
        int[] uses = new int[entries.Length];
        int[] next = new int[pages];
        Array.Fill(next, int.MaxValue);
        for (int i = entries.Length - 1; i >= 0; i--)
        {
            uses[i] = next[PageOf(entries[i])];
            next[PageOf(entries[i])] = i;
        }

        return uses;
    }
}
