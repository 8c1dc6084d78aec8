using System.Diagnostics;
using MmuNotifiers.Primary;
using MmuNotifiers.Secondary.Rdma;
using MmuNotifiers.Swap;

namespace MmuNotifiers.Secondary.Tests.Reclaim;

/// <summary>Devices that need more pages than there are frames, and fault again at once: all of them go on.</summary>
public sealed class ThrashingTests
{
    private const int Frames = 32;

    private static readonly VirtualAddress Start = new(0x1000_0000);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Each of the two wants all its pages at one moment; together they have more than there are frames.</summary>
    [Fact]
    public void Two_that_want_all_their_pages_at_once_both_get_them_again_and_again()
    {
        const int Wanted = 50;
        using PhysicalMemory memory = MakeMemory(TimeSpan.FromMilliseconds(4));
        using AddressSpace space = MakeSpace(memory, 48);
        GreedyMmu[] greedy = [new(space, AddressRange.FromPages(Start, 24)), new(space, AddressRange.FromPages(Start + (24UL << Page.Shift), 24))];
        Run(greedy.Select(each => (Action)(() => each.Run(() => greedy.All(one => one.Successes >= Wanted), Patience))));
        Assert.All(greedy, each => Assert.True(each.Successes >= Wanted, $"{each.Successes} of {Wanted} after {each.Attempts} attempts"));
        TestContext.Current.TestOutputHelper?.WriteLine($"attempts {greedy[0].Attempts} and {greedy[1].Attempts}, {memory.Reclaim!.Statistics}");
        space.AssertInvariants();
        Array.ForEach(greedy, each => each.Dispose());
    }

    [Theory]
    [InlineData("software TLB")]
    [InlineData("network card")]
    public void Devices_that_need_more_than_there_is_finish_what_they_do(string secondary)
    {
        const int Devices = 3;
        const int Rounds = 100;
        const int Pages = 24;
        using PhysicalMemory memory = MakeMemory(TimeSpan.FromMilliseconds(1));
        using AddressSpace space = MakeSpace(memory, Devices * Pages);
        using ISecondaryMmu mmu = secondary == "software TLB"
            ? new TlbDomain(space, 64)
            : new NetworkCard(new NetworkCardOptions { Entries = 64, Ways = 4 }).Attach(space);
        int[] done = new int[Devices];
        Run(Enumerable.Range(0, Devices).Select(number => (Action)(() => done[number] = Count(mmu.AddDevice(), number, Pages, Rounds))));
        Assert.All(done, rounds => Assert.Equal(Rounds, rounds));
        Assert.Equal(0, memory.Reclaim!.Statistics.Failures);
        for (int page = 0; page < Devices * Pages; page++)
        {
            byte[] bytes = new byte[4];
            Assert.Equal(FaultResult.Success, space.Read(Start + ((ulong)page << Page.Shift), bytes).Result);
            Assert.Equal(Rounds, BitConverter.ToInt32(bytes));
        }

        space.AssertInvariants();
    }

    [Fact]
    public void Two_processors_that_thrash_finish_what_they_do()
    {
        const int Rounds = 200;
        const int Pages = 40;
        using PhysicalMemory memory = MakeMemory(TimeSpan.FromMilliseconds(1));
        using AddressSpace space = MakeSpace(memory, 2 * Pages);
        Run([() => CountUp(0), () => CountUp(Pages)]);
        Assert.Equal(0, memory.Reclaim!.Statistics.Failures);
        space.AssertInvariants();

        void CountUp(int first)
        {
            byte[] bytes = new byte[4];
            for (int round = 0; round < Rounds; round++)
            {
                for (int page = first; page < first + Pages; page++)
                {
                    VirtualAddress address = Start + ((ulong)page << Page.Shift);
                    Assert.Equal(FaultResult.Success, space.Read(address, bytes).Result);
                    Assert.Equal(round, BitConverter.ToInt32(bytes));
                    Assert.Equal(FaultResult.Success, space.Write(address, BitConverter.GetBytes(round + 1)).Result);
                }
            }
        }
    }

    private static int Count(ISecondaryDevice device, int number, int pages, int rounds)
    {
        byte[] bytes = new byte[4];
        Stopwatch watch = Stopwatch.StartNew();
        for (int round = 0; round < rounds; round++)
        {
            for (int page = 0; page < pages; page++)
            {
                VirtualAddress address = Start + ((ulong)((number * pages) + page) << Page.Shift);
                if (device.Read(address, bytes) != FaultResult.Success || BitConverter.ToInt32(bytes) != round
                    || device.Write(address, BitConverter.GetBytes(round + 1)) != FaultResult.Success || watch.Elapsed > Patience)
                {
                    return round;
                }
            }
        }

        return rounds;
    }

    private static PhysicalMemory MakeMemory(TimeSpan residency) => new(
        Frames, FreedFrames.Poisoned, new ReclaimOptions { Swap = new MemorySwapStore(100_000), MinimumResidency = residency, ReadAheadPages = 1 });

    private static AddressSpace MakeSpace(PhysicalMemory memory, int pages)
    {
        AddressSpace space = new(memory);
        MapRequest request = new((ulong)pages << Page.Shift, AccessRights.ReadWrite, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed) { Address = Start };
        Assert.Equal(Errno.None, space.Map(request).Error);
        return space;
    }

    private static void Run(IEnumerable<Action> bodies)
    {
        List<Exception> failures = [];
        Thread[] threads = [.. bodies.Select(body => new Thread(() =>
        {
            try
            {
                body();
            }
            catch (Exception failure)
            {
                lock (failures)
                {
                    failures.Add(failure);
                }
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Empty(failures);
    }
}
