namespace MmuNotifiers.Primary;

/// <summary>What one thread needs to take some pages away, kept for the next that does.</summary>
internal sealed class ReclaimBatch(PhysicalMemory memory)
{
    /// <summary>How many pages go at once at most: so many are written together.</summary>
    internal const int MaxPages = 32;

    private readonly FrameNumber[] _frames = new FrameNumber[MaxPages];

    /// <summary>The pages that are to go.</summary>
    internal Span<FrameNumber> Frames => _frames;

    /// <summary>What takes them away.</summary>
    internal PageEviction Eviction { get; } = new(memory);
}
