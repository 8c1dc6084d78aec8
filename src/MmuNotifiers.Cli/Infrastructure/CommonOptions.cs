using System.CommandLine;

namespace MmuNotifiers.Cli.Infrastructure;

/// <summary>Options that more than one verb has.</summary>
internal static class CommonOptions
{
    /// <summary>The answer as JSON.</summary>
    public static Option<bool> CreateJson() => new("--json") { Description = "Write the answer to standard output as JSON (docs/cli.md)." };

    /// <summary>The file to make.</summary>
    public static Option<string> CreateOutput() => new("--output", "-o")
    {
        Description = "The file to make or to replace. It appears when it is complete, or not at all.",
        HelpName = "FILE",
        Required = true,
    };
}
