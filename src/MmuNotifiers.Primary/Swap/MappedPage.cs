namespace MmuNotifiers.Primary;

/// <summary>A mapping of a page that is to be evicted.</summary>
internal struct MappedPage
{
    /// <summary>Where.</summary>
    internal required AddressSpace Space { get; init; }

    /// <summary>The address of the page.</summary>
    internal required VirtualAddress Address { get; init; }

    /// <summary>Which page of the eviction.</summary>
    internal required int Page { get; init; }

    /// <summary>Whether the mapping is gone.</summary>
    internal bool IsRevoked { get; set; }

    /// <summary>By address space and address, so that neighbours lie side by side.</summary>
    internal static int Compare(MappedPage one, MappedPage other)
    {
        int spaces = one.Space.Number.CompareTo(other.Space.Number);
        return spaces != 0 ? spaces : one.Address.Value.CompareTo(other.Address.Value);
    }
}
