using System.Diagnostics.Metrics;
using MmuNotifiers.Primary.Tests.Core;
using MmuNotifiers.Primary.Tests.Reclaim;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Statistics;

/// <summary>What reclaim tells a listener, of all pools of the process together: so nothing else runs beside these tests.</summary>
[CollectionDefinition(nameof(ReclaimMetricsTests), DisableParallelization = true)]
[Collection(nameof(ReclaimMetricsTests))]
public sealed class ReclaimMetricsTests : IDisposable
{
    private const ulong First = 0x1000;
    private const int Frames = 64;
    private const int Full = Frames - 1;
    private const ulong Wanted = First + 1000;

    private readonly PageArrayStore _store = new(1000);
    private readonly List<PhysicalMemory> _pools = [];

    public void Dispose()
    {
        foreach (PhysicalMemory memory in _pools)
        {
            foreach (AddressSpace space in memory.Spaces.ToArray())
            {
                space.Dispose();
            }

            memory.Dispose();
        }
    }

    [Fact]
    public void An_allocation_that_has_to_reclaim_a_frame_is_a_stall_and_its_walk_looks_at_every_pte()
    {
        AddressSpace space = NewFullSpace(new ReclaimOptions { Swap = _store, MinimumResidency = TimeSpan.Zero });
        Dictionary<string, long> before = Collect();
        space.Store(Wanted, 1);
        AssertCounted(before, ("stalls", 1), ("walks", 1), ("scanned", Full));
    }

    [Fact]
    public void A_frame_that_is_free_is_no_stall()
    {
        AddressSpace space = NewSpace(new ReclaimOptions { Swap = _store, MinimumResidency = TimeSpan.Zero });
        Dictionary<string, long> before = Collect();
        space.MapPrivate(First, Full);
        DirectReclaimTests.Fill(space, First, Full);
        AssertCounted(before);
    }

    [Fact]
    public void A_page_that_was_used_between_the_choice_and_the_look_is_rescued()
    {
        AddressSpace space = NewFullSpace(new ReclaimOptions { Swap = _store, MinimumResidency = TimeSpan.Zero });
        space.Store(Wanted, 1);

        // All pages are used again, and no walk is due for the next that goes.
        for (ulong page = First; page < First + Full; page++)
        {
            if (space.PeekPte(At(page)).IsPresent)
            {
                _ = space.Load(page);
            }
        }

        Dictionary<string, long> before = Collect();
        space.Store(Wanted + 1, 1);
        Dictionary<string, long> after = Collect();
        Assert.InRange(after["rescued"] - before["rescued"], 1, Frames);
        Assert.Equal(1, after["stalls"] - before["stalls"]);
    }

    [Fact]
    public void Pages_that_have_all_just_come_are_waited_for()
    {
        AddressSpace space = NewFullSpace(new ReclaimOptions { Swap = _store, MinimumResidency = TimeSpan.FromMilliseconds(100), ReadAheadPages = 1 });
        PhysicalMemory memory = space.Memory;
        Dictionary<string, long> before = Collect();
        long waits = 0;
        for (int round = 0; waits == 0; round++)
        {
            Assert.InRange(round, 0, 50);

            // All pages go and come back. On a slow machine that may take longer than they are to stay.
            memory.Reclaim!.Reclaim(Full);
            DirectReclaimTests.Fill(space, First, Full);
            memory.Reclaim.Reclaim(1);
            waits = Collect()["residency_waits"] - before["residency_waits"];
            Assert.Equal(memory.Reclaim.Statistics.ResidencyWaits, waits);
        }

        Assert.Equal(0, Collect()["failures"] - before["failures"]);
    }

    [Fact]
    public void Few_free_frames_wake_the_thread_in_the_background()
    {
        using ManualResetEventSlim written = new();
        _store.OnWrite = written.Set;
        AddressSpace space = NewSpace(
            new ReclaimOptions { Swap = _store, MinimumResidency = TimeSpan.Zero, LowWatermarkPages = 128, HighWatermarkPages = 192, ReadAheadPages = 1 }, frames: 512);
        Dictionary<string, long> before = Collect();
        space.MapPrivate(First, 500);
        DirectReclaimTests.Fill(space, First, 450);
        Assert.True(written.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken), "The thread was not woken.");
        Dictionary<string, long> after = Collect();
        Assert.InRange(after["wakeups"] - before["wakeups"], 1, 450);
        Assert.Equal(space.Memory.Reclaim!.Statistics.DirectStalls, after["stalls"] - before["stalls"]);
    }

    [Fact]
    public void An_allocation_that_gets_no_frame_is_a_failure_each_time()
    {
        AddressSpace space = NewFullSpace(new ReclaimOptions { MinimumResidency = TimeSpan.Zero });
        Dictionary<string, long> before = Collect();
        Assert.Equal(FaultResult.OutOfMemory, space.Access(At(Wanted), AccessRights.Write).Result);
        AssertCounted(before, ("failures", 1), ("stalls", 1), ("walks", 3), ("scanned", 3 * Full));
        before = Collect();
        Assert.Equal(FaultResult.OutOfMemory, space.Access(At(Wanted), AccessRights.Write).Result);
        AssertCounted(before, ("failures", 1), ("stalls", 1));
    }

    [Fact]
    public void What_a_pool_did_counts_on_when_it_is_gone()
    {
        AddressSpace space = NewFullSpace(new ReclaimOptions { Swap = _store, MinimumResidency = TimeSpan.Zero });
        Dictionary<string, long> before = Collect();
        space.Store(Wanted, 1);
        PhysicalMemory memory = space.Memory;
        space.Dispose();
        memory.Dispose();
        AssertCounted(before, ("stalls", 1), ("walks", 1), ("scanned", Full));
    }

    private AddressSpace NewSpace(ReclaimOptions options, int frames = Frames)
    {
        PhysicalMemory memory = new(frames, FreedFrames.Poisoned, options);
        _pools.Add(memory);
        return new AddressSpace(memory, new AddressSpaceOptions { FaultAroundPages = 1 });
    }

    /// <summary>An address space that has every frame but that of the zero page.</summary>
    private AddressSpace NewFullSpace(ReclaimOptions options)
    {
        AddressSpace space = NewSpace(options);
        space.MapPrivate(First, Full);
        space.MapPrivate(Wanted, 4);
        DirectReclaimTests.Fill(space, First, Full);
        return space;
    }

    /// <summary>Of the seven counters those that are named rose by so much, and the others did not.</summary>
    private static void AssertCounted(Dictionary<string, long> before, params (string Name, long By)[] counted)
    {
        Dictionary<string, long> after = Collect();
        string[] names = ["failures", "rescued", "residency_waits", "scanned", "stalls", "wakeups", "walks"];
        Assert.Equal(names, after.Keys.Order(StringComparer.Ordinal));
        foreach (string name in names)
        {
            long expected = counted.FirstOrDefault(each => each.Name == name).By;
            Assert.True(expected == after[name] - before[name], $"{name} rose by {after[name] - before[name]}, not by {expected}.");
        }
    }

    /// <summary>What a listener is told now, by the last part of the instrument's name.</summary>
    private static Dictionary<string, long> Collect()
    {
        const string Prefix = "mmu_notifiers.reclaim.";
        Dictionary<string, long> found = [];
        using MeterListener listener = new()
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == "MmuNotifiers" && instrument.Name.StartsWith(Prefix, StringComparison.Ordinal))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => found.Add(instrument.Name[Prefix.Length..], value));
        listener.Start();
        listener.RecordObservableInstruments();
        return found;
    }
}
