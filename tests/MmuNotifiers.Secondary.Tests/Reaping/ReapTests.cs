using MmuNotifiers.Primary;
using MmuNotifiers.Secondary.Kvm;
using MmuNotifiers.Secondary.Rdma;
using MmuNotifiers.Secondary.Registration;
using MmuNotifiers.Synchronization;
using static MmuNotifiers.Secondary.Tests.Addresses;

namespace MmuNotifiers.Secondary.Tests.Reaping;

/// <summary>The reaper over each secondary, whose own lock is taken or free.</summary>
public sealed class ReapTests
{
    private const string Tlb = "software TLB";
    private const string Shadow = "shadow MMU";
    private const string PerSlot = "shadow MMU, each slot";
    private const string Card = "network card";
    private const string Regions = "registration cache, intervals";
    private const string RegionsByBracket = "registration cache, address space";

    public static TheoryData<string> Secondaries => [Tlb, Shadow, PerSlot, Card, Regions, RegionsByBracket];

    /// <remarks>The lock is given back only after the reaper has returned: one that slept would hang here.</remarks>
    [Theory]
    [MemberData(nameof(Secondaries))]
    public void A_secondary_whose_lock_is_taken_refuses_and_everybody_goes_on(string name)
    {
        using PhysicalMemory memory = new(256, FreedFrames.Poisoned);
        using AddressSpace space = new(memory);
        using ISecondaryMmu bystander = new TlbDomain(space, 16);
        using ISecondaryMmu mmu = Attach(name, space, out SharedLock own);
        ISecondaryDevice device = mmu.AddDevice();
        ISecondaryDevice other = bystander.AddDevice();
        MapAndStore(space, device, other);
        using (new HeldLock(own))
        {
            Assert.Equal(new ReapResult(0, 0, 1, false), space.TryReap());
        }

        // Nothing was lost, and nobody is left in a bracket.
        byte[] seen = new byte[1];
        Assert.False(space.IsReaped);
        Assert.Equal(FaultResult.Success, device.Read(At(0), seen));
        Assert.Equal(7, seen[0]);
        Assert.Equal(FaultResult.Success, other.Read(At(0), seen));
        Assert.Equal(FaultResult.Success, device.Write(At(1), [8]));
        Assert.Equal(Errno.None, space.Advise(At(1), Page.SizeBytes, Advice.DontNeed));
        Assert.Equal(FaultResult.Success, device.Read(At(1), seen));
        Assert.Equal(0, seen[0]);
    }

    [Theory]
    [MemberData(nameof(Secondaries))]
    public void A_reaped_page_is_a_bus_error_for_a_device_that_had_it(string name)
    {
        using PhysicalMemory memory = new(256, FreedFrames.Poisoned);
        using AddressSpace space = new(memory);
        using ISecondaryMmu bystander = new TlbDomain(space, 16);
        using ISecondaryMmu mmu = Attach(name, space, out _);
        ISecondaryDevice device = mmu.AddDevice();
        MapAndStore(space, device, bystander.AddDevice());

        Assert.Equal(new ReapResult(2, 0, 0, false), space.TryReap());

        Assert.Equal(FaultResult.BusError, device.Read(At(0), new byte[1]));
        Assert.Equal(FaultResult.BusError, device.Write(At(1), [1]));
        Assert.Equal(1, memory.FramesInUse);
    }

    [Theory]
    [MemberData(nameof(Secondaries))]
    public async Task A_device_that_goes_on_reads_what_was_stored_or_gets_a_bus_error(string name)
    {
        for (int round = 0; round < 40; round++)
        {
            using PhysicalMemory memory = new(256, FreedFrames.Poisoned);
            using AddressSpace space = new(memory);
            using ISecondaryMmu mmu = Attach(name, space, out _);
            ISecondaryDevice device = mmu.AddDevice();
            MapAndStore(space, device, device);
            using Barrier start = new(2);
            Task reader = Task.Run(
                () =>
                {
                    byte[] seen = new byte[1];
                    FaultResult result = FaultResult.Success;
                    start.SignalAndWait();
                    while (result == FaultResult.Success)
                    {
                        result = device.Read(At(0), seen);
                        Assert.True(result == FaultResult.BusError || seen[0] == 7, $"{result}, {seen[0]}");
                    }

                    Assert.Equal(FaultResult.BusError, result);
                },
                TestContext.Current.CancellationToken);
            start.SignalAndWait(TestContext.Current.CancellationToken);
            while (!space.TryReap().IsComplete)
            {
            }

            await reader;
        }
    }

    private static void MapAndStore(AddressSpace space, ISecondaryDevice device, ISecondaryDevice other)
    {
        byte[] seen = new byte[1];
        space.Map(new MapRequest(2 * Page.SizeBytes, AccessRights.ReadWrite, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed) { Address = At(0) });
        Assert.Equal(FaultResult.Success, device.Write(At(0), [7]));
        Assert.Equal(FaultResult.Success, device.Write(At(1), [9]));
        Assert.Equal(FaultResult.Success, other.Read(At(0), seen));
        Assert.Equal(7, seen[0]);
    }

    private static ISecondaryMmu Attach(string name, IPrimaryMmu space, out SharedLock own)
    {
        switch (name)
        {
            case Tlb:
                TlbDomain tlb = new(space, 16);
                own = HeldLock.Of(tlb);
                return tlb;
            case Shadow or PerSlot:
                IdentityGuest guest = new(space, name == Shadow ? SlotAttachment.Search : SlotAttachment.PerSlot);
                own = HeldLock.Of(guest);
                return guest;
            case Card:
                NetworkCard card = new(new NetworkCardOptions { Entries = 8, Ways = 2 });
                own = HeldLock.Of(card);
                return card.Attach(space);
            default:
                RegistrationCache cache = new(space, new RegistrationCacheOptions
                {
                    Attachment = name == Regions ? RegistrationAttachment.Interval : RegistrationAttachment.AddressSpace,
                });
                own = HeldLock.Of(cache);
                return cache;
        }
    }
}
