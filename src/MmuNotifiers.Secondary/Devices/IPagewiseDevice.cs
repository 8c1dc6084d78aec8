namespace MmuNotifiers.Secondary;

/// <summary>Accesses within one page, of which <see cref="PagewiseAccess"/> makes accesses of any length.</summary>
/// <typeparam name="TAddress">The addresses that the device uses.</typeparam>
internal interface IPagewiseDevice<TAddress>
{
    /// <summary>Reads bytes from an address to the end of its page at most, in a section of accesses.</summary>
    /// <returns>How many; 0 if the page is not translated.</returns>
    int ReadPage(TAddress address, Span<byte> destination);

    /// <summary>Writes bytes from an address to the end of its page at most, in a section of accesses.</summary>
    /// <returns>How many; 0 if the page is not translated for stores.</returns>
    int WritePage(TAddress address, ReadOnlySpan<byte> source);

    /// <summary>Faults a page in. Outside of a section; may block.</summary>
    /// <returns>Success when a repeated access is worth while.</returns>
    FaultResult Fault(TAddress address, AccessRights access);

    /// <summary>An address further up.</summary>
    static abstract TAddress Add(TAddress address, int bytes);
}
