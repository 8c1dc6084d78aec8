using MmuNotifiers.Primary;
using MmuNotifiers.Secondary.Kvm;
using MmuNotifiers.Secondary.Rdma;

namespace MmuNotifiers.Secondary.Tests.Reclaim;

/// <summary>
/// A device touches a hot tenth of memory that no CPU ever touches, while a CPU goes through ten times as much as fits: what is evicted must be
/// what the CPU is done with. Without a question to the secondaries the hot tenth looks unused.
/// </summary>
public sealed class GuestAgeingTests
{
    private const int Frames = 1024;
    private const int HotPages = Frames / 10;
    private const int ColdPages = 10 * Frames;

    private static readonly VirtualAddress Hot = new(0x1000_0000);
    private static readonly VirtualAddress Cold = new(0x2000_0000);

    public static TheoryData<string> Secondaries => ["shadow MMU", "shadow MMU by slots", "software TLB", "network card", "network card at areas"];

    [Theory]
    [MemberData(nameof(Secondaries))]
    public void At_least_95_of_100_evictions_hit_what_no_device_uses(string secondary)
    {
        Outcome asked = Run(secondary, asks: true);
        Outcome unasked = Run(secondary, asks: false);
        TestContext.Current.TestOutputHelper?.WriteLine($"{secondary}: asked {asked}; not asked {unasked}");
        Assert.True(asked.ColdShare >= 0.95, $"{secondary}: only {asked}");
        Assert.True(unasked.HotEvictions >= 4 * Math.Max(asked.HotEvictions, HotPages / 4), $"{secondary}: not asked {unasked}, asked {asked}");
    }

    private static Outcome Run(string secondary, bool asks)
    {
        PageArrayStore store = new(100_000);
        using PhysicalMemory memory = new(
            Frames, reclaim: new ReclaimOptions { Swap = store, AsksSecondaries = asks, MinimumResidency = TimeSpan.Zero, ReadAheadPages = 1 });
        using AddressSpace space = new(memory);
        Map(space, Hot, HotPages);
        Map(space, Cold, ColdPages);
        using AttachedMmu attached = Attachment.Of(secondary.EndsWith("areas", StringComparison.Ordinal) ? AttachmentKind.Area : AttachmentKind.AddressSpace).Attach(space);
        using ISecondaryMmu mmu = Make(secondary, attached);
        ISecondaryDevice device = mmu.AddDevice();
        TouchHot(device);
        for (int page = 0; page < ColdPages; page++)
        {
            Assert.Equal(FaultResult.Success, space.Write(Cold + ((ulong)page << Page.Shift), [1]).Result);
            if (page % 16 == 0)
            {
                TouchHot(device);
            }
        }

        // Nobody comes back to a cold page, so every page that came back is a hot one that was evicted.
        TouchHot(device);
        return new Outcome(memory.Reclaim!.Statistics.DirectEvictions, space.GetStatistics().SwapIns);
    }

    private static void TouchHot(ISecondaryDevice device)
    {
        Span<byte> bytes = stackalloc byte[1];
        for (ulong page = 0; page < HotPages; page++)
        {
            VirtualAddress address = Hot + (page << Page.Shift);
            FaultResult result = page % 2 == 0 ? device.Write(address, [42]) : device.Read(address, bytes);
            Assert.Equal(FaultResult.Success, result);
        }
    }

    private static ISecondaryMmu Make(string secondary, IPrimaryMmu primary) => secondary switch
    {
        "shadow MMU" => new IdentityGuest(primary),
        "shadow MMU by slots" => new IdentityGuest(primary, SlotAttachment.PerSlot),
        "software TLB" => new TlbDomain(primary, 1024),
        _ => new NetworkCard(new NetworkCardOptions { Entries = 1024, Ways = 4 }).Attach(primary),
    };

    private static void Map(AddressSpace space, VirtualAddress start, int pages)
    {
        MapRequest request = new((ulong)pages << Page.Shift, AccessRights.ReadWrite, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed) { Address = start };
        Assert.Equal(Errno.None, space.Map(request).Error);
    }

    private readonly record struct Outcome(long Evictions, long HotEvictions)
    {
        internal double ColdShare => 1 - ((double)HotEvictions / Evictions);

        public override string ToString() => $"{Evictions} evictions, {HotEvictions} of the hot tenth ({ColdShare:P1} cold)";
    }
}
