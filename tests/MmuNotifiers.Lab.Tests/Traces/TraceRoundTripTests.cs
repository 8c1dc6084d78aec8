using CsCheck;
using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Lab.Tests.Traces;

public sealed class TraceRoundTripTests
{
    [Fact]
    public void What_was_written_is_read_again_event_by_event()
    {
        Gen.Select(TraceGen.Header, TraceGen.Events).Sample(
            (header, events) =>
            {
                byte[] trace = TraceGen.Write(header, events);
                using var reader = new TraceReader(new MemoryStream(trace), "trace");
                Assert.Equal(header, reader.Header);
                Assert.Equal(events, reader.ReadAll());
            },
            iter: 300);
    }

    [Fact]
    public void The_footer_counts_what_was_written()
    {
        TraceGen.Events.Sample(
            events =>
            {
                using var reader = new TraceReader(new MemoryStream(TraceGen.Write(Header, events)), "trace");
                Assert.Null(reader.Footer);
                while (reader.TryRead(out _))
                {
                }

                Assert.NotNull(reader.Footer);
                Assert.Equal(events.Length, reader.Footer.Events);
                Assert.Equal(events.OfType<PageFaultEvent>().Count(), reader.Footer.PageFaults);
                Assert.Equal(events.OfType<SystemCallEvent>().Count(), reader.Footer.SystemCalls);
                Assert.Equal(events.OfType<LostEvent>().Aggregate(0UL, (sum, lost) => sum + lost.Count), reader.Footer.LostEvents);
                Assert.Equal(events.Select(item => item.ProcessId).Distinct().Count(), reader.Footer.Processes);
            },
            iter: 100);
    }

    [Fact]
    public void A_trace_of_several_blocks_is_read_as_one()
    {
        TraceEvent[] events =
        [
            .. Enumerable.Range(0, 600_000).Select(i => new PageFaultEvent(
                new TraceStamp(i * 1000L, 1, 1 + (i & 1)), new VirtualAddress((ulong)i * 0x13_7001), PageFaultError.User)),
        ];
        byte[] trace = TraceGen.Write(Header, events);
        Assert.Equal(events, TraceGen.Read(trace));
    }

    [Fact]
    public void A_writer_refuses_an_event_that_stands_before_its_predecessor()
    {
        using var writer = new TraceWriter(new MemoryStream(), Header);
        writer.Write(new ExitEvent(new TraceStamp(10, 1, 1)));
        Assert.Throws<ArgumentException>(() => writer.Write(new ExitEvent(new TraceStamp(9, 1, 1))));
    }

    [Fact]
    public void A_writer_refuses_a_file_that_was_not_introduced()
    {
        using var writer = new TraceWriter(new MemoryStream(), Header);
        Assert.Throws<ArgumentException>(() => writer.Write(
            new MapCall(new TraceStamp(0, 1, 1), 0, default, 4096, LinuxProtection.Read, LinuxMapFlags.Private, FileId: 1, 0)));
    }

    [Fact]
    public void A_file_has_its_name_only_when_it_is_complete()
    {
        string directory = Directory.CreateTempSubdirectory("mmun").FullName;
        try
        {
            string path = Path.Combine(directory, "t.mmtrace");
            using (TraceWriter abandoned = TraceWriter.Create(path, Header))
            {
                abandoned.Write(new ExitEvent(new TraceStamp(10, 1, 1)));
                Assert.False(File.Exists(path));
            }

            Assert.Empty(Directory.GetFiles(directory));
            using (TraceWriter finished = TraceWriter.Create(path, Header))
            {
                finished.Write(new ExitEvent(new TraceStamp(10, 1, 1)));
                finished.Complete();
            }

            Assert.Equal([path], Directory.GetFiles(directory));
            Assert.Equal(1, TraceReader.ReadSummary(path).Footer.Events);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static TraceHeader Header => new() { Origin = TraceOrigin.Synthetic };
}
