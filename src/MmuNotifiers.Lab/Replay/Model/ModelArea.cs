using MmuNotifiers.Lab.Replay.Files;

namespace MmuNotifiers.Lab.Replay.Model;

/// <summary>A run of addresses that are mapped alike, as the recorded calls made it.</summary>
/// <param name="Range">The addresses, page aligned.</param>
/// <param name="Rights">What the area allows.</param>
/// <param name="Kind">What is behind it.</param>
/// <param name="Backing">The object, or null for private anonymous memory.</param>
/// <param name="PageOffset">The object's page at the area's start.</param>
/// <param name="Traits">Everything else.</param>
internal sealed record ModelArea(
    AddressRange Range,
    AccessRights Rights,
    ModelAreaKind Kind,
    Backing? Backing,
    ulong PageOffset,
    ModelAreaTraits Traits)
{
    /// <summary>Whether loads are allowed: on x86 a page that can be written or run can be read.</summary>
    public bool IsReadable => Rights != AccessRights.None && (Traits & ModelAreaTraits.Guard) == 0;

    /// <summary>Whether stores are allowed.</summary>
    public bool IsWritable => (Rights & AccessRights.Write) != 0 && IsReadable;

    /// <summary>The object's page at an address of the area.</summary>
    public ulong ObjectPageOf(ulong pageNumber) => PageOffset + (pageNumber - Range.Start.PageNumber);

    /// <summary>The part of the area inside a range that it contains.</summary>
    public ModelArea Slice(AddressRange range) =>
        this with { Range = range, PageOffset = PageOffset + (range.Start.PageNumber - Range.Start.PageNumber) };

    /// <summary>Whether the area allows an access.</summary>
    public bool Allows(AccessRights access) =>
        (access & AccessRights.Write) != 0 ? IsWritable
        : (access & AccessRights.Execute) != 0 ? (Rights & AccessRights.Execute) != 0 && IsReadable
        : IsReadable;
}
