namespace MmuNotifiers.Lab.Checking;

/// <summary>The text of a row, with the mark that says what kind it is.</summary>
internal static class TimelineRowText
{
    internal static string Of(TimelineRow row)
    {
        string mark = row.IsBroken ? ">>> " : row.IsOrigin ? "  * " : "";
        return mark + row.Kind switch
        {
            TimelineRowKind.Operation => row.Text,
            TimelineRowKind.Outcome => $"= {row.Text}",
            TimelineRowKind.BracketOpens => $"bracket opens: {row.Text}",
            TimelineRowKind.BracketCloses => $"bracket closes: {row.Text}",
            TimelineRowKind.Folded => row.Folded == 1 ? "  (1 step)" : $"  ({row.Folded} steps)",
            TimelineRowKind.Epilogue => row.Text,
            _ when mark.Length == 0 => $"  {row.Text}",
            _ => row.Text,
        };
    }
}
