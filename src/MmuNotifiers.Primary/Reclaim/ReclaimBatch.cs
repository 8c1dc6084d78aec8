using MmuNotifiers.Replacement;

namespace MmuNotifiers.Primary;

/// <summary>What one thread needs to take some pages away, kept for the next that does.</summary>
internal sealed class ReclaimBatch(PhysicalMemory memory)
{
    /// <summary>How many pages go at once at most: so many are written together.</summary>
    internal const int MaxPages = VictimSource.MaxPagesAtOnce;

    private readonly FrameNumber[] _frames = new FrameNumber[MaxPages];
    private readonly List<Mapping> _candidates = [];

    /// <summary>The pages that are to go.</summary>
    internal Span<FrameNumber> Frames => _frames;

    /// <summary>Where a frame may be mapped, until the next call. The frame is a hint: each place is checked by its pte.</summary>
    internal List<Mapping> CandidatesOf(FrameNumber frame)
    {
        _candidates.Clear();
        switch (memory.Frames.Owner(frame))
        {
            case AnonymousFamily family:
                family.Candidates(memory.Frames.Index(frame), _candidates);
                break;
            case MergedPage merged:
                merged.Candidates(_candidates);
                break;
            default:
                _candidates.AddRange(ReverseMapping.Candidates(memory, frame));
                break;
        }

        return _candidates;
    }

    /// <summary>What takes them away.</summary>
    internal PageEviction Eviction { get; } = new(memory);
}
