using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Lab.Tests.Traces;

public sealed class LackeyTextImporterTests
{
    private static readonly string Excerpt = File.ReadAllText(RepositoryFiles.ExcerptPath("lackey.txt"));

    [Fact]
    public void Accesses_come_in_order_with_what_was_done()
    {
        List<TraceEvent> events = ImportedText.Import("I  00401ffe,4\n L 1ffe000010,8\n S 1ffe000018,8\n M 04000ff8,16\n");
        PageAccess[] accesses = [.. events.OfType<AccessesEvent>().SelectMany(item => item.Accesses)];
        Assert.Equal(
            [
                new PageAccess(new VirtualAddress(0x401000), PageAccessKinds.Execute),
                new PageAccess(new VirtualAddress(0x402000), PageAccessKinds.Execute),
                new PageAccess(new VirtualAddress(0x1ffe000000), PageAccessKinds.Read | PageAccessKinds.Write),
                new PageAccess(new VirtualAddress(0x4000000), PageAccessKinds.Read | PageAccessKinds.Write),
                new PageAccess(new VirtualAddress(0x4001000), PageAccessKinds.Read | PageAccessKinds.Write),
            ],
            accesses);
    }

    [Fact]
    public void Calls_stand_between_the_accesses_with_their_files()
    {
        List<TraceEvent> events = ImportedText.Import(Excerpt);
        TraceFile libc = events.OfType<FileEvent>().Single(item => item.File.Path.EndsWith("/libc.so.6", StringComparison.Ordinal)).File;
        MapCall code = events.OfType<MapCall>().Single(call => call.FileId == libc.Id && (call.Protection & LinuxProtection.Execute) != 0);
        Assert.Equal(LinuxMapFlags.Private | LinuxMapFlags.Fixed | LinuxMapFlags.DenyWrite, code.Flags);
        Assert.Equal(0x4035000, events.OfType<BreakCall>().First().Result);
        Assert.IsType<ExitEvent>(events[^1]);
    }

    [Fact]
    public void Areas_are_made_up_where_no_call_had_mapped()
    {
        const string Text = """
            I  00401000,4
             L 00500000,8
             S 00501000,8
            SYSCALL[7,1](9) sys_mmap ( 0x0, 8192, 3, 34, 4294967295, 0 ) --> [pre-success] Success(0x4835000)
             S 04835000,8
             S 1ffefff000,8

            """;
        ExecEvent exec = ImportedText.Import(Text).OfType<ExecEvent>().Single();
        Assert.Equal(
            [
                (InitialAreaKind.FileSegment, 0x401000UL, 4096UL, LinuxProtection.Read | LinuxProtection.Execute),
                (InitialAreaKind.Anonymous, 0x500000UL, 8192UL, LinuxProtection.Read | LinuxProtection.Write),
                (InitialAreaKind.Stack, 0x1ffefff000UL, 4096UL, LinuxProtection.Read | LinuxProtection.Write),
            ],
            exec.Areas.Select(area => (area.Kind, area.Start.Value, area.LengthBytes, area.Protection)));
    }

    [Fact]
    public void What_the_kernel_copies_is_an_access()
    {
        const string Text = """
            I  00401000,4
            SYSCALL[7,1](0) sys_read ( 3, 0x600ff0, 100 ) --> [async] ...
            SYSCALL[7,1](0) ... [async] --> Success(0x20)
            SYSCALL[7,1](1) sys_write ( 1, 0x700000, 5 ) --> [async] ...
            SYSCALL[7,1](1) ... [async] --> Failure(0x9)

            """;
        Assert.Equal(
            [(0x401UL, PageAccessKinds.Execute), (0x600UL, PageAccessKinds.Write), (0x601UL, PageAccessKinds.Write)],
            ImportedText.Import(Text).OfType<AccessesEvent>().SelectMany(item => item.Accesses).Select(access => (access.Address.PageNumber, access.Kinds)));
    }

    [Fact]
    public void The_head_says_what_was_recorded_with_what_and_how_it_was_reduced()
    {
        string directory = Directory.CreateTempSubdirectory("mmun").FullName;
        try
        {
            string path = Path.Combine(directory, "t.mmtrace");
            TraceImportResult result = TraceImporter.Import(new StringReader(Excerpt), "text", path, new TraceImportOptions { WindowPages = 5 });
            using TraceReader reader = TraceReader.Open(path);
            Assert.Equal(TraceOrigin.Lackey, reader.Header.Origin);
            Assert.Equal(["sort", "-k4,4", "--parallel=1", "w1", "w2", "-o", "o6"], reader.Header.Command.ToArray());
            Assert.Equal("valgrind 3.19.0, lackey", reader.Header.Recorder);
            Assert.Contains(reader.Header.Notes, note => note.Contains("window of 5 pages", StringComparison.Ordinal));
            Assert.Equal(result.Footer.Accesses, reader.ReadAll().OfType<AccessesEvent>().Sum(item => item.Accesses.Length));
            Assert.Single(Directory.GetFiles(directory));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Theory]
    [InlineData(" L 04001000\n")]
    [InlineData(" L 04001000,0\n")]
    [InlineData(" L xyz,8\n")]
    [InlineData(" X 04001000,8\n")]
    [InlineData("I  ffffffffffffffff,8\n")]
    [InlineData("SYSCALL[7,1](9) sys_mmap\n")]
    [InlineData("some output of the program\n")]
    public void A_line_that_is_none_of_lackeys_ends_the_import_with_its_number(string line)
    {
        TraceFormatException refusal = Assert.Throws<TraceFormatException>(() => ImportedText.Import("I  00401000,4\n" + line));
        Assert.Equal(2, refusal.Line);
        Assert.StartsWith("text: line 2: expected ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_of_valgrind_without_accesses_is_refused()
    {
        TraceFormatException refusal = Assert.Throws<TraceFormatException>(() => ImportedText.Import("==7== Memcheck, a memory error detector\n==7== Command: true\n"));
        Assert.Contains("--tool=lackey --trace-mem=yes", refusal.Message, StringComparison.Ordinal);
    }
}
