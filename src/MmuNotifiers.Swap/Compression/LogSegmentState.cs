namespace MmuNotifiers.Swap;

/// <summary>What happens to a segment of a <see cref="CompressedLog"/>.</summary>
internal enum LogSegmentState
{
    /// <summary>It has no records.</summary>
    Free = 0,

    /// <summary>Records are appended to it.</summary>
    Open,

    /// <summary>It is full: its records die, move together with others, or go to the store behind.</summary>
    Sealed,

    /// <summary>Its records are on their way to the store behind.</summary>
    WrittenBack,
}
