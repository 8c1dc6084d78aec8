using MmuNotifiers.Lab.Traces;
using MmuNotifiers.Linux.Recording;

namespace MmuNotifiers.Cli.Recording;

/// <summary>From a command to a trace file: perf records, perf script makes text of it, the lab's importer makes a trace of that.</summary>
internal static class RecordingPipeline
{
    /// <summary>Records a command. The trace file appears when it is complete, or not at all.</summary>
    /// <param name="options">What to record.</param>
    /// <param name="outputPath">The trace file to make or to replace.</param>
    /// <param name="notes">Sentences for the head of the trace.</param>
    /// <param name="stop">Ends the recording early; what was recorded up to then counts.</param>
    /// <exception cref="IOException">The output cannot be written.</exception>
    public static RecordingOutcome Record(RecordingOptions options, string outputPath, IEnumerable<string> notes, CancellationToken stop = default)
    {
        RecordingResult result = PerfRecorder.Record(options, stop);
        if (result.Recording is not { } recording)
        {
            return new RecordingOutcome(null, result.Failure, 0);
        }

        using (recording)
        {
            TextReader text = recording.OpenText();
            if (text.Peek() < 0)
            {
                return new RecordingOutcome(null, "perf recorded nothing: the command did not start.", recording.ExitCode);
            }

            TraceImportResult import = TraceImporter.Import(
                text,
                "perf script",
                outputPath,
                new TraceImportOptions { Header = HeaderOf(options, recording, notes), SizeOfFile = SizeOfFile });
            return new RecordingOutcome(import, recording.EndText(), recording.ExitCode);
        }
    }

    private static TraceHeader HeaderOf(RecordingOptions options, PerfRecording recording, IEnumerable<string> notes) => new()
    {
        Origin = TraceOrigin.Perf,
        Command = [.. options.Command],
        RecordedAt = recording.BeganAt,
        Recorder = recording.PerfVersion,
        Notes = [.. notes],
        Host = new TraceHost
        {
            Kernel = recording.Host.Kernel,
            Architecture = recording.Host.Architecture,
            Processors = recording.Host.Processors,
            PageSizeBytes = recording.Host.PageSizeBytes,
            FaultAroundBytes = recording.Host.FaultAroundBytes,
            TransparentHugePages = recording.Host.TransparentHugePages,
            HugePagesDisabledForProgram = recording.HugePagesDisabled,
        },
    };

    private static ulong? SizeOfFile(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? (ulong)file.Length : null;
    }
}
