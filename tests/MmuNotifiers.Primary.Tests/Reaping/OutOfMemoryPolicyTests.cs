using MmuNotifiers.Primary.Tests.Core;

namespace MmuNotifiers.Primary.Tests.Reaping;

public sealed class OutOfMemoryPolicyTests
{
    private const ulong First = 1000;

    [Fact]
    public void A_victim_gives_its_frames_and_is_counted()
    {
        Policy policy = new();
        using PhysicalMemory memory = Pool(policy);
        using AddressSpace victim = Filled(memory, 4);
        policy.Victims.Enqueue(victim);
        long victims = memory.Reclaim!.Victims;

        Assert.True(memory.Reclaim.TryKillForFrames(ref victims));

        Assert.True(victim.IsReaped);
        Assert.Equal(1, memory.FramesInUse);
        Assert.Equal((1, 4, 0), (memory.Reclaim.Statistics.Victims, memory.Reclaim.Statistics.ReapedPages, memory.Reclaim.Statistics.ReapRefusals));
    }

    [Fact]
    public void A_store_that_finds_no_frame_goes_on_at_the_victims_cost()
    {
        Policy policy = new();
        using PhysicalMemory memory = Pool(policy);
        using AddressSpace victim = Filled(memory, 14);
        using AddressSpace space = new(memory);
        space.MapPrivate(First, 4);
        space.Store(First, 1);
        policy.Victims.Enqueue(victim);

        space.Store(First + 1, 2);

        Assert.Equal(FaultResult.BusError, victim.Access(Spaces.At(First), AccessRights.Read).Result);
        Assert.Equal((1, 2), (space.Load(First), space.Load(First + 1)));
        Assert.Equal(14, memory.Reclaim!.Statistics.ReapedPages);
    }

    [Fact]
    public void Without_a_victim_the_access_is_refused_and_everything_stays_as_it_was()
    {
        Policy policy = new();
        using PhysicalMemory memory = Pool(policy);
        using AddressSpace full = Filled(memory, 15);
        using AddressSpace space = new(memory);
        space.MapPrivate(First, 4);

        Assert.Equal(FaultResult.OutOfMemory, space.Access(Spaces.At(First), AccessRights.Write).Result);

        Assert.Equal(1, memory.Reclaim!.Statistics.Failures);
        Assert.Equal(1, full.Load(First));
        full.AssertInvariants();
        space.AssertInvariants();
    }

    [Fact]
    public void Whoever_needs_the_frame_may_be_the_victim_himself()
    {
        Policy policy = new();
        using PhysicalMemory memory = Pool(policy);
        using AddressSpace space = Filled(memory, 15);
        space.MapPrivate(First + 100, 1);
        policy.Victims.Enqueue(space);

        Assert.Equal(FaultResult.BusError, space.Access(Spaces.At(First + 100), AccessRights.Write).Result);
        Assert.Equal(1, memory.FramesInUse);
    }

    [Fact]
    public void Who_comes_after_a_kill_tries_its_frames_before_another_is_killed()
    {
        Policy policy = new();
        using PhysicalMemory memory = Pool(policy);
        using AddressSpace first = Filled(memory, 2);
        using AddressSpace second = Filled(memory, 2);
        policy.Victims.Enqueue(first);
        policy.Victims.Enqueue(second);
        long mine = memory.Reclaim!.Victims;
        long others = memory.Reclaim.Victims;
        Assert.True(memory.Reclaim.TryKillForFrames(ref others));

        Assert.True(memory.Reclaim.TryKillForFrames(ref mine));
        Assert.False(second.IsReaped);

        Assert.True(memory.Reclaim.TryKillForFrames(ref mine));
        Assert.True(second.IsReaped);
    }

    [Fact]
    public void Nobody_is_killed_where_the_policy_says_so_or_there_is_none()
    {
        Policy policy = new();
        using PhysicalMemory memory = Pool(policy);
        using PhysicalMemory without = new(16, FreedFrames.Poisoned, new ReclaimOptions());
        long victims = 0;
        Assert.False(memory.Reclaim!.TryKillForFrames(ref victims));
        Assert.False(without.Reclaim!.TryKillForFrames(ref victims));
    }

    [Fact]
    public void A_victim_that_gives_nothing_is_no_help()
    {
        Policy policy = new();
        using PhysicalMemory memory = Pool(policy);
        using AddressSpace victim = Filled(memory, 2);
        victim.TryReap();
        policy.Victims.Enqueue(victim);
        long victims = 0;
        Assert.False(memory.Reclaim!.TryKillForFrames(ref victims));
    }

    [Fact]
    public void A_policy_that_needs_frames_itself_gets_none_by_killing()
    {
        Policy policy = new();
        using PhysicalMemory memory = Pool(policy);
        using AddressSpace victim = Filled(memory, 2);
        bool? nested = null;
        policy.Asked = () =>
        {
            long inner = 0;
            nested = memory.Reclaim!.TryKillForFrames(ref inner);
        };
        policy.Victims.Enqueue(victim);
        long victims = 0;
        Assert.True(memory.Reclaim!.TryKillForFrames(ref victims));
        Assert.False(nested);
    }

    [Fact]
    public void A_victim_of_another_pool_is_wrong_use()
    {
        Policy policy = new();
        using PhysicalMemory memory = Pool(policy);
        using PhysicalMemory other = new(16);
        using AddressSpace stranger = Filled(other, 1);
        policy.Victims.Enqueue(stranger);
        long victims = 0;
        Assert.Throws<InvalidOperationException>(() => memory.Reclaim!.TryKillForFrames(ref victims));
        Assert.False(stranger.IsReaped);
    }

    private static PhysicalMemory Pool(IOutOfMemoryPolicy policy) =>
        new(16, FreedFrames.Poisoned, new ReclaimOptions { OutOfMemory = policy });

    private static AddressSpace Filled(PhysicalMemory memory, ulong pages)
    {
        AddressSpace space = new(memory);
        space.MapPrivate(First, pages);
        for (ulong page = 0; page < pages; page++)
        {
            space.Store(First + page, 1);
        }

        return space;
    }

    private sealed class Policy : IOutOfMemoryPolicy
    {
        internal Queue<AddressSpace> Victims { get; } = new();

        internal Action? Asked { get; set; }

        public AddressSpace? ChooseVictim(PhysicalMemory memory)
        {
            Asked?.Invoke();
            return Victims.TryDequeue(out AddressSpace? victim) ? victim : null;
        }
    }
}
