using System.Globalization;
using System.Text.Json;
using MmuNotifiers.Cli.Infrastructure;

namespace MmuNotifiers.Cli.Commands;

/// <summary>Where <c>mmun vm</c> tells what a program did: standard output is the program's.</summary>
internal sealed class VmStatistics
{
    private const string StandardError = "stderr";
    private readonly string? _path;
    private readonly bool _asJson;

    private VmStatistics(string? path, bool asJson)
    {
        _path = path;
        _asJson = asJson;
    }

    /// <summary>Reads the options.</summary>
    /// <returns>Null if nothing is to be told.</returns>
    /// <exception cref="CommandException">The file cannot be written.</exception>
    public static VmStatistics? Parse(string? target, bool asJson) => (target, asJson) switch
    {
        (null, false) => null,
        (null or StandardError, _) => new VmStatistics(null, asJson),
        _ => new VmStatistics(OutputFile.Require(target), asJson),
    };

    /// <summary>Tells it.</summary>
    public void Write(CommandConsole console, VmAnswer answer)
    {
        string text = _asJson ? JsonSerializer.Serialize(answer, CliJsonContext.Default.VmAnswer) : string.Join(Environment.NewLine, ToLines(answer));
        if (_path is null)
        {
            console.Error.WriteLine(text);
        }
        else
        {
            OutputFile.Guard(_path, () => File.WriteAllText(_path, text + Environment.NewLine));
        }
    }

    private static IEnumerable<string> ToLines(VmAnswer answer)
    {
        VmMemoryAnswer memory = answer.Memory;
        yield return Line($"ended: {(answer.Signal is null ? $"exit code {answer.ExitCode}" : $"{answer.Signal}: {answer.Reason}")}");
        yield return Line($"time: {answer.Seconds:0.000} s, {answer.ProcessorSeconds:0.000} s of processor time");
        yield return Line($"guest: {answer.Exits} exits, {answer.PageFaults} page faults, {answer.ForgottenTranslations} times translations forgotten");
        yield return Line($"system calls: {Join(answer.SystemCalls)}");
        if (answer.UnservedCalls.Length > 0)
        {
            yield return Line($"not served (ENOSYS): {Join(answer.UnservedCalls)}");
        }

        yield return Line($"memory: {memory.Pages} pages of which {answer.PeakPages} were used, {memory.Frames} frames");
        yield return Line($"paging: {memory.MissingFaults} faults, {memory.ZeroFills} zeroed, {memory.Evictions} evictions, {memory.Writes} written");
        yield return Line($"        {memory.SwapIns} swapped in, {memory.ReadAheads} read ahead, {memory.ProtectFaults} write faults");
        yield return Line($"        a fault takes {memory.HandlingMedianMicroseconds:0} us here, 99 of 100 at most {memory.Handling99Microseconds:0} us");
        foreach (string failure in memory.Failures)
        {
            yield return Line($"failure: {failure}");
        }
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Join(IEnumerable<MmuNotifiers.Linux.Kvm.Programs.SystemCallCount> calls) =>
        string.Join(", ", calls.Select(call => $"{call.Count} {call.Name}"));
}
