using System.Globalization;
using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Lab.Tests.Traces;

/// <summary>The recordings of the repository hold what their page says.</summary>
public sealed class ShippedTraceTests
{
    private const long TraceLimitBytes = 3 << 20;
    private const long TotalLimitBytes = 12 << 20;

    public static TheoryData<string> Names { get; } =
        [.. Directory.GetFiles(RepositoryFiles.Traces, "*.mmtrace").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_shipped_trace_is_whole_and_lost_nothing(string name)
    {
        string path = Path.Combine(RepositoryFiles.Traces, name);
        Assert.InRange(new FileInfo(path).Length, 1, TraceLimitBytes);
        using TraceReader reader = TraceReader.Open(path);
        Assert.Equal(TraceOrigin.Perf, reader.Header.Origin);
        Assert.True(reader.Header.Host.HugePagesDisabledForProgram);
        long faults = reader.ReadAll().LongCount(item => item is PageFaultEvent);
        Assert.NotNull(reader.Footer);
        Assert.Equal(faults, reader.Footer.PageFaults);
        Assert.InRange(faults, 5000, long.MaxValue);
        Assert.Equal(0UL, reader.Footer.LostEvents);
    }

    [Fact]
    public void All_shipped_traces_together_stay_small()
    {
        Assert.InRange(Directory.GetFiles(RepositoryFiles.Traces, "*.mmtrace").Sum(path => new FileInfo(path).Length), 1, TotalLimitBytes);
    }

    [Fact]
    public void The_table_of_the_traces_says_what_they_hold()
    {
        string page = File.ReadAllText(Path.Combine(RepositoryFiles.Traces, "README.md"));
        foreach (string path in Directory.GetFiles(RepositoryFiles.Traces, "*.mmtrace"))
        {
            (_, TraceFooter footer) = TraceReader.ReadSummary(path);
            string row = string.Create(
                CultureInfo.InvariantCulture,
                $"| {footer.Processes} | {footer.Threads} | {footer.Events} | {footer.PageFaults} | {new FileInfo(path).Length / 1024} KiB |");
            string line = page.Split('\n').Single(text => text.StartsWith($"| {Path.GetFileNameWithoutExtension(path)} ", StringComparison.Ordinal));
            Assert.EndsWith(row, line);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_recorded_fault_lies_in_an_area_that_allowed_it(string name)
    {
        using TraceReader reader = TraceReader.Open(Path.Combine(RepositoryFiles.Traces, name));
        Assert.Empty(FaultsOutside(reader.ReadAll()));
    }

    [Theory]
    [InlineData(typeof(MapCall))]
    [InlineData(typeof(ProtectCall))]
    [InlineData(typeof(BreakCall))]
    public void A_recording_without_some_of_its_calls_has_faults_outside(Type left)
    {
        using TraceReader reader = TraceReader.Open(Path.Combine(RepositoryFiles.Traces, "java-gc.mmtrace"));
        Assert.NotEmpty(FaultsOutside(reader.ReadAll().Where(item => item.GetType() != left)));
    }

    private static List<PageFaultEvent> FaultsOutside(IEnumerable<TraceEvent> events)
    {
        var spaces = new Dictionary<int, LayoutModel>();
        var outside = new List<PageFaultEvent>();
        foreach (TraceEvent item in events)
        {
            switch (item)
            {
                case ExecEvent exec:
                    spaces[exec.ProcessId] = new LayoutModel();
                    spaces[exec.ProcessId].Replace(exec);
                    break;
                case ForkEvent { MakesThread: false } fork:
                    spaces[fork.ChildProcessId] = fork.SharesAddressSpace ? spaces[fork.ProcessId] : new LayoutModel(spaces[fork.ProcessId]);
                    break;
                case SystemCallEvent call:
                    spaces[call.ProcessId].Apply(call);
                    break;
                case PageFaultEvent { Address.Value: 0 }:
                    // The Java virtual machine reads address 0 at its start and takes the SIGSEGV, on purpose.
                    break;
                case PageFaultEvent fault when !spaces[fault.ProcessId].Allows(fault):
                    outside.Add(fault);
                    break;
            }
        }

        return outside;
    }
}
