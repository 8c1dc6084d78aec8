namespace MmuNotifiers.Lab.Tests.Conformance.Traffic;

/// <summary>Keeps the range of every bracket.</summary>
internal sealed class BracketRecorder : IMmuNotifier
{
    /// <summary>The ranges, in order.</summary>
    internal List<AddressRange> Ranges { get; } = [];

    public bool InvalidateRangeStart(in InvalidationRange range)
    {
        Ranges.Add(range.Range);
        return true;
    }

    public void InvalidateRangeEnd(in InvalidationRange range)
    {
    }

    public void Release()
    {
    }
}
