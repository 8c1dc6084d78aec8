namespace MmuNotifiers.Secondary.Registration;

/// <summary>What a registration cache keeps, and where it hangs.</summary>
public sealed record RegistrationCacheOptions
{
    /// <summary>
    /// How many regions are kept; from 1 to 1,048,575. Beyond it the least recently used one that nobody uses makes way. Regions in use stay
    /// and may exceed the limit.
    /// </summary>
    public int MaxRegions { get; init; } = 16_384;

    /// <summary>How many bytes the kept regions have together; the same rule as for <see cref="MaxRegions"/>.</summary>
    public ulong MaxBytes { get; init; } = 1UL << 40;

    /// <summary>
    /// Up to how many bytes regions that only touch are merged; 0 for never. Regions that overlap always are, since an address lies in one
    /// region at most.
    /// </summary>
    public ulong MaxMergedBytes { get; init; } = 1UL << 20;

    /// <summary>Where its notifiers hang.</summary>
    public RegistrationAttachment Attachment { get; init; } = RegistrationAttachment.Interval;
}
