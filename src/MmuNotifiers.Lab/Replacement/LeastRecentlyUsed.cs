namespace MmuNotifiers.Lab.Replacement;

/// <summary>
/// Exact LRU: every access counts, at once, and the page that was accessed longest ago goes. No kernel can afford it; it is what reclaim is measured
/// against (Mattson, Gecsei, Slutz, Traiger 1970).
/// </summary>
public static class LeastRecentlyUsed
{
    /// <summary>Counts the accesses that find their page gone though it was there before.</summary>
    /// <param name="references">The accesses.</param>
    /// <param name="frames">How many pages fit, at least one.</param>
    public static long Refaults(PageReferences references, int frames)
    {
        ArgumentNullException.ThrowIfNull(references);
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        int head = references.Pages;
        int[] next = new int[references.Pages + 1];
        int[] previous = new int[references.Pages + 1];
        bool[] isResident = new bool[references.Pages];
        bool[] wasResident = new bool[references.Pages];
        next[head] = previous[head] = head;
        int used = 0;
        long refaults = 0;
        foreach (int entry in references.Entries)
        {
            int page = entry < 0 ? ~entry : entry;
            if (isResident[page])
            {
                Unlink(page);
            }
            else if (entry >= 0)
            {
                refaults += wasResident[page] ? 1 : 0;
                if (used == frames)
                {
                    int oldest = previous[head];
                    Unlink(oldest);
                    isResident[oldest] = false;
                    used--;
                }

                used++;
            }

            if (entry >= 0)
            {
                isResident[page] = wasResident[page] = true;
                next[page] = next[head];
                previous[page] = head;
                previous[next[head]] = page;
                next[head] = page;
            }
            else if (isResident[page])
            {
                isResident[page] = false;
                used--;
            }
        }

        return refaults;

        void Unlink(int page)
        {
            next[previous[page]] = next[page];
            previous[next[page]] = previous[page];
        }
    }
}
