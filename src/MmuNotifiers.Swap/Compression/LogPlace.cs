namespace MmuNotifiers.Swap;

/// <summary>A place in a <see cref="CompressedLog"/>: a segment, and the offset of a record's bytes in it.</summary>
internal readonly record struct LogPlace(ulong Value)
{
    private const int OffsetBits = 20;

    internal LogPlace(int segment, int offset)
        : this(((ulong)segment << OffsetBits) | (uint)offset)
    {
    }

    /// <summary>The segment's number.</summary>
    internal int Segment => (int)(Value >> OffsetBits);

    /// <summary>Where in the segment the bytes begin.</summary>
    internal int Offset => (int)Value & ((1 << OffsetBits) - 1);
}
