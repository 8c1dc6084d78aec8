using System.Globalization;
using System.Text;

namespace MmuNotifiers.Lab.Checking;

/// <summary>Draws a timeline as text: the number of the step, a bar for each open bracket, one column for each thread.</summary>
internal sealed class TimelineText(Timeline timeline, int width, bool color)
{
    private const string Red = "\e[31;1m";
    private const string Yellow = "\e[33m";
    private const string Dim = "\e[2m";
    private const string Plain = "\e[0m";
    private const int NumberWidth = 5;
    private const int Gap = 2;

    private readonly StringBuilder _text = new();
    private readonly int[] _lanes = TimelineLanes.Assign(timeline.Brackets);
    private readonly int _laneCount = TimelineLanes.Count(timeline.Brackets);

    private int ColumnWidth => (width - NumberWidth - _laneCount - 2) / timeline.Threads.Count;

    internal string Draw()
    {
        AddLine($"{timeline.Scenario} {timeline.Heading}", Red);
        foreach (string line in TextWrap.Lines(timeline.Sentence, width))
        {
            AddLine(line, null);
        }

        _text.AppendLine();
        foreach (string preparation in timeline.Preparations)
        {
            AddLine($"before the race  {preparation}", Dim);
        }

        AddLine(Row("step", new string(' ', _laneCount), [.. timeline.Threads]), null);
        AddLine(Row(new string('─', NumberWidth - 1), new string('─', _laneCount), [.. timeline.Threads.Select(_ => new string('─', ColumnWidth - Gap))]), Dim);
        bool isEpilogue = false;
        for (int index = 0; index < timeline.Rows.Count; index++)
        {
            TimelineRow row = timeline.Rows[index];
            if (row.Kind == TimelineRowKind.Epilogue && !isEpilogue)
            {
                AddLine("when all threads have ended", Dim);
                isEpilogue = true;
            }

            AddRow(index, row);
        }

        AddLine($"replay with the schedule  {timeline.Schedule}", Dim);
        return _text.ToString().TrimEnd();
    }

    private void AddRow(int index, TimelineRow row)
    {
        string number = row.Step >= 0 && row.Kind == TimelineRowKind.Step ? row.Step.ToString(CultureInfo.InvariantCulture) : "";
        List<string> lines = TextWrap.Lines(TimelineRowText.Of(row), ColumnWidth - Gap);
        for (int line = 0; line < lines.Count; line++)
        {
            string[] cells = [.. timeline.Threads.Select((_, thread) => thread == Math.Max(row.Thread, 0) ? lines[line] : "")];
            AddLine(Row(line == 0 ? number : "", Bars(index, line > 0), cells), ColorOf(row));
        }
    }

    private static string? ColorOf(TimelineRow row) => row switch
    {
        { IsBroken: true } => Red,
        { IsOrigin: true } => Yellow,
        { Kind: TimelineRowKind.Folded } => Dim,
        _ => null,
    };

    private string Bars(int row, bool isContinued)
    {
        Span<char> bars = stackalloc char[_laneCount];
        bars.Fill(' ');
        for (int i = 0; i < timeline.Brackets.Count; i++)
        {
            TimelineBracket bracket = timeline.Brackets[i];
            if (row >= bracket.FirstRow && row <= bracket.LastRow)
            {
                bool isOpenAtTheEnd = bracket.LastRow == timeline.Rows.Count - 1 && timeline.Rows[row].Kind != TimelineRowKind.BracketCloses;
                bars[_lanes[i]] = row == bracket.FirstRow && !isContinued ? '┌' : row == bracket.LastRow && !isOpenAtTheEnd ? '└' : '│';
            }
        }

        return bars.ToString();
    }

    private string Row(string number, string bars, string[] cells)
    {
        StringBuilder line = new();
        line.Append(number.PadLeft(NumberWidth - 1)).Append(' ').Append(bars).Append(' ');
        foreach (string cell in cells)
        {
            line.Append(cell.PadRight(ColumnWidth));
        }

        return line.ToString().TrimEnd();
    }

    private void AddLine(string line, string? paint)
    {
        if (color && paint is not null)
        {
            _text.Append(paint).Append(line).AppendLine(Plain);
        }
        else
        {
            _text.AppendLine(line);
        }
    }
}
