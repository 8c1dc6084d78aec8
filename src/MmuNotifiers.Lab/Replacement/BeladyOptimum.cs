namespace MmuNotifiers.Lab.Replacement;

/// <summary>
/// The fewest refaults that any policy can have which brings a page in when it is accessed: the page goes whose next access is farthest in the future
/// (Belady 1966). It needs to know the future; it is what reclaim is measured against.
/// </summary>
public static class BeladyOptimum
{
    private const int Never = int.MaxValue;

    /// <summary>Counts the accesses that find their page gone though it was there before.</summary>
    /// <param name="references">The accesses.</param>
    /// <param name="frames">How many pages fit, at least one.</param>
    public static long Refaults(PageReferences references, int frames)
    {
        ArgumentNullException.ThrowIfNull(references);
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        ReadOnlySpan<int> entries = references.Entries;
        int[] nextUses = NextUses(entries, references.Pages);
        int[] nextUseOf = new int[references.Pages];
        bool[] isResident = new bool[references.Pages];
        bool[] wasResident = new bool[references.Pages];

        // Entries that are out of date, of pages that were used or left since, are thrown away when they come up.
        var farthest = new PriorityQueue<int, int>(Comparer<int>.Create(static (one, other) => other.CompareTo(one)));
        int used = 0;
        long refaults = 0;
        for (int i = 0; i < entries.Length; i++)
        {
            int page = entries[i] < 0 ? ~entries[i] : entries[i];
            if (entries[i] < 0)
            {
                used -= isResident[page] ? 1 : 0;
                isResident[page] = false;
                continue;
            }

            if (!isResident[page])
            {
                refaults += wasResident[page] ? 1 : 0;
                if (used == frames)
                {
                    isResident[TakeFarthest()] = false;
                    used--;
                }

                isResident[page] = wasResident[page] = true;
                used++;
            }

            nextUseOf[page] = nextUses[i];
            farthest.Enqueue(page, nextUses[i]);
        }

        return refaults;

        int TakeFarthest()
        {
            while (true)
            {
                farthest.TryDequeue(out int page, out int nextUse);
                if (isResident[page] && nextUseOf[page] == nextUse)
                {
                    return page;
                }
            }
        }
    }

    /// <summary>For each access, when its page is accessed next.</summary>
    private static int[] NextUses(ReadOnlySpan<int> entries, int pages)
    {
        int[] uses = new int[entries.Length];
        int[] next = new int[pages];
        Array.Fill(next, Never);
        for (int i = entries.Length - 1; i >= 0; i--)
        {
            if (entries[i] < 0)
            {
                next[~entries[i]] = Never;
            }
            else
            {
                uses[i] = next[entries[i]];
                next[entries[i]] = i;
            }
        }

        return uses;
    }
}
