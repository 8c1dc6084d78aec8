using System.CommandLine;
using System.Globalization;
using MmuNotifiers.Cli.Infrastructure;
using MmuNotifiers.Cli.Rendering;
using MmuNotifiers.Lab.Conformance.Fuzzing;
using MmuNotifiers.Lab.Conformance.Kernel;
using MmuNotifiers.Linux;
using MmuNotifiers.Linux.Oracle;

namespace MmuNotifiers.Cli.Commands;

/// <summary><c>mmun fuzz</c>: plays made-up cases here and on the running kernel. Exits with 1 if one ends otherwise here.</summary>
internal static class FuzzCommand
{
    private const double MostSeconds = 1e6;

    public static Command Create(CommandConsole console)
    {
        Option<double> seconds = new("--seconds")
        {
            Description = "How long; no case is begun after it.",
            HelpName = "N",
            DefaultValueFactory = _ => 10,
        };
        Option<int> seed = new("--seed")
        {
            Description = "The seed of the first case; the same seed makes the same cases.",
            HelpName = "S",
            DefaultValueFactory = _ => 1,
        };
        Option<long?> operations = new("--operations")
        {
            Description = "Stop after so many operations; without --seconds the time does not matter.",
            HelpName = "N",
        };
        Option<bool> noGuest = new("--no-guest") { Description = "Repeat no access through a guest of the kernel's, even if it could." };
        Option<bool> json = CommonOptions.CreateJson();
        Command command = new("fuzz", "Play made-up cases here and on the running kernel, and compare every outcome.")
        {
            seconds, seed, operations, noGuest, json,
        };
        command.Run(console, parsed =>
        {
            if (HostCapabilities.KernelOracle.Reason is { } reason)
            {
                throw new CommandException(ExitCode.HostLacks, reason);
            }

            string? guestReason = parsed.GetValue(noGuest) ? "not wanted (--no-guest)" : HostCapabilities.KernelOracleGuest.Reason;
            long? most = parsed.GetValue(operations);
            bool isTimed = most is null || parsed.GetResult(seconds) is { Implicit: false };
            FuzzOptions options = new()
            {
                Seed = parsed.GetValue(seed),
                Duration = isTimed ? ParseSeconds(parsed.GetValue(seconds)) : TimeSpan.MaxValue,
                MaxOperations = ParseOperations(most),
                Devices = guestReason is null ? KernelDevices.Guest : KernelDevices.UserPages,
            };
            FuzzAnswer answer = Fuzz(console, options, guestReason);
            if (parsed.GetValue(json))
            {
                console.WriteJson(answer, CliJsonContext.Default.FuzzAnswer);
            }
            else
            {
                Show(console, answer);
            }

            return answer.Mismatches.Count == 0 ? ExitCode.Fine : ExitCode.Violation;
        });
        return command;
    }

    private static FuzzAnswer Fuzz(CommandConsole console, FuzzOptions options, string? guestReason)
    {
        using KernelOracle oracle = StartOracle();
        DifferentialFuzzer fuzzer = new(oracle.Questions, oracle.Answers, options);
        FuzzReport report = ProgressBar.ShowFuzzing(console, progress => fuzzer.Run(progress, console.Cancelled));
        return new FuzzAnswer(
            Environment.OSVersion.Version.ToString(), guestReason, report.Seed, report.Cases, report.Operations, report.Comparisons,
            report.DeviceAccesses, report.Seconds, report.OperationsPerSecond, report.Mismatches);
    }

    private static KernelOracle StartOracle()
    {
        try
        {
            return KernelOracle.Start();
        }
        catch (InvalidOperationException refused)
        {
            throw new CommandException(ExitCode.HostLacks, refused.Message, refused);
        }
    }

    private static TimeSpan ParseSeconds(double seconds) => seconds is > 0 and <= MostSeconds
        ? TimeSpan.FromSeconds(seconds)
        : throw new CommandException(ExitCode.WrongUse, $"--seconds {seconds}: expected a number above 0, at most {MostSeconds}");

    private static long ParseOperations(long? operations) => operations switch
    {
        null => long.MaxValue,
        > 0 => operations.Value,
        _ => throw new CommandException(ExitCode.WrongUse, $"--operations {operations}: expected a number above 0"),
    };

    private static void Show(CommandConsole console, FuzzAnswer answer)
    {
        foreach (FuzzMismatch mismatch in answer.Mismatches)
        {
            console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"# seed {mismatch.Seed}, {mismatch.Operations} operations: {mismatch.Difference.ReplaceLineEndings(" ")}"));
            console.WriteLine(mismatch.Case);
        }

        string guest = answer.GuestReason is { } reason ? $"no guest: {reason}" : "with a guest of the kernel's";
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{answer.Operations:N0} operations in {answer.Cases:N0} cases, {answer.OperationsPerSecond:N0} a second, {answer.Comparisons:N0} outcomes and {answer.DeviceAccesses:N0} device accesses compared ({guest}): {answer.Mismatches.Count} mismatches"));
    }
}
