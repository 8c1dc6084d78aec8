using MmuNotifiers.Linux.Recording;

namespace MmuNotifiers.Linux.Tests.Recording;

/// <summary>Recording on this host, where it can.</summary>
[Collection(nameof(PerfRecorderTests))]
public sealed class PerfRecorderTests
{
    [Fact]
    public void The_faults_of_a_program_are_in_its_recording()
    {
        using PerfRecording recording = Record("/bin/true");
        Assert.Equal(0, recording.ExitCode);
        Assert.True(recording.HugePagesDisabled);
        List<string> lines = Lines(recording);
        Assert.Contains(lines, line => line.Contains("PERF_RECORD_COMM exec: true:", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("]: rw-p [stack]", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("exceptions:page_fault_user: address=0x", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("syscalls:sys_enter_mmap: addr: 0x", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("PERF_RECORD_EXIT", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("PERF_RECORD_LOST", StringComparison.Ordinal));
    }

    [Fact]
    public void The_exit_code_of_the_program_is_kept()
    {
        using PerfRecording recording = Record("/bin/sh", "-c", "exit 7");
        Assert.Equal(7, recording.ExitCode);
    }

    [Fact]
    public void Nothing_is_left_behind_by_a_recording()
    {
        string directory = Directory.CreateTempSubdirectory("mmun").FullName;
        try
        {
            RecordingResult result = PerfRecorder.Record(
                new RecordingOptions(["/bin/true"]) { TemporaryDirectory = directory }, TestContext.Current.CancellationToken);
            Assert.SkipUnless(result.Recording is not null, result.Failure ?? string.Empty);
            using (result.Recording)
            {
                Assert.Empty(Directory.GetFiles(directory));
                Assert.NotEmpty(Lines(result.Recording!));
            }

            Assert.Empty(Directory.GetFiles(directory));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task A_recording_that_is_stopped_keeps_what_it_has()
    {
        RequirePerf();
        string directory = Directory.CreateTempSubdirectory("mmun").FullName;
        try
        {
            using var watcher = new FileSystemWatcher(directory, "running") { EnableRaisingEvents = true };
            var running = new TaskCompletionSource();
            watcher.Created += (_, _) => running.TrySetResult();
            using var stop = new CancellationTokenSource();
            string[] command = ["/bin/sh", "-c", $"touch {directory}/running; exec sleep 600"];
            Task<RecordingResult> recording = Task.Run(
                () => PerfRecorder.Record(new RecordingOptions(command), stop.Token), TestContext.Current.CancellationToken);
            await running.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            await stop.CancelAsync();
            RecordingResult result = await recording.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            Assert.NotNull(result.Recording);
            using (result.Recording)
            {
                Assert.Contains(Lines(result.Recording), line => line.Contains("exceptions:page_fault_user", StringComparison.Ordinal));
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Theory]
    [InlineData("/no/such/command")]
    [InlineData("no-such-command")]
    [InlineData("/etc/passwd")]
    [InlineData("/etc")]
    public void A_command_that_cannot_be_run_is_a_failure_with_its_name(string command)
    {
        RequirePerf();
        RecordingResult result = PerfRecorder.Record(new RecordingOptions([command]), TestContext.Current.CancellationToken);
        Assert.Null(result.Recording);
        Assert.Contains(command, result.Failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 8192)]
    [InlineData(8, 8192)]
    [InlineData(64, 1024)]
    [InlineData(4096, 128)]
    public void The_buffers_of_all_processors_together_stay_bounded(int processors, int pages)
    {
        Assert.Equal(pages, RecordingOptions.DefaultBufferPages(processors));
    }

    private static PerfRecording Record(params string[] command)
    {
        RequirePerf();
        RecordingResult result = PerfRecorder.Record(new RecordingOptions(command), TestContext.Current.CancellationToken);
        Assert.Null(result.Failure);
        return result.Recording!;
    }

    private static void RequirePerf()
    {
        Assert.SkipUnless(HostCapabilities.Recording.IsAvailable, HostCapabilities.Recording.Reason ?? string.Empty);
    }

    private static List<string> Lines(PerfRecording recording)
    {
        var lines = new List<string>();
        TextReader text = recording.OpenText();
        while (text.ReadLine() is { } line)
        {
            lines.Add(line);
        }

        Assert.Null(recording.EndText());
        return lines;
    }
}
