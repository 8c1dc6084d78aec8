namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>Splits the arguments of a call at the commas that stand outside of quotes and brackets.</summary>
internal static class StraceArguments
{
    /// <summary>No call that is read has more.</summary>
    private const int Most = 16;

    public static List<string> Split(ReadOnlySpan<char> text)
    {
        var parts = new List<string>();
        int depth = 0;
        int start = 0;
        bool quoted = false;
        for (int i = 0; i < text.Length && parts.Count < Most; i++)
        {
            char c = text[i];
            if (quoted)
            {
                i += c == '\\' ? 1 : 0;
                quoted = c != '"';
                continue;
            }

            switch (c)
            {
                case '"':
                    quoted = true;
                    break;
                case '(' or '[' or '{':
                    depth++;
                    break;
                case ')' or ']' or '}':
                    depth--;
                    break;
                case ',' when depth == 0:
                    parts.Add(text[start..i].Trim(' ').ToString());
                    start = i + 1;
                    break;
            }
        }

        ReadOnlySpan<char> last = text[Math.Min(start, text.Length)..].Trim(' ');
        if (!last.IsEmpty)
        {
            parts.Add(last.ToString());
        }

        return parts;
    }

    /// <summary>The text between the first pair of quotes, with its escapes left as they are; null if there is none.</summary>
    public static string? Quoted(string argument)
    {
        int open = argument.IndexOf('"', StringComparison.Ordinal);
        int close = argument.LastIndexOf('"');
        return open >= 0 && close > open ? argument[(open + 1)..close] : null;
    }
}
