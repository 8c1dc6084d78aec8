namespace MmuNotifiers.Secondary;

/// <summary>
/// Whatever accesses an address space through a secondary MMU: a virtual CPU, a card's queue. Used by one thread at a time.
/// The accesses may block while a bracket covers their pages; the caller holds no lock that a change of the address space needs.
/// </summary>
public interface ISecondaryDevice
{
    /// <summary>Reads bytes; the range may cross pages, and each page is read with a translation of its own.</summary>
    /// <param name="address">The first address, as the primary knows it.</param>
    /// <param name="destination">Receives the bytes. After a failure those in front of the failing page were read.</param>
    /// <returns>
    /// Success, or why the first page that failed did; <see cref="FaultResult.WouldBlock"/> if brackets kept the page busy for
    /// longer than <see cref="MirrorLoop.DefaultBudget"/>.
    /// </returns>
    FaultResult Read(VirtualAddress address, Span<byte> destination);

    /// <summary>Writes bytes; the counterpart of <see cref="Read"/>.</summary>
    /// <param name="address">The first address, as the primary knows it.</param>
    /// <param name="source">The bytes. After a failure those in front of the failing page were written.</param>
    /// <returns>As <see cref="Read"/>.</returns>
    FaultResult Write(VirtualAddress address, ReadOnlySpan<byte> source);
}
