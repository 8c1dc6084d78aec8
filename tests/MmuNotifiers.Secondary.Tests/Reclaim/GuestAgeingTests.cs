using MmuNotifiers.Primary;
using MmuNotifiers.Secondary.Kvm;
using MmuNotifiers.Secondary.Rdma;
using MmuNotifiers.Secondary.Registration;
using MmuNotifiers.Swap;

namespace MmuNotifiers.Secondary.Tests.Reclaim;

/// <summary>
/// A device alone uses memory, of which half fits: a hot tenth all the time, the rest now and then. What is evicted must be of the rest. Without a
/// question to the secondaries the hot tenth looks as unused as the rest, once its translations are loaded.
/// </summary>
public sealed class GuestAgeingTests
{
    private const int Frames = 1024;
    private const int Pages = 2 * Frames;
    private const int HotPages = Pages / 10;
    private const int Steps = 20_000;

    private static readonly VirtualAddress Start = new(0x1000_0000);
    private static readonly AddressRange Hot = AddressRange.FromPages(Start, HotPages);

    public static TheoryData<string> Secondaries =>
    [
        "shadow MMU", "shadow MMU by slots", "software TLB", "network card", "network card at areas",
        "registration cache by regions", "registration cache", "registration cache at areas",
    ];

    [Theory]
    [MemberData(nameof(Secondaries))]
    public void At_least_95_of_100_evictions_hit_what_no_device_uses(string secondary)
    {
        Outcome asked = Run(secondary, asks: true);
        Outcome unasked = Run(secondary, asks: false);
        TestContext.Current.TestOutputHelper?.WriteLine($"{secondary}: asked {asked}; not asked {unasked}");
        Assert.True(asked.ColdShare >= 0.95, $"{secondary}: only {asked}");
        Assert.True(unasked.ColdShare < 0.92, $"{secondary}: not asked, and yet {unasked}");
    }

    private static Outcome Run(string secondary, bool asks)
    {
        using PhysicalMemory memory = new(Frames, reclaim: new ReclaimOptions
        {
            Swap = new MemorySwapStore(100_000), AsksSecondaries = asks, MinimumResidency = TimeSpan.Zero, ReadAheadPages = 1,
        });
        using AddressSpace space = new(memory);
        MapRequest request = new((ulong)Pages << Page.Shift, AccessRights.ReadWrite, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed) { Address = Start };
        Assert.Equal(Errno.None, space.Map(request).Error);
        EvictionWitness witness = new(Hot);
        using NotifierSubscription watching = space.Register(witness);
        AttachmentKind kind = secondary.EndsWith("areas", StringComparison.Ordinal) ? AttachmentKind.Area : AttachmentKind.AddressSpace;
        using AttachedMmu attached = Attachment.Of(kind).Attach(space);
        using ISecondaryMmu mmu = Make(secondary, attached);
        ISecondaryDevice device = mmu.AddDevice();
        Random random = new(1);
        for (int step = 0; step < Steps; step++)
        {
            Touch(device, random.Next(HotPages, Pages), step);
            for (int i = 0; i < 16; i++)
            {
                Touch(device, random.Next(HotPages), step);
            }
        }

        return new Outcome(witness.Pages, witness.WatchedPages);
    }

    private static void Touch(ISecondaryDevice device, int page, int step)
    {
        Span<byte> bytes = stackalloc byte[1];
        VirtualAddress address = Start + ((ulong)page << Page.Shift);
        Assert.Equal(FaultResult.Success, step % 2 == 0 ? device.Write(address, [42]) : device.Read(address, bytes));
    }

    private static ISecondaryMmu Make(string secondary, IPrimaryMmu primary) => secondary switch
    {
        "shadow MMU" => new IdentityGuest(primary),
        "shadow MMU by slots" => new IdentityGuest(primary, SlotAttachment.PerSlot),
        "software TLB" => new TlbDomain(primary, 1024),
        "registration cache by regions" => new RegistrationCache(primary),
        "registration cache" or "registration cache at areas" => new RegistrationCache(
            primary, new RegistrationCacheOptions { Attachment = RegistrationAttachment.AddressSpace }),
        _ => new NetworkCard(new NetworkCardOptions { Entries = 1024, Ways = 4 }).Attach(primary),
    };

    private readonly record struct Outcome(long Evictions, long HotEvictions)
    {
        internal double ColdShare => 1 - ((double)HotEvictions / Evictions);

        public override string ToString() => $"{Evictions} evictions, {HotEvictions} of the hot tenth ({ColdShare:P1} cold)";
    }
}
