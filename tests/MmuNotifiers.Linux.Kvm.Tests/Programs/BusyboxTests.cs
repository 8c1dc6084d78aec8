using System.Text;
using System.Text.Json;
using MmuNotifiers.Linux.Kvm.Programs;
using MmuNotifiers.Linux.Kvm.Programs.Loading;

namespace MmuNotifiers.Linux.Kvm.Tests.Programs;

/// <summary>
/// Busybox, unmodified, gives in a guest what it gives on the host, with all of its memory and with a quarter: through <c>mmun vm</c>, in a process of its
/// own.
/// </summary>
public sealed class BusyboxTests : IDisposable
{
    private const string Busybox = "busybox";
    private const int Lines = 30_000;

    private readonly string _directory = Directory.CreateTempSubdirectory("mmun-vm-").FullName;
    private readonly string _data;

    public BusyboxTests()
    {
        _data = Path.Combine(_directory, "data.txt");
        Random random = new(7);
        StringBuilder text = new();
        for (int line = 0; line < Lines; line++)
        {
            text.Append(random.Next()).Append(' ').Append(line % 17).Append(' ').Append((char)('a' + (line % 26)), (line % 40) + 1).Append('\n');
        }

        File.WriteAllText(_data, text.ToString());
    }

    public static TheoryData<string> Memories =>
    [
        "--frames 100%",
        "--frames 25% --backing anonymous",
        "--frames 25% --backing shared",
        "--frames 25% --swap lz4",
        "--frames 25% --swap faults+memory?writeErrors=50000&full=50000",
    ];

    [Theory]
    [MemberData(nameof(Memories))]
    public void A_program_prints_what_it_prints_on_the_host(string memory)
    {
        RequireBusybox();
        byte[] data = File.ReadAllBytes(_data);
        Same(memory, ["sort", "-n", _data]);
        Same(memory, ["sha256sum", _data]);
        Same(memory, ["awk", "{ s[$2] += $1; c[$3]++ } END { for (k in s) print k, s[k]; for (k in c) print k, c[k] }", _data]);
        byte[] packed = Same(memory, ["gzip", "-c"], data);
        Assert.Equal(data, Same(memory, ["gunzip", "-c"], packed));
    }

    [Theory]
    [InlineData("cat -n DATA")]
    [InlineData("wc DATA")]
    [InlineData("md5sum DATA")]
    [InlineData("sed -n s/1/x/gp DATA")]
    [InlineData("grep -c 77 DATA")]
    [InlineData("cut -d\u00a0 -f2 DATA")]
    [InlineData("tail -n 5 DATA")]
    [InlineData("tac DATA")]
    [InlineData("uniq -c DATA")]
    [InlineData("bzip2 -c DATA")]
    [InlineData("diff DATA /etc/passwd")]
    [InlineData("find /etc/ssl -name *.cnf")]
    [InlineData("ls -l DATA")]
    [InlineData("stat -c %s DATA")]
    [InlineData("factor 1234567890123456789")]
    [InlineData("dd if=DATA bs=1000 count=3 status=none")]
    [InlineData("false")]
    [InlineData("cat /no/such/file")]
    [InlineData("readlink -f DATA")]
    [InlineData("env")]
    public void Other_applets_print_the_same_and_end_the_same(string words)
    {
        RequireBusybox();
        string[] command = [.. words.Split(' ').Select(word => word.Replace("DATA", _data, StringComparison.Ordinal).Replace('\u00a0', ' '))];
        ChildProcess onHost = RunOnHost(command, input: null);
        using PlainGuestMemory memory = new(4096);
        using MemoryStream output = new();
        using MemoryStream error = new();
        using LinuxProgram program = LinuxProgram.Load(memory, new LinuxProgramOptions
        {
            Path = FindBusybox(), Arguments = [Busybox, .. command], Environment = ["A=1", "PATH=/usr/bin:/bin"], Output = output, Error = error,
        });
        ProgramEnd end = program.Run(TestContext.Current.CancellationToken);
        Assert.Equal((onHost.ExitCode, onHost.Text, onHost.Error), (end.Code, Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(error.ToArray())));
        Assert.Empty(program.Statistics.UnservedCalls);
    }

    [Fact]
    public void A_program_that_nobody_listens_to_ends_by_SIGPIPE()
    {
        RequireBusybox();
        ChildProcess shell = ChildProcess.Run(
            "/bin/sh", ["-c", "(dotnet \"$0\" vm -- busybox yes; echo $? >\"$1\") | head -n 2", Path.Combine(AppContext.BaseDirectory, "mmun.dll"), _directory + "/code"]);
        Assert.Equal("y\ny\n", shell.Text);
        Assert.Equal("141\n", File.ReadAllText(_directory + "/code"));
        Assert.Contains("SIGPIPE", shell.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_whose_page_the_store_lost_ends_by_SIGBUS_and_the_monitor_goes_on()
    {
        RequireBusybox();
        string[] words = ["vm", "--memory", "8M", "--frames", "10%", "--swap", "faults+memory?readErrors=300000", "--", Busybox, "sort", "-n", _data];
        ChildProcess inGuest = ChildProcess.RunManaged("mmun.dll", words);
        Assert.Equal(135, inGuest.ExitCode);
        string line = Assert.Single(inGuest.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("SIGBUS", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Statistics_are_told_as_JSON_in_a_file()
    {
        RequireBusybox();
        string file = Path.Combine(_directory, "stats.json");
        ChildProcess inGuest = ChildProcess.RunManaged(
            "mmun.dll", ["vm", "--memory", "8M", "--frames", "25%", "--json", "--stats", file, "--", Busybox, "sort", _data]);
        Assert.Equal((0, string.Empty), (inGuest.ExitCode, inGuest.Error));
        using JsonDocument told = JsonDocument.Parse(File.ReadAllText(file));
        Assert.Equal(0, told.RootElement.GetProperty("exitCode").GetInt32());
        JsonElement memory = told.RootElement.GetProperty("memory");
        Assert.Equal((2048, 512), (memory.GetProperty("pages").GetInt32(), memory.GetProperty("frames").GetInt32()));
        Assert.True(memory.GetProperty("evictions").GetInt64() > 0);
        Assert.Contains(told.RootElement.GetProperty("systemCalls").EnumerateArray(), call => call.GetProperty("name").GetString() == "read");
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static byte[] Same(string options, string[] words, byte[]? input = null)
    {
        ChildProcess onHost = RunOnHost(words, input);
        ChildProcess inGuest = ChildProcess.RunManaged("mmun.dll", ["vm", "--memory", "8M", .. options.Split(' '), "--", Busybox, .. words], input);
        Assert.Equal((onHost.ExitCode, onHost.Error), (inGuest.ExitCode, inGuest.Error));
        Assert.True(onHost.Output.AsSpan().SequenceEqual(inGuest.Output), $"{string.Join(' ', words)}: {inGuest.Text[..Math.Min(200, inGuest.Text.Length)]}");
        return inGuest.Output;
    }

    private static ChildProcess RunOnHost(string[] words, byte[]? input) =>
        ChildProcess.Run("/usr/bin/env", ["-i", "A=1", "PATH=/usr/bin:/bin", Busybox, .. words], input);

    private static string FindBusybox() => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':')
        .Select(directory => Path.Combine(directory, Busybox)).FirstOrDefault(File.Exists) ?? string.Empty;

    private static void RequireBusybox()
    {
        Host.RequireKvm();
        string path = FindBusybox();
        Assert.SkipUnless(path.Length > 0, "there is no busybox in PATH (Debian: apt-get install busybox-static)");
        bool isStatic = ElfImage.TryParse(File.ReadAllBytes(path), out string? problem) is not null;
        Assert.SkipUnless(isStatic, $"{path}: {problem}");
    }
}
