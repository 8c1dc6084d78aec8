namespace MmuNotifiers.Lab.Checking;

/// <summary>Breaks a text into lines; all but the first are indented.</summary>
internal static class TextWrap
{
    private const string Indent = "    ";

    internal static List<string> Lines(string text, int columns)
    {
        List<string> lines = [];
        int start = 0;
        while (text.Length > columns)
        {
            int cut = text.LastIndexOf(' ', columns);
            cut = cut <= start ? columns : cut;
            lines.Add(text[..cut]);
            text = Indent + text[cut..].TrimStart();
            start = Indent.Length;
        }

        lines.Add(text);
        return lines;
    }
}
