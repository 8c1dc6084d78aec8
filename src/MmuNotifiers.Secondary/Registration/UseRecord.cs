namespace MmuNotifiers.Secondary.Registration;

/// <summary>What one client knows of one region: plain numbers that only its own thread writes.</summary>
internal struct UseRecord
{
    /// <summary>How often the client has got the region and not put it back.</summary>
    internal int Count;

    /// <summary>The cache's clock when the client got it last. Wraps after four thousand million registrations, which only confuses evictions.</summary>
    internal uint LastUse;
}
