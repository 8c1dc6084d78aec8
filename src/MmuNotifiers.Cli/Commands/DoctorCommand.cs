using System.CommandLine;
using System.Runtime.InteropServices;
using MmuNotifiers.Cli.Infrastructure;
using MmuNotifiers.Linux.Oracle;
using MmuNotifiers.Linux.Recording;
using Spectre.Console;

namespace MmuNotifiers.Cli.Commands;

/// <summary><c>mmun doctor</c>: what this host can do, and for each thing that it cannot, what is missing.</summary>
internal static class DoctorCommand
{
    public static Command Create(CommandConsole console)
    {
        Option<bool> json = CommonOptions.CreateJson();
        Option<string?> require = new("--require")
        {
            Description = "Exit with 3 if the host cannot do this: record, fuzz.",
            HelpName = "NAME",
        };
        Command command = new("doctor", "Show what this host can do, and what is missing for the rest.") { json, require };
        command.Run(console, parsed =>
        {
            DoctorAnswer answer = Examine();
            if (parsed.GetValue(json))
            {
                console.WriteJson(answer, CliJsonContext.Default.DoctorAnswer);
            }
            else
            {
                Show(console.Answers, answer);
            }

            return parsed.GetValue(require) is { } name ? Require(answer, name) : ExitCode.Fine;
        });
        return command;
    }

    private static DoctorAnswer Examine() => new(
        $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}, .NET {Environment.Version}",
        [Replaying(), Recording(), Fuzzing()]);

    /// <summary>Replay runs wherever .NET does; what decides is memory.</summary>
    private static DoctorCheck Replaying()
    {
        long bytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return new DoctorCheck("replay", true, $"{bytes >> 20} MiB of memory, {Environment.ProcessorCount} processors");
    }

    private static DoctorCheck Recording()
    {
        RecordingCapability capability = RecordingCapability.Probe();
        return new DoctorCheck("record", capability.IsAvailable, capability.Reason ?? capability.PerfVersion ?? "perf");
    }

    private static DoctorCheck Fuzzing()
    {
        OracleCapability capability = OracleCapability.Probe();
        string guest = capability.GuestReason is { } reason ? $"without a guest: {reason}" : "with a guest of the kernel's";
        return new DoctorCheck("fuzz", capability.IsAvailable, capability.Reason ?? guest);
    }

    private static ExitCode Require(DoctorAnswer answer, string name)
    {
        DoctorCheck? check = answer.Checks.FirstOrDefault(item => item.Name == name);
        return check switch
        {
            null => throw new CommandException(
                ExitCode.WrongUse, $"--require {name}: expected {string.Join(" or ", answer.Checks.Select(item => item.Name))}"),
            { Available: true } => ExitCode.Fine,
            _ => ExitCode.HostLacks,
        };
    }

    private static void Show(IAnsiConsole console, DoctorAnswer answer)
    {
        console.WriteLine(answer.Host);
        Grid grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
        foreach (DoctorCheck check in answer.Checks)
        {
            Style style = new(check.Available ? Color.Green : Color.Yellow);
            grid.AddRow(new Text(check.Name), new Text(check.Available ? "yes" : "no", style), new Text(check.Detail));
        }

        console.Write(grid);
    }
}
