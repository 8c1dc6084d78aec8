using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Lab.Tests.Traces;

public sealed class StraceTextImporterTests
{
    private static readonly string Excerpt = File.ReadAllText(RepositoryFiles.ExcerptPath("strace-f.txt"));

    [Fact]
    public void Calls_come_with_arguments_results_and_files()
    {
        List<TraceEvent> events = ImportedText.Import(Excerpt);
        Assert.Equal(["demo", "true"], events.OfType<ExecEvent>().Select(exec => exec.Program));
        TraceFile libc = events.OfType<FileEvent>().First(item => item.File.Path.EndsWith("libc.so.6", StringComparison.Ordinal)).File;
        Assert.Equal((1926232UL, false), (libc.SizeBytes, libc.SizeIsLowerBound));
        MapCall code = events.OfType<MapCall>().First(call => (call.Protection & LinuxProtection.Execute) != 0);
        Assert.Equal(libc.Id, code.FileId);
        Assert.Equal(0x26000UL, code.OffsetBytes);
        Assert.Equal(LinuxMapFlags.Private | LinuxMapFlags.Fixed | LinuxMapFlags.DenyWrite, code.Flags);
        Assert.Equal(22, events.OfType<UnmapCall>().Single(call => call.Failed).Errno);
        Assert.Equal(7, events.OfType<AttachSharedCall>().Single().SegmentId);
    }

    [Fact]
    public void Threads_forks_and_vforks_are_told_apart_also_in_unfinished_lines()
    {
        ForkEvent[] forks = [.. ImportedText.Import(Excerpt).OfType<ForkEvent>()];
        Assert.Equal([true, false, false], forks.Select(fork => fork.MakesThread));
        Assert.Equal([true, false, true], forks.Select(fork => fork.SharesAddressSpace));
        Assert.Equal([21612, 21613, 21614], forks.Select(fork => fork.ChildThreadId));
    }

    [Fact]
    public void Accesses_are_made_up_by_the_rule()
    {
        List<TraceEvent> events = ImportedText.Import(Excerpt);
        TouchEvent AfterFirst<T>(Func<T, bool> wanted)
            where T : SystemCallEvent => Assert.IsType<TouchEvent>(events[events.FindIndex(item => item is T call && wanted(call)) + 1]);

        TouchEvent cache = AfterFirst<MapCall>(call => call.LengthBytes == 36351);
        Assert.Equal((9UL, TouchAccess.Read), (cache.Pages, cache.Access));
        TouchEvent heap = AfterFirst<BreakCall>(call => call.Address.Value != 0);
        Assert.Equal((0x21UL, TouchAccess.Write), (heap.Pages, heap.Access));
        TouchEvent stack = AfterFirst<ProtectCall>(call => (call.Protection & LinuxProtection.Write) != 0);
        Assert.Equal((1024UL, TouchAccess.Write), (stack.Pages, stack.Access));
        TouchEvent grown = AfterFirst<RemapCall>(_ => true);
        Assert.Equal((12UL, TouchAccess.Write), (grown.Pages, grown.Access));
        Assert.DoesNotContain(events.OfType<TouchEvent>(), touch => touch.Pages > 1024);
    }

    [Fact]
    public void The_rule_stands_in_the_header_with_its_limit()
    {
        string directory = Directory.CreateTempSubdirectory("mmun").FullName;
        try
        {
            string path = Path.Combine(directory, "t.mmtrace");
            TraceImportResult result = TraceImporter.Import(new StringReader(Excerpt), "text", path, new TraceImportOptions { TouchLimitPages = 77 });
            using TraceReader reader = TraceReader.Open(path);
            Assert.Equal(TraceOrigin.StraceText, reader.Header.Origin);
            Assert.Contains("at most 77 pages", reader.Header.TouchRule, StringComparison.Ordinal);
            Assert.Equal(result.Header, reader.Header);
            Assert.All(reader.ReadAll().OfType<TouchEvent>(), touch => Assert.InRange(touch.Pages, 1UL, 77UL));
            Assert.Equal(result.Footer, reader.Footer);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Theory]
    [InlineData("12:00:00 ", "12:00:01 ", 1_000_000_000)]
    [InlineData("12:00:00.000001 ", "12:00:00.000003 ", 2000)]
    [InlineData("23:59:59.500000 ", "00:00:00.500000 ", 1_000_000_000)]
    [InlineData("1700000000.000001 ", "1700000000.000004 ", 3000)]
    [InlineData("     0.000000 ", "     0.000025 ", 25_000)]
    [InlineData("", "", 1000)]
    public void The_times_of_each_option_are_understood(string first, string second, long nanoseconds)
    {
        List<TraceEvent> events = ImportedText.Import($"{first}brk(NULL) = 0x1000\n{second}munmap(0x1000, 4096) = 0\n");
        Assert.Equal(nanoseconds, events[^1].Nanoseconds - events[^2].Nanoseconds);
    }

    [Theory]
    [InlineData("[pid  12] munmap(0x1000, 4096) = 0", 12)]
    [InlineData("12 munmap(0x1000, 4096) = 0", 12)]
    [InlineData("12 13:00:00 munmap(0x1000, 4096) = 0 <0.000012>", 12)]
    [InlineData("munmap(0x1000, 4096) = 0", 1)]
    public void The_thread_is_found_in_each_form(string line, int thread)
    {
        Assert.Equal(thread, ImportedText.Import(line).OfType<UnmapCall>().Single().ThreadId);
    }

    [Fact]
    public void The_remark_that_strace_puts_into_a_line_is_taken_out()
    {
        List<TraceEvent> events = ImportedText.Import("""
            brk(NULL) = 0x1000
            clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLDstrace: Process 12 attached
            , child_tidptr=0x7f) = 12
            [pid    12] munmap(0x1000, 4096) = 0
            [pid    11] munmap(0x2000, 4096) = 0
            """);
        Assert.Equal([(1, 12)], events.OfType<ForkEvent>().Select(fork => (fork.ThreadId, fork.ChildThreadId)));
        Assert.Equal([12, 1], events.OfType<UnmapCall>().Select(call => call.ThreadId));
    }

    [Fact]
    public void Sizes_of_huge_pages_and_unknown_bits_are_kept()
    {
        MapCall map = ImportedText.Import(
            "mmap(NULL, 2097152, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|21<<MAP_HUGE_SHIFT|0x200000, -1, 0) = 0x7f0000000000")
            .OfType<MapCall>().Single();
        Assert.Equal(0x22u | 0x4_0000u | (21u << 26) | 0x20_0000u, (uint)map.Flags);
    }

    [Theory]
    [InlineData("mmap(NULL, 4096, PROT_READ", "expected a line of strace")]
    [InlineData("mmap(NULL, 4096) = 0x7f0000000000", "expected 6 arguments")]
    [InlineData("munmap(here, 4096) = 0", "expected a number or names of flags as argument 1")]
    [InlineData("Segmentation fault", "expected a line of strace")]
    public void A_line_that_is_not_what_it_must_be_is_named(string line, string expected)
    {
        TraceFormatException refusal = Assert.Throws<TraceFormatException>(() => ImportedText.Import("brk(NULL) = 0x1000\n" + line));
        Assert.StartsWith("text: line 2: " + expected, refusal.Message, StringComparison.Ordinal);
    }
}
