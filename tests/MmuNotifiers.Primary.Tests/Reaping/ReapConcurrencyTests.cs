using MmuNotifiers.Primary.Tests.Core;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Reaping;

/// <summary>The reaper against real threads that fault, unmap, map and exit.</summary>
public sealed class ReapConcurrencyTests
{
    private const ulong First = 1000;
    private const ulong Count = 32;

    [Fact]
    public async Task A_reader_sees_what_was_stored_or_a_bus_error_whatever_the_reaper_does()
    {
        for (int round = 0; round < 60; round++)
        {
            using PhysicalMemory memory = new(1 << 12, FreedFrames.Poisoned);
            using AddressSpace space = new(memory);
            space.MapPrivate(First, Count);
            for (ulong page = 0; page < Count; page++)
            {
                space.Store(First + page, (byte)(page + 1));
            }

            using Barrier start = new(4);
            await Task.WhenAll(
                Task.Run(() => ReadAll(space, start), TestContext.Current.CancellationToken),
                Task.Run(() => ReadAll(space, start), TestContext.Current.CancellationToken),
                Task.Run(() => UnmapAndMap(space, start), TestContext.Current.CancellationToken),
                Task.Run(() => Reap(space, start), TestContext.Current.CancellationToken));

            space.AssertInvariants();
            Assert.True(space.TryReap().IsComplete);
            Assert.Equal(1, memory.FramesInUse);
        }
    }

    [Fact]
    public async Task A_reaper_and_an_exit_leave_nothing_behind()
    {
        for (int round = 0; round < 200; round++)
        {
            using PhysicalMemory memory = new(1 << 10, FreedFrames.Poisoned);
            using AddressSpace space = new(memory);
            space.MapPrivate(First, Count);
            for (ulong page = 0; page < Count; page++)
            {
                space.Store(First + page, 1);
            }

            using Barrier start = new(2);
            await Task.WhenAll(
                Task.Run(
                    () =>
                    {
                        start.SignalAndWait();
                        space.Dispose();
                    },
                    TestContext.Current.CancellationToken),
                Task.Run(
                    () =>
                    {
                        start.SignalAndWait();
                        space.TryReap();
                    },
                    TestContext.Current.CancellationToken));
            Assert.Equal(1, memory.FramesInUse);
        }
    }

    private static void ReadAll(AddressSpace space, Barrier start)
    {
        start.SignalAndWait();
        byte[] seen = new byte[1];
        for (int pass = 0; pass < 20; pass++)
        {
            // The last pages are another thread's, which makes them empty.
            for (ulong page = 0; page < Count - 4; page++)
            {
                FaultResult result = space.Read(At(First + page), seen).Result;
                Assert.True(
                    result == FaultResult.BusError || (result == FaultResult.Success && seen[0] == page + 1),
                    $"page {page} is {result}, {seen[0]}");
            }
        }
    }

    private static void UnmapAndMap(AddressSpace space, Barrier start)
    {
        start.SignalAndWait();
        for (int pass = 0; pass < 50; pass++)
        {
            space.Unmap(At(First + Count - 4), 4 * Page.SizeBytes);
            space.MapPrivate(First + Count - 4, 4);
            space.Access(At(First + Count - 3), AccessRights.Write);
        }
    }

    private static void Reap(AddressSpace space, Barrier start)
    {
        start.SignalAndWait();
        for (int pass = 0; pass < 20; pass++)
        {
            space.TryReap();
        }
    }
}
