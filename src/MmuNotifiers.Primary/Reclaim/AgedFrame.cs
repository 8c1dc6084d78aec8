namespace MmuNotifiers.Primary;

/// <summary>A frame with the generation in which it was found: one word, so that an order by age is one of numbers.</summary>
internal readonly record struct AgedFrame
{
    private const int GenerationShift = 48;

    private readonly ulong _value;

    internal AgedFrame(FrameNumber frame, ushort generation) => _value = ((ulong)generation << GenerationShift) | frame.Value;

    /// <summary>The frame.</summary>
    internal FrameNumber Frame => new(_value & ((1UL << GenerationShift) - 1));

    /// <summary>Its generation when it was found.</summary>
    internal ushort Generation => (ushort)(_value >> GenerationShift);
}
