using System.Globalization;
using MmuNotifiers.Cli.Infrastructure;

namespace MmuNotifiers.Cli.Tests;

/// <summary>One run of the command in this process, with what it wrote.</summary>
/// <param name="Code">The exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record MmunRun(ExitCode Code, string Output, string Error)
{
    public static MmunRun Of(params string[] args)
    {
        using StringWriter output = new(CultureInfo.InvariantCulture);
        using StringWriter error = new(CultureInfo.InvariantCulture);
        using CommandConsole console = CommandConsole.ForWriters(output, error);
        int code = CommandLine.Run(args, console);
        return new MmunRun((ExitCode)code, output.ToString(), error.ToString());
    }

    /// <summary>The command refused with one line and wrote nothing else.</summary>
    public void RefusedWith(ExitCode code, string part)
    {
        Assert.Equal(code, Code);
        Assert.Empty(Output);
        Assert.StartsWith("mmun: ", Error, StringComparison.Ordinal);
        Assert.Contains(part, Error, StringComparison.Ordinal);
        Assert.Equal(1, Error.Count(c => c == '\n'));
        Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
    }
}
