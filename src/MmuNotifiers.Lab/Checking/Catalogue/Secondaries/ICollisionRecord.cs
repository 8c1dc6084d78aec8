namespace MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

/// <summary>
/// How a mirror notices that a bracket collided with one of its look-ups. Start, End and MustRetry are called under the mirror's lock,
/// Sample without it.
/// </summary>
internal interface ICollisionRecord
{
    /// <summary>A bracket over the range opens.</summary>
    void Start(AddressRange range);

    /// <summary>A bracket over the range closes.</summary>
    void End(AddressRange range);

    /// <summary>What a look-up remembers.</summary>
    ulong Sample();

    /// <summary>Whether a bracket collided with the look-up of a range that remembered <paramref name="sample"/>.</summary>
    bool MustRetry(AddressRange range, ulong sample);
}
