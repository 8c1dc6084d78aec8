using System.Collections.Immutable;
using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Cli.Commands;

/// <summary>What <c>mmun record</c> and <c>mmun import</c> answer.</summary>
/// <param name="Output">The trace that was made.</param>
/// <param name="LengthBytes">Its length.</param>
/// <param name="Header">What stands at its head.</param>
/// <param name="Footer">What stands at its end: the counts.</param>
/// <param name="Remarks">What was passed over or assumed, one sentence each.</param>
/// <param name="ProgramExitCode">The exit code of the recorded program; null for an import.</param>
internal sealed record ConversionAnswer(
    string Output,
    long LengthBytes,
    TraceHeader Header,
    TraceFooter Footer,
    ImmutableArray<string> Remarks,
    int? ProgramExitCode)
{
    /// <summary>Makes the answer to a conversion that has written its output.</summary>
    public static ConversionAnswer Of(string output, TraceImportResult import, int? programExitCode) =>
        new(output, new FileInfo(output).Length, import.Header, import.Footer, import.Remarks, programExitCode);

    /// <summary>The answer in sentences.</summary>
    public IEnumerable<string> ToLines()
    {
        foreach (string remark in Remarks)
        {
            yield return remark;
        }

        if (ProgramExitCode is { } code and not 0)
        {
            yield return $"the program ended with exit code {code}";
        }

        yield return $"{Output}: {LengthBytes} bytes, {Footer.Events} events, {Footer.PageFaults} page faults, {Footer.SystemCalls} system calls, "
            + $"{Footer.Processes} processes, {Footer.LostEvents} events lost";
    }
}
