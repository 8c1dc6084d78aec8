namespace MmuNotifiers.Primary;

/// <summary>One area of a <see cref="Snapshot"/>.</summary>
/// <param name="Range">The addresses, page aligned.</param>
/// <param name="Rights">What the area allows.</param>
/// <param name="Kind">What its pages are.</param>
/// <param name="PageOffset">The page offset of its start, as in <see cref="AreaInfo"/>.</param>
public readonly record struct SnapshotArea(AddressRange Range, AccessRights Rights, AreaKinds Kind, ulong PageOffset)
{
    /// <summary>The name of the file that is mapped; null for memory.</summary>
    public string? File { get; init; }

    /// <summary>How many of its private pages have bytes in the snapshot. Those of shared memory are stored with the object.</summary>
    public ulong StoredPages { get; init; }
}
