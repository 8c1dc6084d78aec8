namespace MmuNotifiers.Primary;

/// <summary>An area that a historical IOPROC hook did not report.</summary>
/// <param name="Event">What the bracket was.</param>
/// <param name="Range">The whole range of it.</param>
/// <param name="Reported">The first area, which was handed over.</param>
/// <param name="Part">The part of the range in the area that was skipped.</param>
public sealed record SkippedArea(InvalidationEvent Event, AddressRange Range, AddressRange Reported, AddressRange Part)
{
    /// <summary>In one sentence, with the addresses of what was skipped.</summary>
    public override string ToString() =>
        $"IOPROC handed over only the first area {Reported} for {Event} {Range}; the area at {Part} was skipped";
}
