namespace MmuNotifiers.Primary;

/// <summary>References and mappings of a frame at one moment; see <see cref="FrameState.Counts"/>.</summary>
internal readonly record struct FrameCounts(long Value)
{
    /// <summary>How many references there are, those of the mappings included.</summary>
    internal int References => (int)Value;

    /// <summary>How many ptes point at the frame.</summary>
    internal int Mappings => (int)(Value >> 32);
}
