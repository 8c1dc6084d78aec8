using MmuNotifiers.Lab.Replay;
using MmuNotifiers.Lab.Reports;
using MmuNotifiers.Swap;

namespace MmuNotifiers.Lab.Tests.Replay.Snapshots;

/// <summary>Shipped recordings, of which one address space is saved on the way and compared at the end.</summary>
public sealed class SnapshotReplayTests : IDisposable
{
    private const double LeastMatchPercent = 99;
    private const long SpareSlots = 4096;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mmun-snapshots-");

    private string File => Path.Combine(_folder.FullName, "space.snapshot");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("python-alloc", 50, DeviceMode.Interleaved)]
    [InlineData("python-alloc", null, DeviceMode.Concurrent)]
    [InlineData("gcc-compile", 60, DeviceMode.Concurrent)]
    [InlineData("postgres-pgbench", 40, DeviceMode.Interleaved)]
    public void What_is_saved_on_the_way_is_what_the_program_had_at_that_moment(string name, int? percent, DeviceMode devices)
    {
        ReplayScript script = ShippedRecordings.Load(name);
        int? after = percent is { } part ? script.EventCount * part / 100 : null;

        ReplayReport report = Run(script, new ReplayOptions
        {
            Devices = devices,
            Secondaries = [SecondaryKind.Tlb, SecondaryKind.Shadow, SecondaryKind.NetworkCard, SecondaryKind.Registration],
            Snapshot = new ReplaySnapshot(File) { AfterEvents = after },
        });

        SnapshotReport snapshot = AssertFine(report);
        Assert.True(after is null || snapshot.AfterEvents == after);
        Assert.Equal([File], Directory.EnumerateFiles(_folder.FullName));
    }

    [Fact]
    public async Task A_snapshot_under_a_limit_brings_the_evicted_pages_in()
    {
        ReplayScript script = ShippedRecordings.Load("python-alloc");
        long peakPages = TraceReplay.MeasurePeak(script, cancellation: TestContext.Current.CancellationToken);
        await using FileSwapStore store = new(new FileSwapStoreOptions
        {
            Path = Path.Combine(_folder.FullName, "pages.swap"),
            SizeBytes = (peakPages + SpareSlots) << Page.Shift,
        });

        ReplayReport report = Run(script, new ReplayOptions
        {
            Pressure = new MemoryPressure(peakPages / 4, store),
            Snapshot = new ReplaySnapshot(File) { AfterEvents = script.EventCount / 2 },
        });

        Assert.True(AssertFine(report).StoredPages > peakPages / 4, "Nothing of it was evicted.");
        Assert.True(report.Evictions > 0);
    }

    [Fact]
    public void The_replay_finds_the_same_whether_something_is_saved_or_not()
    {
        ReplayScript script = ShippedRecordings.Load("python-alloc");
        ReplayOptions options = new() { Secondaries = [] };

        ReplayReport without = Run(script, options);
        ReplayReport with = Run(script, options with { Snapshot = new ReplaySnapshot(File) { AfterEvents = script.EventCount / 2 } });

        Assert.Equal(without.MatchedFaults, with.MatchedFaults);
        Assert.Equal(without.UnexpectedFaults, with.UnexpectedFaults);
        Assert.Equal(without.Hits, with.Hits);
    }

    [Fact]
    public void A_process_can_be_chosen()
    {
        ReplayScript script = ShippedRecordings.Load("postgres-pgbench");
        ReplayOptions options = new() { Secondaries = [] };
        int busiest = Run(script, options with { Snapshot = new ReplaySnapshot(File) }).Snapshot!.ProcessId;
        int other = Run(script, options).Processes.First(row => row.ProcessId != busiest && row.Faults > 100).ProcessId;

        ReplayReport report = Run(script, options with { Snapshot = new ReplaySnapshot(File) { ProcessId = other } });

        Assert.Equal(other, AssertFine(report).ProcessId);
    }

    [Fact]
    public void A_process_that_is_not_there_is_refused_with_those_that_are()
    {
        ReplayScript script = ShippedRecordings.Load("python-alloc");
        ReplayOptions options = new() { Secondaries = [] };

        string atEvent = Refused(new ReplaySnapshot(File) { AfterEvents = 1000, ProcessId = 7 });
        string atEnd = Refused(new ReplaySnapshot(File) { ProcessId = 7 });

        Assert.StartsWith("process 7 has no address space behind event 1000 of ", atEvent, StringComparison.Ordinal);
        Assert.DoesNotContain("one: none", atEvent, StringComparison.Ordinal);
        Assert.StartsWith("process 7 has no address space behind event ", atEnd, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Run(script, options with { Snapshot = new ReplaySnapshot(File) { AfterEvents = script.EventCount + 1 } }));

        string Refused(ReplaySnapshot snapshot) =>
            Assert.Throws<ReplaySnapshotException>(() => Run(script, options with { Snapshot = snapshot })).Message;
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_an_error_of_the_file()
    {
        ReplayScript script = ShippedRecordings.Load("python-alloc");
        ReplaySnapshot snapshot = new(Path.Combine(_folder.FullName, "missing", "space.snapshot")) { AfterEvents = 1000 };

        Assert.ThrowsAny<IOException>(() => Run(script, new ReplayOptions { Secondaries = [], Snapshot = snapshot }));
    }

    private static ReplayReport Run(ReplayScript script, ReplayOptions options) =>
        TraceReplay.Run(script, options, cancellation: TestContext.Current.CancellationToken);

    private static SnapshotReport AssertFine(ReplayReport report)
    {
        Assert.Empty(report.Violations);
        Assert.Empty(report.Doubts);
        Assert.Equal(ReplayVerdict.Fine, report.Verdict);
        Assert.True(report.FaultMatchPercent >= LeastMatchPercent, $"{report.FaultMatchPercent} %: {string.Join("; ", report.FaultMismatches)}");
        SnapshotReport snapshot = report.Snapshot!;
        Assert.Equal(0, snapshot.Differing);
        Assert.True(snapshot.PagesCompared > 100 && snapshot.PagesRead > 50, snapshot.ToString());
        Assert.Equal(new FileInfo(snapshot.File).Length, snapshot.LengthBytes);
        return snapshot;
    }
}
