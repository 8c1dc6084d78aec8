using MmuNotifiers.Primary;
using MmuNotifiers.Secondary;
using MmuNotifiers.Secondary.Kvm;
using MmuNotifiers.Secondary.Rdma;
using MmuNotifiers.Secondary.Registration;

namespace MmuNotifiers.Lab.Replay.Devices;

/// <summary>Makes the secondaries that a replay attaches.</summary>
internal static class SecondaryFactory
{
    /// <summary>
    /// Entries of a software TLB in a replay: enough that a translation is often still there when it is revoked, few enough that a
    /// hundred address spaces cost little.
    /// </summary>
    private const int TlbEntries = 4096;

    /// <summary>Regions that a registration cache keeps: fewer than a program comes to use, so that some are evicted.</summary>
    private const int RegisteredRegions = 256;

    /// <summary>Attaches a secondary to an address space.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="primary">The address space, as the attachment shows it.</param>
    /// <param name="attachment">The attachment; null for where the secondary hangs by itself.</param>
    /// <param name="prefetch">Whether a card prefetches.</param>
    public static ISecondaryMmu Create(
        SecondaryKind kind, IPrimaryMmu primary, AttachmentKind? attachment, PrefetchPolicy prefetch) => kind switch
    {
        SecondaryKind.Tlb => new TlbDomain(primary, TlbEntries),
        SecondaryKind.Shadow => new IdentityGuest(primary, SlotsOf(attachment)),
        SecondaryKind.NetworkCard => new NetworkCard(new NetworkCardOptions { Entries = TlbEntries, Prefetch = prefetch }).Attach(primary),
        SecondaryKind.Registration => new RegistrationCache(
            primary, new RegistrationCacheOptions { MaxRegions = RegisteredRegions, Attachment = RegionsOf(attachment) }),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such secondary."),
    };

    /// <summary>Adds the device that makes the accesses, in the way of its kind.</summary>
    public static ISecondaryDevice AddDevice(ISecondaryMmu mmu) =>
        mmu is RegistrationCache cache ? new RegionHolder(cache.AddClient()) : mmu.AddDevice();

    private static SlotAttachment SlotsOf(AttachmentKind? attachment) =>
        attachment == AttachmentKind.MemorySlot ? SlotAttachment.PerSlot : SlotAttachment.Search;

    private static RegistrationAttachment RegionsOf(AttachmentKind? attachment) => attachment is null or AttachmentKind.Interval
        ? RegistrationAttachment.Interval
        : RegistrationAttachment.AddressSpace;
}
