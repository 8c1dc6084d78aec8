namespace MmuNotifiers.Secondary.Registration;

/// <summary>
/// A region that a client has got, until it puts it back: exactly once, and through the same client. Whatever happens to the memory, it stays
/// safe to use; see <see cref="IsInvalidated"/>.
/// </summary>
public readonly struct RegistrationHandle
{
    private readonly RegistrationClient _client;

    internal RegistrationHandle(RegistrationClient client, int index)
    {
        _client = client;
        Index = index;
    }

    /// <summary>The addresses that are registered: those that were asked for, or more.</summary>
    public AddressRange Range => Region.Range;

    /// <summary>What the region is registered for: what was asked for, or more.</summary>
    public AccessRights Rights => Region.Rights;

    /// <summary>
    /// Whether memory of the region was unmapped since it was registered. Transfers still do what the process would; but look-ups do not find the
    /// region any more, so whoever keeps handles puts this one back and gets another.
    /// </summary>
    public bool IsInvalidated => Region.IsInvalidated;

    internal int Index { get; }

    internal RegistrationClient Client => _client;

    internal RegisteredRegion Region => _client.Cache.RegionOf(Index);
}
