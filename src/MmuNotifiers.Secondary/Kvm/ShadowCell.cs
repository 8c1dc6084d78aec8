namespace MmuNotifiers.Secondary.Kvm;

/// <summary>
/// One entry of a shadow table. The host address belongs to the frame of the entry and changes only while the entry is not
/// present and no section of accesses that saw it present is left; so whoever reads the entry first, in a section, may use it.
/// </summary>
internal struct ShadowCell
{
    /// <summary>A <see cref="ShadowPte"/>.</summary>
    internal ulong Pte;

    /// <summary>Where the frame's first byte lies in this process.</summary>
    internal nint Host;
}
