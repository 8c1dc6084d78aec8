using MmuNotifiers.Primary;
using MmuNotifiers.Secondary;
using MmuNotifiers.Secondary.Kvm;
using MmuNotifiers.Secondary.Rdma;
using MmuNotifiers.Secondary.Registration;

namespace MmuNotifiers.Lab.Conformance;

/// <summary>Every kind of secondary MMU that cases are run with.</summary>
internal static class SecondaryMmus
{
    /// <summary>Entries of a TLB: fewer than a window has pages, so that entries displace each other.</summary>
    private const int TlbEntries = 64;

    /// <summary>Regions of a registration cache: few, so that regions are evicted.</summary>
    private const int RegisteredRegions = 8;

    /// <summary>Attaches one of each kind to an address space.</summary>
    internal static IEnumerable<ISecondaryMmu> AttachAll(AddressSpace space)
    {
        yield return new TlbDomain(space, TlbEntries);
        yield return new IdentityGuest(space);
        yield return new NetworkCard(new NetworkCardOptions { Entries = TlbEntries }).Attach(space);
        yield return new RegistrationCache(space, new RegistrationCacheOptions { MaxRegions = RegisteredRegions });
        yield return new RegistrationCache(space, new RegistrationCacheOptions { Attachment = RegistrationAttachment.AddressSpace });
    }
}
