namespace MmuNotifiers.Swap.Redis;

/// <summary>Messages of other libraries as one line, without the client's own statistics behind it.</summary>
internal static class OneLine
{
    private const int MostLetters = 160;

    /// <summary>The first line of a message, cut where it grows long.</summary>
    public static string Of(string message)
    {
        ReadOnlySpan<char> line = message.AsSpan().Trim();
        int end = line.IndexOfAny('\r', '\n');
        line = end < 0 ? line : line[..end];
        return line.Length <= MostLetters ? line.TrimEnd().ToString() : $"{line[..MostLetters].TrimEnd()}...";
    }
}
