using MmuNotifiers.Primary;
using MmuNotifiers.Secondary.Kvm;
using MmuNotifiers.Secondary.Rdma;
using MmuNotifiers.Secondary.Registration;

namespace MmuNotifiers.Secondary.Tests.Primary;

/// <summary>Every secondary at every place: after any operations it agrees with the program, except at the places that are kept to show why not.</summary>
public sealed class PlaceTests
{
    private const int FewPrograms = 150;

    public static TheoryData<AttachmentKind> SoundPlaces =>
        [.. Attachment.All.Where(static place => !place.IsHistorical).Select(static place => place.Kind)];

    public static TheoryData<AttachmentKind> HistoricalPlaces =>
        [.. Attachment.All.Where(static place => place.IsHistorical).Select(static place => place.Kind)];

    [Theory]
    [MemberData(nameof(SoundPlaces))]
    public void A_software_tlb_agrees_with_the_program(AttachmentKind place) => AddressSpaceTests.Check(Tlb, place, FewPrograms);

    [Theory]
    [MemberData(nameof(SoundPlaces))]
    public void A_shadow_mmu_agrees_with_the_program(AttachmentKind place)
    {
        SlotAttachment slots = place == AttachmentKind.MemorySlot ? SlotAttachment.PerSlot : SlotAttachment.Search;
        AddressSpaceTests.Check(primary => new IdentityGuest(primary, slots), place, FewPrograms);
    }

    [Theory]
    [MemberData(nameof(SoundPlaces))]
    public void A_network_card_agrees_with_the_program(AttachmentKind place) => AddressSpaceTests.Check(Card, place, FewPrograms);

    [Theory]
    [MemberData(nameof(SoundPlaces))]
    public void A_registration_cache_agrees_with_the_program(AttachmentKind place)
    {
        AddressSpaceTests.Check(primary => Cache(primary, RegistrationAttachment.AddressSpace), place, FewPrograms);
        AddressSpaceTests.Check(primary => Cache(primary, RegistrationAttachment.Interval), place, FewPrograms);
    }

    [Theory]
    [MemberData(nameof(HistoricalPlaces))]
    public void Nobody_agrees_with_the_program_at_a_historical_place(AttachmentKind place)
    {
        Assert.ThrowsAny<Exception>(() => AddressSpaceTests.Check(Tlb, place));
        Assert.ThrowsAny<Exception>(() => AddressSpaceTests.Check(primary => new IdentityGuest(primary), place));
        Assert.ThrowsAny<Exception>(() => AddressSpaceTests.Check(Card, place));
    }

    private static TlbDomain Tlb(IPrimaryMmu primary) => new(primary, 16);

    private static ISecondaryMmu Card(IPrimaryMmu primary) =>
        new NetworkCard(new NetworkCardOptions { Entries = 8, Ways = 2, Prefetch = PrefetchPolicy.OnUpdate }).Attach(primary);

    private static RegistrationCache Cache(IPrimaryMmu primary, RegistrationAttachment attachment) =>
        new(primary, new RegistrationCacheOptions { MaxRegions = 4, Attachment = attachment });
}
