namespace MmuNotifiers.Replacement;

/// <summary>Partial order, where the rest need not be sorted: Hoare's quickselect, which takes a time proportional to what there is.</summary>
internal static class Selection
{
    /// <summary>Moves the greatest values to the front, in no order but that the least of them comes last.</summary>
    /// <param name="values">The values; the rest of them follows in no order.</param>
    /// <param name="count">How many of them; at most all.</param>
    internal static void MoveGreatestToFront(Span<ulong> values, int count)
    {
        if (count == 0)
        {
            return;
        }

        // What lies before first is greater, and what lies after last is less, than all between.
        int first = 0;
        int last = values.Length - 1;
        while (first < last)
        {
            ulong pivot = MedianOf(values[first], values[first + ((last - first) / 2)], values[last]);
            int up = first;
            int down = last;
            while (up <= down)
            {
                while (values[up] > pivot)
                {
                    up++;
                }

                while (values[down] < pivot)
                {
                    down--;
                }

                if (up <= down)
                {
                    (values[up], values[down]) = (values[down], values[up]);
                    up++;
                    down--;
                }
            }

            if (count - 1 <= down)
            {
                last = down;
            }
            else if (count - 1 >= up)
            {
                first = up;
            }
            else
            {
                return;
            }
        }
    }

    private static ulong MedianOf(ulong one, ulong two, ulong three) =>
        Math.Max(Math.Min(one, two), Math.Min(Math.Max(one, two), three));
}
