using MmuNotifiers.Linux.Live.Tests.Support;
using MmuNotifiers.Linux.Witnesses;

namespace MmuNotifiers.Linux.Live.Tests.Witnesses;

/// <summary>Listening to the kernel's own notifier on this host.</summary>
public sealed class NotifierTraceTests
{
    private const ulong Pages = 16;

    [Fact]
    public void What_the_kernel_takes_away_is_heard_between_the_marks_around_it()
    {
        Host.Require(HostCapabilities.NotifierTrace);
        using MemoryMapping window = MemoryMapping.Anonymous((nuint)Pages << Page.Shift);
        using KernelSecondary secondary = new(window.Range);
        using NotifierTrace trace = NotifierTrace.Start(new NotifierTraceOptions { Window = window.Range });
        Native.Touch(window.Range);
        trace.Mark("before");
        Discard(window.Range);
        trace.Mark("after");
        IReadOnlyList<NotifierEvent> events = trace.Read();
        Assert.Equal([NotifierEventKind.Mark, NotifierEventKind.Unmap, NotifierEventKind.Mark], events.Select(item => item.Kind));
        Assert.Equal(window.Range, events[1].Range);
        Assert.Equal(Libc.GetThreadId(), events[1].ThreadId);
        Assert.Equal(0, trace.LostEvents);
    }

    [Fact]
    public void Without_a_secondary_MMU_the_kernel_tells_nobody()
    {
        Host.Require(HostCapabilities.NotifierTrace);
        using MemoryMapping window = MemoryMapping.Anonymous((nuint)Pages << Page.Shift);
        using NotifierTrace trace = NotifierTrace.Start(new NotifierTraceOptions { Window = window.Range });
        Native.Touch(window.Range);
        Discard(window.Range);
        Assert.Empty(trace.Read());
    }

    [Fact]
    public void Events_outside_of_the_window_or_of_other_threads_are_not_heard()
    {
        Host.Require(HostCapabilities.NotifierTrace);
        using MemoryMapping both = MemoryMapping.Anonymous((nuint)(2 * Pages) << Page.Shift);
        AddressRange window = AddressRange.FromPages(both.Range.Start, Pages);
        using KernelSecondary secondary = new(both.Range);
        using NotifierTrace trace = NotifierTrace.Start(new NotifierTraceOptions { Window = window, ThreadId = Libc.GetThreadId() });
        Discard(AddressRange.FromPages(window.End, Pages));
        Thread other = new(() => Discard(window));
        other.Start();
        other.Join();
        Assert.Empty(trace.Read());
        Discard(both.Range);
        Assert.Equal(both.Range, Assert.Single(trace.Read()).Range);
    }

    [Fact]
    public void A_cleared_trace_is_empty_and_goes_on()
    {
        Host.Require(HostCapabilities.NotifierTrace);
        using MemoryMapping window = MemoryMapping.Anonymous((nuint)Pages << Page.Shift);
        using KernelSecondary secondary = new(window.Range);
        using NotifierTrace trace = NotifierTrace.Start(new NotifierTraceOptions { Window = window.Range });
        Discard(window.Range);
        trace.Clear();
        Assert.Empty(trace.Read());
        Discard(AddressRange.OfPage(window.Range.Start));
        Assert.Equal(AddressRange.OfPage(window.Range.Start), Assert.Single(trace.Read()).Range);
    }

    [Fact]
    public void Events_that_were_overwritten_are_an_error_and_not_silence()
    {
        Host.Require(HostCapabilities.NotifierTrace);
        using MemoryMapping window = MemoryMapping.Anonymous((nuint)Pages << Page.Shift);
        using KernelSecondary secondary = new(window.Range);
        using NotifierTrace trace = NotifierTrace.Start(new NotifierTraceOptions { Window = window.Range, BufferKibibytes = 4 });
        for (int i = 0; i < 5_000; i++)
        {
            Discard(window.Range);
        }

        Assert.True(trace.LostEvents > 0);
        Assert.Throws<InvalidOperationException>(() => trace.Read());
    }

    [Fact]
    public void A_disposed_trace_leaves_no_instance_and_a_crashed_process_s_is_removed_by_the_next()
    {
        Host.Require(HostCapabilities.NotifierTrace);
        const string Instances = "/sys/kernel/tracing/instances";
        const int NobodysProcess = int.MaxValue;
        string own;
        using (TraceInstance instance = TraceInstance.Create())
        {
            own = instance.Folder;
            Assert.True(Directory.Exists(own));
        }

        Assert.False(Directory.Exists(own));
        string stale = Directory.CreateDirectory($"{Instances}/mmun-{NobodysProcess}-1").FullName;
        using (TraceInstance next = TraceInstance.Create())
        {
            Assert.False(Directory.Exists(stale));
            Assert.True(Directory.Exists(next.Folder));
        }
    }

    [Fact]
    public void Only_folders_of_dead_processes_are_taken_for_stale()
    {
        string folder = Directory.CreateTempSubdirectory("mmun-stale-").FullName;
        string[] names = ["mmun-11-1", "mmun-12-1", "mmun-12", "mmun-x-1", "other-12-1"];
        foreach (string name in names)
        {
            Directory.CreateDirectory(Path.Combine(folder, name));
        }

        Assert.Equal(2, TraceInstance.RemoveStale(folder, processId => processId == 11));
        Assert.Equal(["mmun-11-1", "mmun-x-1", "other-12-1"], Directory.GetDirectories(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Directory.Delete(folder, recursive: true);
    }

    private static void Discard(AddressRange range) => LinuxException.ThrowIfFailed(
        Libc.Advise((nint)range.Start.Value, (nuint)range.LengthBytes, Libc.AdviseDontNeed), "madvise", range);
}
