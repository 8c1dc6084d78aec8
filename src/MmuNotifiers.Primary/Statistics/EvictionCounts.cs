namespace MmuNotifiers.Primary;

/// <summary>Evicted pages by the reason why they went.</summary>
/// <param name="Pressure">Somebody needed a frame.</param>
/// <param name="Background">The background thread made room.</param>
/// <param name="SpaceLimit">The address space passed its limit.</param>
/// <param name="Advice">It was asked for.</param>
public readonly record struct EvictionCounts(long Pressure, long Background, long SpaceLimit, long Advice)
{
    /// <summary>For whatever reason.</summary>
    public long Total => Pressure + Background + SpaceLimit + Advice;

    /// <summary>For one reason.</summary>
    public long this[EvictionReason reason] => reason switch
    {
        EvictionReason.Pressure => Pressure,
        EvictionReason.Background => Background,
        EvictionReason.SpaceLimit => SpaceLimit,
        EvictionReason.Advice => Advice,
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "There is no such reason."),
    };
}
