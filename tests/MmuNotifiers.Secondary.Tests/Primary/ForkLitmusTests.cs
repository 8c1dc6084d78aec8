using System.Diagnostics;
using MmuNotifiers.Primary;
using MmuNotifiers.Secondary.Kvm;
using MmuNotifiers.Secondary.Rdma;
using MmuNotifiers.Secondary.Registration;
using static MmuNotifiers.Secondary.Tests.Addresses;

namespace MmuNotifiers.Secondary.Tests.Primary;

/// <summary>Devices count in pages of a process that forks all the time: what they write must neither get lost nor reach a child.</summary>
public sealed class ForkLitmusTests
{
    private const int PageCount = 4;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    [Fact]
    public void Stores_through_a_software_tlb_survive_forks_and_stay_out_of_the_children() => Run(space => new TlbDomain(space, 16));

    [Fact]
    public void Stores_through_a_shadow_mmu_survive_forks_and_stay_out_of_the_children() => Run(space => new IdentityGuest(space));

    [Fact]
    public void Stores_through_a_network_card_survive_forks_and_stay_out_of_the_children() =>
        Run(space => new NetworkCard(new NetworkCardOptions { Entries = 4, Ways = 2 }).Attach(space));

    [Theory]
    [InlineData(RegistrationAttachment.Interval)]
    [InlineData(RegistrationAttachment.AddressSpace)]
    public void Stores_through_a_registration_cache_survive_forks_and_stay_out_of_the_children(RegistrationAttachment attachment) =>
        Run(space => new RegistrationCache(space, new RegistrationCacheOptions { MaxRegions = 2, MaxMergedBytes = 0, Attachment = attachment }));

    private static void Run(Func<AddressSpace, ISecondaryMmu> attach)
    {
        using PhysicalMemory memory = new(1024, FreedFrames.Poisoned);
        using AddressSpace space = new(memory);
        space.Map(new MapRequest(PageCount * Page.SizeBytes, AccessRights.ReadWrite, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed)
        {
            Address = At(0),
        });
        using ISecondaryMmu mmu = attach(space);
        bool stop = false;
        long[] counted = new long[2];
        Thread[] threads = new Thread[counted.Length];
        for (int i = 0; i < threads.Length; i++)
        {
            int device = i;
            ISecondaryDevice at = mmu.AddDevice();
            threads[i] = new Thread(() => counted[device] = Count(at, device, ref stop));
            threads[i].Start();
        }

        int forks = 0;
        int changed = 0;
        byte[] before = new byte[PageCount * Page.SizeBytes];
        byte[] after = new byte[before.Length];
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < Limit; forks++)
        {
            using AddressSpace child = space.Fork()!;
            child.Read(At(0), before);
            space.Write(At(forks % PageCount, 2048), [(byte)forks]);
            child.Read(At(0), after);
            changed += before.AsSpan().SequenceEqual(after) ? 0 : 1;
        }

        Volatile.Write(ref stop, true);
        Array.ForEach(threads, thread => thread.Join());
        long[] found = new long[counted.Length];
        for (int page = 0; page < PageCount; page++)
        {
            for (int device = 0; device < found.Length; device++)
            {
                byte[] word = new byte[8];
                space.Read(At(page, device * 8), word);
                found[device] += BitConverter.ToInt64(word);
            }
        }

        Assert.Equal(0, changed);
        Assert.Equal(counted, found);
        Assert.True(forks > 0 && mmu.Statistics.PagesInvalidated > 0, $"{forks} forks, {mmu.Statistics}");
        space.AssertInvariants();
    }

    private static long Count(ISecondaryDevice device, int number, ref bool stop)
    {
        byte[] word = new byte[8];
        long steps = 0;
        for (; !Volatile.Read(ref stop); steps++)
        {
            VirtualAddress address = At((int)(steps % PageCount), number * 8);
            Await(() => device.Read(address, word));
            BitConverter.TryWriteBytes(word, BitConverter.ToInt64(word) + 1);
            Await(() => device.Write(address, word));
        }

        return steps;
    }

    /// <summary>An access that brackets starve is made again. One that fails goes uncounted and shows as a difference.</summary>
    private static void Await(Func<FaultResult> access)
    {
        while (access() == FaultResult.WouldBlock)
        {
        }
    }
}
