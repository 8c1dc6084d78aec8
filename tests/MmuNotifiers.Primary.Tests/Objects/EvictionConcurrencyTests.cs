using MmuNotifiers.Primary.Tests.Core;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Objects;

/// <summary>Threads that evict, truncate, remap, fork and fault at the same time.</summary>
public sealed class EvictionConcurrencyTests : IDisposable
{
    /// <summary>Pages below this stay in the object; those above come and go.</summary>
    private const ulong StablePages = 4;

    private const ulong AllPages = 8;
    private const int Rounds = 1_500;

    private readonly PageStore _store = new();
    private readonly PhysicalMemory _memory;
    private readonly SharedMemoryObject _target;
    private readonly AddressSpace _one;
    private readonly AddressSpace _other;

    public EvictionConcurrencyTests()
    {
        _memory = Evictions.PoolOver(_store, readAheadPages: 4);
        _target = new SharedMemoryObject(_memory, AllPages * Page.SizeBytes);
        ObjectHandle handle = new(_target, AccessRights.ReadWrite);
        _one = new AddressSpace(_memory);
        _other = new AddressSpace(_memory);
        _one.MapObject(16, AllPages, MapFlags.Shared, handle);
        _other.MapObject(100, AllPages, MapFlags.Private, handle);
        for (ulong page = 0; page < AllPages; page++)
        {
            Assert.Equal(Errno.None, _other.RemapPages(At(100 + page), Page.SizeBytes, AllPages - 1 - page));
        }
    }

    public void Dispose()
    {
        _one.Dispose();
        _other.Dispose();
        _target.Dispose();
        _memory.AssertNothingIsLeft();
        _memory.Dispose();
    }

    [Fact]
    public void What_was_stored_is_read_through_every_mapping_while_all_of_it_is_evicted_and_the_end_is_truncated()
    {
        using CancellationTokenSource stop = new();
        Task[] disturbers =
        [
            Run(stop, () => _memory.EvictEverything()),
            Run(stop, () => _target.EvictAll()),
            Run(stop, () =>
            {
                Assert.Equal(Errno.None, _target.Resize(StablePages * Page.SizeBytes));
                Assert.Equal(Errno.None, _target.Resize(AllPages * Page.SizeBytes));
            }),
            Run(stop, () =>
            {
                for (ulong page = StablePages; page < AllPages; page++)
                {
                    // Reads zero or what was stored, or ends in SIGBUS; never anything else.
                    byte[] found = [1];
                    if (_one.Read(At(16 + page), found).Result == FaultResult.Success)
                    {
                        Assert.True(found[0] is 0 or 0xcc, $"{found[0]:x} appeared");
                    }

                    _one.Write(At(16 + page), [0xcc]);
                }
            }),
        ];
        Task[] storers = [.. Enumerable.Range(0, 2).Select(half => Task.Factory.StartNew(() => StoreAndCompare((ulong)half), TaskCreationOptions.LongRunning))];

        WaitForAll(storers);
        stop.Cancel();
        WaitForAll(disturbers);
        _one.AssertInvariants();
        _other.AssertInvariants();
    }

    [Fact]
    public void Private_copies_and_the_order_of_a_nonlinear_mapping_survive_forks_under_eviction()
    {
        for (ulong page = 0; page < AllPages; page++)
        {
            _target.Write(page << Page.Shift, [(byte)(page + 1)]);
        }

        _other.Store(100, 200);
        _other.Store(103, 201);
        byte[] expected = [200, 7, 6, 201, 4, 3, 2, 1];
        using CancellationTokenSource stop = new();
        Task[] disturbers = [Run(stop, () => _memory.EvictEverything()), Run(stop, () => _target.EvictAll())];
        for (int round = 0; round < Rounds / 10; round++)
        {
            using AddressSpace child = _other.Fork()!;
            child.Store(101, 50);
            for (ulong page = 0; page < AllPages; page++)
            {
                Assert.Equal(expected[page], _other.Load(100 + page));
                Assert.Equal(page == 1 ? 50 : expected[page], child.Load(100 + page));
            }
        }

        stop.Cancel();
        WaitForAll(disturbers);
        _other.AssertInvariants();
    }

    private static void WaitForAll(Task[] tasks)
    {
#pragma warning disable xUnit1031 // The threads are the test.
        Assert.True(Task.WaitAll(tasks, TimeSpan.FromMinutes(2)), "A thread hangs.");
#pragma warning restore xUnit1031
    }

    private static Task Run(CancellationTokenSource stop, Action action) => Task.Factory.StartNew(
        () =>
        {
            while (!stop.IsCancellationRequested)
            {
                action();
            }
        },
        TaskCreationOptions.LongRunning);

    /// <summary>Stores to pages of its own through one mapping, in turn by the object itself, and reads through the others.</summary>
    private void StoreAndCompare(ulong half)
    {
        byte[] found = new byte[1];
        for (int round = 0; round < Rounds; round++)
        {
            ulong page = (half * 2) + ((ulong)round & 1);
            byte value = (byte)round;
            if (round % 3 == 0)
            {
                Assert.Equal(1, _target.Write(page << Page.Shift, [value]).Bytes);
            }
            else
            {
                _one.Store(16 + page, value);
            }

            Assert.Equal(value, _other.Load(100 + (AllPages - 1 - page)));
            Assert.Equal(value, _one.Load(16 + page));
            Assert.Equal(1, _target.Read(page << Page.Shift, found).Bytes);
            Assert.Equal(value, found[0]);
        }
    }
}
