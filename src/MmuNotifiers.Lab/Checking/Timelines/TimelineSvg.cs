using System.Globalization;
using System.Net;
using System.Text;

namespace MmuNotifiers.Lab.Checking;

/// <summary>Draws a timeline as a picture that needs no font, script or file beside it.</summary>
internal sealed class TimelineSvg(Timeline timeline)
{
    private const int Margin = 16;
    private const int NumberWidth = 36;
    private const int LaneWidth = 12;
    private const int ColumnWidth = 400;
    private const int LineHeight = 18;
    private const int CharacterWidth = 7;
    private const int MaxCharacters = (ColumnWidth - 16) / CharacterWidth;

    private readonly StringBuilder _body = new();
    private readonly int[] _lanes = TimelineLanes.Assign(timeline.Brackets);
    private readonly int[] _tops = new int[timeline.Rows.Count + 1];
    private int _top;

    private int ColumnsLeft => Margin + NumberWidth + (LaneWidth * TimelineLanes.Count(timeline.Brackets)) + 8;

    private int Width => ColumnsLeft + (ColumnWidth * timeline.Threads.Count) + Margin;

    internal string Draw()
    {
        _top = Margin + LineHeight;
        Text(Margin, $"{timeline.Scenario} {timeline.Heading}", "head");
        foreach (string line in TextWrap.Lines(timeline.Sentence, (Width - (2 * Margin)) / CharacterWidth))
        {
            _top += LineHeight;
            Text(Margin, line, "plain");
        }

        foreach (string preparation in timeline.Preparations)
        {
            _top += LineHeight;
            Text(Margin, $"before the race  {preparation}", "dim");
        }

        AddHeads();
        for (int index = 0; index < timeline.Rows.Count; index++)
        {
            _tops[index] = _top + 6;
            AddRow(timeline.Rows[index]);
        }

        _tops[^1] = _top + 6;
        AddBars();
        return Frame();
    }

    private void AddHeads()
    {
        _top += 2 * LineHeight;
        for (int thread = 0; thread < timeline.Threads.Count; thread++)
        {
            Text(ColumnsLeft + (thread * ColumnWidth), timeline.Threads[thread], "thread");
        }

        _body.AppendLine(CultureInfo.InvariantCulture, $"<line x1=\"{Margin}\" x2=\"{Width - Margin}\" y1=\"{_top + 6}\" y2=\"{_top + 6}\" class=\"rule\"/>");
    }

    private void AddRow(TimelineRow row)
    {
        List<string> lines = TextWrap.Lines(TimelineRowText.Of(row), MaxCharacters);
        string mark = row.IsBroken ? "broken" : row.IsOrigin ? "origin" : row.Kind switch
        {
            TimelineRowKind.Operation => "operation",
            TimelineRowKind.Folded => "dim",
            TimelineRowKind.BracketOpens or TimelineRowKind.BracketCloses => "bracket",
            _ => "plain",
        };
        int left = ColumnsLeft + (Math.Max(row.Thread, 0) * ColumnWidth);
        if (row.IsBroken || row.IsOrigin)
        {
            _body.AppendLine(
                CultureInfo.InvariantCulture,
                $"<rect x=\"{left - 4}\" y=\"{_top + 6}\" width=\"{ColumnWidth - 4}\" height=\"{lines.Count * LineHeight}\" class=\"{mark}Area\"/>");
        }

        for (int line = 0; line < lines.Count; line++)
        {
            _top += LineHeight;
            if (line == 0 && row is { Kind: TimelineRowKind.Step, Step: >= 0 })
            {
                Text(Margin, row.Step.ToString(CultureInfo.InvariantCulture), "dim");
            }

            Text(left, lines[line], mark);
        }
    }

    private void AddBars()
    {
        for (int i = 0; i < timeline.Brackets.Count; i++)
        {
            TimelineBracket bracket = timeline.Brackets[i];
            int x = Margin + NumberWidth + (_lanes[i] * LaneWidth);
            int top = _tops[bracket.FirstRow];
            _body.AppendLine(
                CultureInfo.InvariantCulture,
                $"<rect x=\"{x}\" y=\"{top}\" width=\"6\" height=\"{_tops[bracket.LastRow + 1] - top}\" rx=\"3\" class=\"bar\"><title>{WebUtility.HtmlEncode(bracket.Text)}</title></rect>");
        }
    }

    private void Text(int x, string text, string mark) => _body.AppendLine(
        CultureInfo.InvariantCulture, $"<text x=\"{x}\" y=\"{_top}\" class=\"{mark}\" xml:space=\"preserve\">{WebUtility.HtmlEncode(text)}</text>");

    private string Frame()
    {
        int height = _top + Margin;
        return string.Create(CultureInfo.InvariantCulture, $$"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{Width}} {{height}}" width="{{Width}}" height="{{height}}" role="img">
            <title>{{WebUtility.HtmlEncode(timeline.Sentence)}}</title>
            <style>
            text { font: 12px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #1f2328 }
            .head { font-weight: bold; font-size: 14px; fill: #b42318 } .thread, .operation { font-weight: bold } .dim { fill: #6e7781 }
            .bracket { fill: #0b5cad } .broken { font-weight: bold; fill: #b42318 } .origin { fill: #7a4b00 }
            .bar { fill: #0b5cad } .rule { stroke: #d0d7de } .brokenArea { fill: #ffe3e0 } .originArea { fill: #fff3d6 } .paper { fill: #ffffff }
            </style>
            <rect class="paper" width="100%" height="100%"/>
            {{_body.ToString().TrimEnd()}}
            </svg>
            """);
    }
}
