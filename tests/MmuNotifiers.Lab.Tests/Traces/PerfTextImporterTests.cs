using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Lab.Tests.Traces;

public sealed class PerfTextImporterTests
{
    private static readonly string Excerpt = File.ReadAllText(RepositoryFiles.ExcerptPath("perf-script.txt"));

    [Fact]
    public void Execve_becomes_the_areas_that_the_kernel_made()
    {
        ExecEvent exec = ImportedText.Import(Excerpt).OfType<ExecEvent>().First();
        Assert.Equal("demo", exec.Program);
        Assert.Equal(
            [
                (InitialAreaKind.FileSegment, 0x55815e2b5000, 0x1000),
                (InitialAreaKind.FileSegment, 0x55815e2b6000, 0x1000),
                (InitialAreaKind.FileSegment, 0x55815e2b7000, 0x1000),
                (InitialAreaKind.FileSegment, 0x55815e2b8000, 0x2000),
                (InitialAreaKind.Vvar, 0x7f5ab5f16000, 0x4000),
                (InitialAreaKind.Vvar, 0x7f5ab5f1a000, 0x2000),
                (InitialAreaKind.Vdso, 0x7f5ab5f1c000, 0x2000),
                (InitialAreaKind.FileSegment, 0x7f5ab5f1e000, 0x1000),
                (InitialAreaKind.FileSegment, 0x7f5ab5f1f000, 0x26000),
                (InitialAreaKind.FileSegment, 0x7f5ab5f45000, 0xa000),
                (InitialAreaKind.FileSegment, 0x7f5ab5f4f000, 0x4000),
                (InitialAreaKind.Stack, 0x7ffe62686000UL, 0x21000UL),
            ],
            exec.Areas.Select(area => (area.Kind, area.Start.Value, area.LengthBytes)));
        Assert.Equal(LinuxMapFlags.Private | LinuxMapFlags.GrowsDown, exec.Areas[^1].Flags);
    }

    [Fact]
    public void A_fault_that_the_kernel_meets_in_execve_comes_after_the_areas()
    {
        List<TraceEvent> events = ImportedText.Import(Excerpt);
        int exec = events.FindIndex(item => item is ExecEvent);
        var fault = (PageFaultEvent)events[exec + 1];
        Assert.Equal(0x55815e2b9090UL, fault.Address.Value);
        Assert.True(fault.InKernel);
        Assert.True(fault.IsWrite);
    }

    [Fact]
    public void Files_come_before_the_events_that_name_them()
    {
        List<TraceEvent> events = ImportedText.Import(Excerpt);
        TraceFile[] files = [.. events.OfType<FileEvent>().Select(item => item.File)];
        Assert.Equal("/home/user/demo", files[0].Path);
        Assert.Equal((0xfeUL << 8, 11657507UL), (files[0].Device, files[0].Inode));
        Assert.Equal(TraceFileKind.SharedMemory, files.Single(file => file.Path == "/dev/zero").Kind);
        Assert.Equal(TraceFileKind.SystemV, files.Single(file => file.Path == "/SYSV00000000").Kind);
        Assert.Equal(Enumerable.Range(1, files.Length), files.Select(file => file.Id));
    }

    [Fact]
    public void A_call_is_one_event_with_arguments_and_result()
    {
        List<TraceEvent> events = ImportedText.Import(Excerpt);
        Assert.Equal(0x558167c6d000, events.OfType<BreakCall>().First().Result);
        UnmapCall refused = events.OfType<UnmapCall>().Single(call => call.Failed);
        Assert.Equal((22, 1UL, 4096UL), (refused.Errno, refused.Address.Value, refused.LengthBytes));
        Assert.Equal(12, events.OfType<ProtectCall>().Single(call => call.Failed).Errno);
        RemapCall moved = events.OfType<RemapCall>().Single();
        Assert.Equal((0x4000UL, 0x10000UL, LinuxRemapFlags.MayMove), (moved.OldLengthBytes, moved.NewLengthBytes, moved.Flags));
        AttachSharedCall attached = events.OfType<AttachSharedCall>().Single();
        Assert.Equal((6, 0x2000UL, 0x7f5ab5f0c000), (attached.SegmentId, attached.LengthBytes, attached.Result));
        Assert.NotEqual(0, attached.FileId);
        Assert.Equal(LinuxAdvice.DontNeed, events.OfType<AdviseCall>().First().Advice);
    }

    [Fact]
    public void A_thread_a_fork_and_a_vfork_are_told_apart()
    {
        ForkEvent[] forks = [.. ImportedText.Import(Excerpt).OfType<ForkEvent>()];
        Assert.Equal(3, forks.Length);
        Assert.True(forks[0].MakesThread);
        Assert.False(forks[1].MakesThread);
        Assert.False(forks[1].SharesAddressSpace);
        Assert.False(forks[2].MakesThread);
        Assert.True(forks[2].SharesAddressSpace);
    }

    [Fact]
    public void Nothing_in_the_excerpt_is_passed_over()
    {
        ImportedText.Import(Excerpt, new TraceImportOptions(), out string[] remarks);
        Assert.Empty(remarks);
    }

    [Fact]
    public void The_size_of_a_file_is_asked_for_where_the_host_is_the_same()
    {
        var options = new TraceImportOptions { SizeOfFile = path => path == "/home/user/demo" ? 4711UL : null };
        List<TraceEvent> events = ImportedText.Import(Excerpt, options, out _);
        TraceFile demo = events.OfType<FileEvent>().First().File;
        Assert.Equal((4711UL, false), (demo.SizeBytes, demo.SizeIsLowerBound));
        TraceFile gone = events.OfType<FileEvent>().Single(item => item.File.Path == "/dev/zero").File;
        Assert.Equal((0x2000UL, true), (gone.SizeBytes, gone.SizeIsLowerBound));
    }

    [Fact]
    public void An_unmap_stands_before_the_mapping_that_took_its_place_in_another_thread()
    {
        List<TraceEvent> events = ImportedText.Import("""
            a 7/7 [000] 1.000000100: syscalls:sys_enter_munmap: addr: 0x7f0000001000, len: 0x00001000
            a 7/8 [001] 1.000000200: syscalls:sys_enter_mmap: addr: 0x0, len: 0x1000, prot: 0x3, flags: 0x22, fd: 0xffffffff, off: 0x0
            a 7/8 [001] 1.000000300: PERF_RECORD_MMAP2 7/8: [0x7f0000001000(0x1000) @ 0x7f0000001000 00:00 0 0]: rw-p //anon
            a 7/8 [001] 1.000000400: syscalls:sys_exit_mmap: 0x7f0000001000
            a 7/8 [001] 1.000000500: exceptions:page_fault_user: address=0x7f0000001008 ip=0x55 error_code=0x6
            a 7/7 [000] 1.000000600: syscalls:sys_exit_munmap: 0x0
            """);
        Assert.Equal([typeof(ExecEvent), typeof(UnmapCall), typeof(MapCall), typeof(PageFaultEvent)], events.Select(item => item.GetType()));
        Assert.Equal([7, 7, 8, 8], events.Select(item => item.ThreadId));
        Assert.Equal([0L, 200, 200, 400], events.Select(item => item.Nanoseconds));
    }

    [Fact]
    public void Discarding_stands_before_the_fault_that_shows_it_in_another_thread()
    {
        List<TraceEvent> events = ImportedText.Import("""
            a 7/7 [000] 1.000000100: syscalls:sys_enter_madvise: start: 0x7f0000001000, len_in: 0x00004000, behavior: 0x00000004
            a 7/8 [001] 1.000000200: exceptions:page_fault_user: address=0x7f0000002008 ip=0x55 error_code=0x6
            a 7/7 [000] 1.000000300: syscalls:sys_exit_madvise: 0x0
            """);
        Assert.Equal([typeof(ExecEvent), typeof(AdviseCall), typeof(PageFaultEvent)], events.Select(item => item.GetType()));
    }

    [Fact]
    public void A_fault_that_shows_nothing_leaves_the_discarding_at_its_return()
    {
        List<TraceEvent> events = ImportedText.Import("""
            a 7/7 [000] 1.000000100: syscalls:sys_enter_madvise: start: 0x7f0000001000, len_in: 0x00004000, behavior: 0x00000004
            a 7/8 [001] 1.000000200: exceptions:page_fault_user: address=0x7f0000008008 ip=0x55 error_code=0x6
            a 9/9 [001] 1.000000250: exceptions:page_fault_user: address=0x7f0000002008 ip=0x55 error_code=0x6
            a 7/7 [000] 1.000000300: syscalls:sys_exit_madvise: 0x0
            """);
        Assert.Equal(
            [typeof(ExecEvent), typeof(PageFaultEvent), typeof(ExecEvent), typeof(PageFaultEvent), typeof(AdviseCall)],
            events.Select(item => item.GetType()));
    }

    [Fact]
    public void Lost_events_are_counted_once()
    {
        List<TraceEvent> events = ImportedText.Import("""
            a 7/7 [000] 1.000000100: exceptions:page_fault_user: address=0x7f0000008008 ip=0x55 error_code=0x6
            a 7/7 [000] 1.000000200: PERF_RECORD_LOST lost 30
            a 7/7 [000] 1.000000300: PERF_RECORD_LOST lost 12
            a 0/0 [000] 1.000000400: PERF_RECORD_LOST_SAMPLES lost 45
            """);
        Assert.Equal([30UL, 12, 3], events.OfType<LostEvent>().Select(lost => lost.Count));
    }

    [Fact]
    public void A_process_that_was_running_already_starts_with_the_areas_that_perf_found()
    {
        List<TraceEvent> events = ImportedText.Import("""
            some thing 7/7 [000] 0.000000: PERF_RECORD_MMAP2 7/7: [0x55a000000000(0x2000) @ 0 fe:00 123 0]: r-xp /usr/bin/some thing
            some thing 7/7 [000] 0.000000: PERF_RECORD_MMAP2 7/7: [0x55a000010000(0x8000) @ 0x55a000010000 00:00 0 0]: rw-p [heap]
            some thing 7/8 [001] 12.345678: exceptions:page_fault_user: address=0x55a000010010 ip=0x55 error_code=0x6
            """);
        var exec = Assert.IsType<ExecEvent>(events[1]);
        Assert.Equal("some thing", exec.Program);
        Assert.Equal([InitialAreaKind.FileSegment, InitialAreaKind.Heap], exec.Areas.Select(area => area.Kind));
        Assert.Equal("/usr/bin/some thing", Assert.IsType<FileEvent>(events[0]).File.Path);
        Assert.Equal((7, 8, 0L), (events[2].ProcessId, events[2].ThreadId, events[2].Nanoseconds));
    }

    [Fact]
    public void Text_that_shows_the_thread_only_and_raw_calls_is_understood()
    {
        List<TraceEvent> events = ImportedText.Import("""
            # a comment of perf
            java  4711 [002] 12.500000: raw_syscalls:sys_enter: NR 9 (0, 2000, 3, 22, ffffffff, 0)
            java  4711 [002] 12.500001: raw_syscalls:sys_exit: NR 9 = 140187732541440
                        7f8014b1c2a0 __mmap+0x30 (/usr/lib/libc.so.6)

            java  4711 [002] 12.500002: raw_syscalls:sys_enter: NR 1 (1, 7ffd, 5, 0, 0, 0)
            java  4711 [002] 12.500003: raw_syscalls:sys_exit: NR 11 = -22
            java  4711 [002] 12.500004:     250000 cpu-clock:  ffffffff81000000 do_idle ([kernel.kallsyms])
            """);
        MapCall map = events.OfType<MapCall>().Single();
        Assert.Equal((4711, 4711, 1000L), (map.ProcessId, map.ThreadId, map.Nanoseconds));
        Assert.Equal((0x2000UL, 140187732541440), (map.LengthBytes, map.Result));
        Assert.Empty(events.OfType<UnmapCall>());
    }

    [Fact]
    public void A_file_without_a_record_of_its_mapping_is_named_by_its_descriptor()
    {
        List<TraceEvent> events = ImportedText.Import(
            """
            a 7/7 [000] 1.000000100: syscalls:sys_enter_mmap: addr: 0x0, len: 0x1000, prot: 0x1, flags: 0x2, fd: 0x3, off: 0x2000
            a 7/7 [000] 1.000000200: syscalls:sys_exit_mmap: 0x7f0000001000
            a 7/7 [000] 1.000000300: syscalls:sys_enter_mmap: addr: 0x0, len: 0x1000, prot: 0x1, flags: 0x2, fd: 0x4, off: 0x0
            a 7/7 [000] 1.000000400: syscalls:sys_exit_mmap: 0xfffffffffffffff3
            """,
            new TraceImportOptions(),
            out string[] remarks);
        TraceFile file = events.OfType<FileEvent>().Single().File;
        Assert.Equal(("descriptor 3 of process 7", TraceFileKind.Unknown, 0x3000UL), (file.Path, file.Kind, file.SizeBytes));
        Assert.Equal([file.Id, 0], events.OfType<MapCall>().Select(call => call.FileId));
        Assert.Contains("mapped files that the text names by their descriptor only: 1", remarks);
    }

    [Fact]
    public void A_copied_fork_without_its_flags_is_remarked()
    {
        ImportedText.Import(
            """
            a 7/7 [000] 1.000000100: exceptions:page_fault_user: address=0x7f0000008008 ip=0x55 error_code=0x6
            a 7/7 [000] 1.000000200: PERF_RECORD_FORK(9:9):(7:7)
            """,
            new TraceImportOptions(),
            out string[] remarks);
        Assert.Contains(remarks, remark => remark.StartsWith("forks whose flags", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a 7/7 [000] 1.0: exceptions:page_fault_user: address=0x7f ip=0x55", "expected a page fault")]
    [InlineData("a 7/7 [000] 1.0: exceptions:page_fault_user: address=0x7f ip=0x55 error_code=0x1ffffffff", "expected a page fault")]
    [InlineData("a 7/7 [000] 1.0: PERF_RECORD_MMAP2 7/7: [nonsense", "expected a mapping")]
    [InlineData("a 7/7 [000] 1.0: PERF_RECORD_MMAP2 7/7: [0xfffffffffffff000(0x2000) @ 0 00:00 0 0]: rw-p //anon", "expected a mapping")]
    [InlineData("a 7/7 [000] 1.0: syscalls:sys_enter_mmap: addr: 0x0, len: 0x1000", "expected 6 arguments")]
    [InlineData("a 7/7 [000] 1.0: syscalls:sys_exit_mmap: oh", "expected a result")]
    [InlineData("a 7/7 [000] 1.0: PERF_RECORD_FORK(x:9):(7:7)", "expected a new thread")]
    [InlineData("what is this?", "expected a line of perf script")]
    public void A_line_that_is_not_what_it_must_be_is_named(string line, string expected)
    {
        string text = "a 7/7 [000] 1.0: exceptions:page_fault_user: address=0x7f0000008008 ip=0x55 error_code=0x6\n" + line;
        TraceFormatException refusal = Assert.Throws<TraceFormatException>(() => ImportedText.Import(text));
        Assert.StartsWith("text: line 2: " + expected, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(2, refusal.Line);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n# only comments\n")]
    [InlineData("Dear diary\n")]
    public void A_text_that_is_neither_is_refused(string text)
    {
        TraceFormatException refusal = Assert.Throws<TraceFormatException>(() => ImportedText.Import(text));
        Assert.Contains("expected the text of perf script", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_without_an_end_is_refused_before_it_is_in_memory()
    {
        Assert.Throws<TraceFormatException>(() => ImportedText.Import(new string('x', 300_000)));
    }

    [Fact]
    public void A_refused_text_leaves_no_file()
    {
        string directory = Directory.CreateTempSubdirectory("mmun").FullName;
        try
        {
            string path = Path.Combine(directory, "t.mmtrace");
            Assert.Throws<TraceFormatException>(() => TraceImporter.Import(new StringReader(Excerpt + "what is this?"), "text", path));
            Assert.Empty(Directory.GetFiles(directory));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
