using System.Globalization;
using MmuNotifiers.Linux.Witnesses;

namespace MmuNotifiers.Linux.Live.Tests.Witnesses;

/// <summary>Writes events and brackets as the tables of the documentation do.</summary>
internal static class EventText
{
    /// <summary>Ranges of unmapped pages, in the order of time, equal neighbours counted; other kinds by their name.</summary>
    internal static string Of(IEnumerable<NotifierEvent> events, VirtualAddress start) => Join(
        events.Where(item => item.Kind != NotifierEventKind.Mark).Select(item => item.Kind == NotifierEventKind.Unmap
            ? Pages(item.Range, start)
            : $"{item.Kind} {Pages(item.Range, start)}"));

    /// <summary>The ranges of brackets.</summary>
    internal static string Of(IEnumerable<AddressRange> brackets, VirtualAddress start) => Join(brackets.Select(range => Pages(range, start)));

    private static string Pages(AddressRange range, VirtualAddress start) => string.Create(
        CultureInfo.InvariantCulture, $"[{(long)(range.Start.Value - start.Value) >> Page.Shift}, {(long)(range.End.Value - start.Value) >> Page.Shift})");

    private static string Join(IEnumerable<string> parts)
    {
        List<(string Text, int Count)> runs = [];
        foreach (string part in parts)
        {
            if (runs.Count > 0 && runs[^1].Text == part)
            {
                runs[^1] = (part, runs[^1].Count + 1);
            }
            else
            {
                runs.Add((part, 1));
            }
        }

        return runs.Count == 0 ? "none" : string.Join(", ", runs.Select(run => run.Count == 1 ? run.Text : $"{run.Text} x{run.Count}"));
    }
}
