namespace MmuNotifiers.Lab.Checking;

/// <summary>An interleaving that breaks an invariant: threads in columns, one step a line, brackets as bars.</summary>
public sealed record Timeline
{
    /// <summary>The narrowest text that is drawn, in characters.</summary>
    public const int MinWidth = 60;

    /// <summary>The scenario's name.</summary>
    public required string Scenario { get; init; }

    /// <summary>What was broken.</summary>
    public required Invariants Broken { get; init; }

    /// <summary>What went wrong, in one plain sentence.</summary>
    public required string Sentence { get; init; }

    /// <summary>The interleaving, for <see cref="RaceCheckOptions.Replay"/>.</summary>
    public required string Schedule { get; init; }

    /// <summary>The names of the threads, from left to right.</summary>
    public required IReadOnlyList<string> Threads { get; init; }

    /// <summary>What was done before the race, one entry for each operation.</summary>
    public required IReadOnlyList<string> Preparations { get; init; }

    /// <summary>The rows, in the order in which things happened.</summary>
    public required IReadOnlyList<TimelineRow> Rows { get; init; }

    /// <summary>The brackets, in the order in which they opened.</summary>
    public required IReadOnlyList<TimelineBracket> Brackets { get; init; }

    /// <summary>What is broken in a line: <c>I1, I2: use after free; install inside a bracket</c>, or that it is none of the invariants.</summary>
    public string Heading => Broken == Invariants.None ? "failed" : $"breaks {Broken.ToLongText()}";

    /// <summary>As text, threads in columns.</summary>
    /// <param name="width">How many characters a line may have.</param>
    /// <param name="color">Whether to mark lines with the colours of a terminal.</param>
    public string ToText(int width = 120, bool color = false) => new TimelineText(this, Math.Max(width, MinWidth), color).Draw();

    /// <summary>As JSON, indented.</summary>
    public string ToJson() => TimelineJson.Write(this);

    /// <summary>As a picture that needs nothing else.</summary>
    public string ToSvg() => new TimelineSvg(this).Draw();

    /// <summary>As a page that needs nothing else.</summary>
    public string ToHtml() => TimelineHtml.Write(this);

    /// <summary>As text of 120 columns without colours.</summary>
    public override string ToString() => ToText();
}
