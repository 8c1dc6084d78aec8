namespace MmuNotifiers.Lab.Checking;

/// <summary>Where the bars of brackets are drawn: side by side where they overlap.</summary>
internal static class TimelineLanes
{
    /// <summary>The lane of each bracket, from 0.</summary>
    internal static int[] Assign(IReadOnlyList<TimelineBracket> brackets)
    {
        int[] lanes = new int[brackets.Count];
        for (int i = 0; i < brackets.Count; i++)
        {
            while (Enumerable.Range(0, i).Any(j => lanes[j] == lanes[i] && brackets[j].LastRow >= brackets[i].FirstRow))
            {
                lanes[i]++;
            }
        }

        return lanes;
    }

    /// <summary>How many lanes there are.</summary>
    internal static int Count(IReadOnlyList<TimelineBracket> brackets) => brackets.Count == 0 ? 0 : Assign(brackets).Max() + 1;
}
