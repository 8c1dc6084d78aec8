using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Tests.Synchronization;

public sealed class SharedTests
{
    private string? _text = "a";
    private ulong _bits = 0xf0;
    private int _count = 3;
    private byte _flag;

    [Fact]
    public void Loads_and_stores_reach_the_location()
    {
        Shared.Write(ref _text, null, this);
        Assert.Null(Shared.Read(in _text, this));
        Shared.Write(ref _flag, 7, this);
        Assert.Equal(7, Shared.Read(in _flag, this));
    }

    [Fact]
    public void Read_modify_write_returns_what_its_name_says()
    {
        Assert.Equal("a", Shared.Exchange(ref _text, "b", this));
        Assert.Equal("b", Shared.CompareExchange(ref _text, null, "x", this));
        Assert.Equal("b", Shared.CompareExchange(ref _text, null, "b", this));
        Assert.Null(_text);
        Assert.Equal(5, Shared.Add(ref _count, 2, this));
        Assert.Equal(0xf0UL, Shared.Or(ref _bits, 0xf, this));
        Assert.Equal(0xffUL, Shared.And(ref _bits, 0x1f, this));
        Assert.Equal(0x20UL, Shared.Add(ref _bits, 1, this));
        Assert.Equal(0x1fUL, Shared.Add(ref _bits, ulong.MaxValue, this));
    }

    [Fact]
    public void Counting_adds_and_a_last_user_leaves_zero()
    {
        long users = 1;
        Shared.Count(ref users, 2);
        Shared.Count(ref _count, -1, this);
        Assert.Equal(2, _count);
        Assert.Equal(2, Shared.AddOrStore(ref users, -1, alone: 1));
        Assert.Equal(1, Shared.AddOrStore(ref users, -1, alone: 1));
        Assert.Equal(0, Shared.AddOrStore(ref users, -1, alone: 1));
        Assert.Equal(0, users);
    }

    [Fact]
    public void Operations_on_bits_tell_of_these_bits_alone()
    {
        int flags = 0b101;
        Assert.Equal(0b001, Shared.ReadBits(in flags, 0b011));
        Assert.False(Shared.SetBits(ref flags, 0b010));
        Assert.True(Shared.SetBits(ref flags, 0b011));
        Assert.True(Shared.ClearBits(ref flags, 0b100));
        Assert.False(Shared.ClearBits(ref flags, 0b100));
        Assert.Equal(0b011, flags);
    }

    [Fact]
    public void The_key_of_a_field_is_its_distance_from_the_start_of_its_object()
    {
        SharedTests other = new();
        Assert.Equal(SharedLocation.Of(in _count, this), SharedLocation.Of(in other._count, other));
        Assert.NotEqual(SharedLocation.Of(in _count, this), SharedLocation.Of(in _bits, this));
    }

    [Fact]
    public void A_spin_lock_excludes_and_a_try_fails_while_it_is_held()
    {
        int word = 0;
        SharedSpinLock.Enter(ref word);
        Assert.False(SharedSpinLock.TryEnter(ref word));
        SharedSpinLock.Exit(ref word);
        Assert.True(SharedSpinLock.TryEnter(ref word));
    }

    [Fact]
    public void Increments_under_a_contended_lock_are_not_lost()
    {
        SharedLock mutex = new();
        int spin = 0;
        int[] counts = new int[2];
        Support.TestThread[] threads = [.. Enumerable.Range(0, 3).Select(_ => Support.TestThread.Run(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                using (mutex.EnterScope())
                {
                    counts[0]++;
                }

                SharedSpinLock.Enter(ref spin);
                counts[1]++;
                SharedSpinLock.Exit(ref spin);
            }
        }))];
        Assert.All(threads, thread => thread.Join());
        Assert.Equal([30_000, 30_000], counts);
    }

    [Fact]
    public void Without_the_switch_no_checker_is_asked()
    {
        Assert.SkipWhen(Shared.Controlled, "The process runs under a race checker.");
        ScheduleController.Current = new Refusing();
        try
        {
            Assert.Equal(3, Shared.Read(in _count, this));
            Shared.Fence();
            new SharedLock().EnterScope().Dispose();
        }
        finally
        {
            ScheduleController.Current = null;
        }
    }

    [Fact]
    public void A_thread_number_is_its_thread_s_own()
    {
        int mine = ThreadNumber.Current;
        int other = 0;
        Support.TestThread.Run(() => other = ThreadNumber.Current).Join();
        Assert.Equal(mine, ThreadNumber.Current);
        Assert.NotEqual(mine, other);
        Assert.True(mine > 0);
    }

    private sealed class Refusing : ScheduleController
    {
        internal override long Timestamp => 0;

        internal override void BeforeAccess(StepKind kind, object? owner, nint location, int sizeBytes, string step, int bits = AllBits) => throw new InvalidOperationException(step);

        internal override void EnterLock(object? owner, nint location, string step) => throw new InvalidOperationException(step);

        internal override bool TryEnterLock(object? owner, nint location, string step) => throw new InvalidOperationException(step);

        internal override void ExitLock(object? owner, nint location, string step) => throw new InvalidOperationException(step);

        internal override bool HoldsLock(object? owner, nint location) => true;

        internal override void Wait(object owner, string step) => throw new InvalidOperationException(step);

        internal override void WakeAll(object owner, string step) => throw new InvalidOperationException(step);
    }
}
