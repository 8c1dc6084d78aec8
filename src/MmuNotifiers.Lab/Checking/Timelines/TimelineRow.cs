namespace MmuNotifiers.Lab.Checking;

/// <summary>One row of a timeline.</summary>
public sealed record TimelineRow
{
    /// <summary>Whose column; -1 for a row across all of them.</summary>
    public required int Thread { get; init; }

    /// <summary>What the row is about.</summary>
    public required TimelineRowKind Kind { get; init; }

    /// <summary>What happened, with object and value.</summary>
    public required string Text { get; init; }

    /// <summary>The number of the step in the schedule, from 0; -1 for what is no step.</summary>
    public int Step { get; init; } = -1;

    /// <summary>How many steps the row stands for, if they were folded.</summary>
    public int Folded { get; init; }

    /// <summary>Whether this is where the invariant breaks.</summary>
    public bool IsBroken { get; init; }

    /// <summary>Whether the translation that is stale later was got here.</summary>
    public bool IsOrigin { get; init; }
}
