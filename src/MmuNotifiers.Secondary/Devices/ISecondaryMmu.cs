namespace MmuNotifiers.Secondary;

/// <summary>
/// A secondary MMU attached to one address space: it hears the address space's brackets once and serves any number of devices.
/// Disposing it ends its subscription; devices must be idle by then.
/// </summary>
public interface ISecondaryMmu : IDisposable
{
    /// <summary>What it is, in one or two words: <c>software TLB</c>.</summary>
    string Name { get; }

    /// <summary>Where its notifier hangs: <c>address space</c>, <c>interval</c>, <c>memslot</c>.</summary>
    string Attachment { get; }

    /// <summary>What it did so far, all its devices together. May be read at any time; exact while devices and brackets are idle.</summary>
    SecondaryStatistics Statistics { get; }

    /// <summary>Adds a device (a virtual CPU, a queue) that accesses the address space through this MMU. Safe from any thread.</summary>
    ISecondaryDevice AddDevice();
}
