using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;
using MmuNotifiers.Tests.Support;
using static MmuNotifiers.Tests.Support.Ranges;

namespace MmuNotifiers.Tests.Dispatch;

[Collection(ObservedProcess.Name)]
public sealed class DiagnosticsTests
{
    [Fact]
    public void The_meter_counts_from_its_first_collection()
    {
        NotifierSubscriptions subscriptions = new();
        subscriptions.Add(new RecordingNotifier());
        ConcurrentDictionary<string, double> last = new();
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
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => last[instrument.Name] = value);
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => last[instrument.Name] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        Dictionary<string, double> before = new(last);

        for (int i = 0; i < 5; i++)
        {
            subscriptions.Invalidate(Unmap(1)).Dispose();
        }

        listener.RecordObservableInstruments();

        Assert.Equal(
            ["mmu_notifiers.brackets", "mmu_notifiers.callbacks", "mmu_notifiers.refusals", "mmu_notifiers.time"], last.Keys.Order());
        Assert.True(last["mmu_notifiers.brackets"] >= before["mmu_notifiers.brackets"] + 5);
        Assert.True(last["mmu_notifiers.callbacks"] >= before["mmu_notifiers.callbacks"] + 5);
        Assert.True(last["mmu_notifiers.time"] > before["mmu_notifiers.time"]);
    }

    [Fact]
    public void The_event_source_tells_of_both_ends_of_a_bracket()
    {
        using Collector collector = new();
        NotifierSubscriptions subscriptions = new();
        subscriptions.Add(new RecordingNotifier());
        AddressRange unmistakable = Pages(0x1234567);

        subscriptions.Invalidate(new InvalidationRange(unmistakable, InvalidationEvent.Migrate)).Dispose();

        long start = (long)unmistakable.Start.Value;
        object?[] opened = Assert.Single(collector.Events, e => e.Name == "BracketStart" && (long)e.Values[0]! == start).Values;
        Assert.Equal([start, (long)unmistakable.End.Value, (int)InvalidationEvent.Migrate, 1, 1], opened);
        Assert.Single(collector.Events, e => e.Name == "BracketStop" && (long)e.Values[0]! == start);
    }

    private sealed class Collector : EventListener
    {
        internal ConcurrentQueue<(string Name, object?[] Values)> Events { get; } = new();

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "MmuNotifiers")
            {
                EnableEvents(eventSource, EventLevel.Verbose);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            // The base class calls this before the fields of this one are there.
            Events?.Enqueue((eventData.EventName!, [.. eventData.Payload!]));
        }
    }
}
