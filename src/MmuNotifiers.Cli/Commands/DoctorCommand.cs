using System.CommandLine;
using System.Runtime.InteropServices;
using MmuNotifiers.Cli.Infrastructure;
using MmuNotifiers.Cli.Rendering;
using MmuNotifiers.Linux;

namespace MmuNotifiers.Cli.Commands;

/// <summary><c>mmun doctor</c>: what this host can do, and for each thing that it cannot, what is missing.</summary>
internal static class DoctorCommand
{
    public static Command Create(CommandConsole console)
    {
        Option<bool> json = CommonOptions.CreateJson();
        Option<string?> require = new("--require")
        {
            Description = "Exit with 3 if the host lacks this: a group (record, fuzz, ...) or a single thing (perf, uffd-move, ...).",
            HelpName = "NAME",
        };
        Command command = new("doctor", "Show what this host can do, and what is missing for the rest.") { json, require };
        command.Run(console, parsed =>
        {
            DoctorAnswer answer = new(Describe(), [Replaying(), .. HostCapabilities.Groups.Select(ToGroup)]);
            ExitCode code = parsed.GetValue(require) is { } name ? Require(answer, name) : ExitCode.Fine;
            if (parsed.GetValue(json))
            {
                console.WriteJson(answer, CliJsonContext.Default.DoctorAnswer);
            }
            else
            {
                DoctorView.Show(console.Answers, answer);
            }

            return code;
        });
        return command;
    }

    private static string Describe()
    {
        string kernel = OperatingSystem.IsLinux() ? $", Linux {Environment.OSVersion.Version}" : string.Empty;
        return $"{RuntimeInformation.OSDescription}{kernel}, {RuntimeInformation.OSArchitecture}, .NET {Environment.Version}";
    }

    /// <summary>Replay runs wherever .NET does; what decides is memory.</summary>
    private static DoctorGroup Replaying()
    {
        long bytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return new DoctorGroup("replay", "replays, comparisons, the race checker: wherever .NET runs", true, null,
        [
            new DoctorCheck("memory", true, true, $"{bytes >> 20} MiB"),
            new DoctorCheck("processors", true, true, $"{Environment.ProcessorCount}"),
        ]);
    }

    private static DoctorGroup ToGroup(HostCapabilityGroup group) => new(
        group.Verdict.Name, group.Purpose, group.Verdict.IsAvailable, group.Verdict.Reason,
        [.. group.Required.Select(part => ToCheck(part, isRequired: true)), .. group.Optional.Select(part => ToCheck(part, isRequired: false))]);

    private static DoctorCheck ToCheck(HostCapability part, bool isRequired) => new(part.Name, part.IsAvailable, isRequired, part.Reason ?? part.Detail);

    private static ExitCode Require(DoctorAnswer answer, string name) => answer.IsAvailable(name) switch
    {
        null => throw new CommandException(
            ExitCode.WrongUse, $"--require {name}: expected {string.Join(", ", answer.Groups.Select(group => group.Name))}, or the name of a line below one of them"),
        true => ExitCode.Fine,
        false => ExitCode.HostLacks,
    };
}
