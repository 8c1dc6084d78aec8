using System.Diagnostics.Metrics;
using MmuNotifiers.Primary.Tests.Core;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Statistics;

public sealed class MemoryMetricsTests : IDisposable
{
    private readonly PhysicalMemory _memory = new(frames: 64);
    private readonly Dictionary<(string Instrument, string Tag), long> _found = [];

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void The_meter_shows_the_pages_of_each_address_space_by_kind()
    {
        using AddressSpace space = new(_memory);
        using AddressSpace other = new(_memory);
        using SharedMemoryObject target = new(_memory, 8 * Page.SizeBytes);
        space.MapPrivate(16, 4);
        space.Store(16, 1);
        space.Store(17, 1);
        other.MapObject(32, 4, MapFlags.Shared, new ObjectHandle(target, AccessRights.ReadWrite));
        other.Store(32, 1);

        Collect(space);
        Assert.Equal(2, _found[("mmu_notifiers.pages", "anonymous")]);
        Assert.Equal(0, _found[("mmu_notifiers.pages", "object")]);
        Collect(other);
        Assert.Equal(0, _found[("mmu_notifiers.pages", "anonymous")]);
        Assert.Equal(1, _found[("mmu_notifiers.pages", "object")]);
    }

    [Fact]
    public void What_was_evicted_and_came_back_is_counted_by_reason()
    {
        using AddressSpace space = new(_memory);
        space.CountEvictions(EvictionReason.Background, 3);
        space.CountEvictions(EvictionReason.Advice, 1);
        space.CountSwapIn();
        space.CountReread();

        Collect(space);
        Assert.Equal(3, _found[("mmu_notifiers.evictions", "background")]);
        Assert.Equal(1, _found[("mmu_notifiers.evictions", "advice")]);
        Assert.Equal(0, _found[("mmu_notifiers.evictions", "pressure")]);
        Assert.Equal(0, _found[("mmu_notifiers.evictions", "space_limit")]);
        Assert.Equal(1, _found[("mmu_notifiers.swap_ins", string.Empty)]);
        Assert.Equal(2, _found[("mmu_notifiers.refaults", string.Empty)]);
        Assert.Equal(new EvictionCounts(0, 3, 0, 1), space.GetStatistics().Evictions);
    }

    [Fact]
    public void An_address_space_that_is_gone_is_measured_no_more()
    {
        AddressSpace space = new(_memory);
        Collect(space);
        Assert.NotEmpty(_found);
        space.Dispose();
        Collect(space);
        Assert.Empty(_found);
    }

    [Fact]
    public void A_pool_may_go_before_its_address_spaces()
    {
        PhysicalMemory memory = new(frames: 16);
        AddressSpace space = new(memory);
        memory.Dispose();
        Collect(space);
        Assert.Empty(_found);
    }

    /// <summary>Listens for what the process measures now, and keeps what it says of one address space.</summary>
    private void Collect(AddressSpace space)
    {
        _found.Clear();
        using MeterListener listener = new()
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == "MmuNotifiers")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (tags is [{ Key: "mmu_notifiers.space" } first, ..] && (string?)first.Value == space.MetricsName)
            {
                _found.Add((instrument.Name, tags.Length > 1 ? (string)tags[1].Value! : string.Empty), value);
            }
        });
        listener.Start();
        listener.RecordObservableInstruments();
    }
}
