namespace MmuNotifiers.Lab.Checking;

/// <summary>Something that happened between two steps.</summary>
/// <param name="Kind">What.</param>
/// <param name="Text">In words.</param>
internal sealed record TimelineNote(TimelineRowKind Kind, string Text)
{
    /// <summary>Whose; -1 before the race and after it.</summary>
    internal int Thread { get; init; } = -1;

    /// <summary>The value that was read or written, if it is about one.</summary>
    internal ulong? Value { get; init; }

    /// <summary>Whether it says only that what came before broke an invariant.</summary>
    internal bool IsBroken { get; init; }

    /// <summary>The bracket that it is about, or null.</summary>
    internal BracketRecord? Bracket { get; init; }

    /// <summary>The page that was looked up, or -1.</summary>
    internal int Page { get; init; } = -1;

    /// <summary>The frame that was found.</summary>
    internal FrameNumber Frame { get; init; }
}
