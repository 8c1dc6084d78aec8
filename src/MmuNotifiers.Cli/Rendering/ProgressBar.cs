using System.Globalization;
using MmuNotifiers.Cli.Infrastructure;
using MmuNotifiers.Lab.Replay;
using MmuNotifiers.Lab.Conformance.Fuzzing;
using MmuNotifiers.Primary;
using Spectre.Console;

namespace MmuNotifiers.Cli.Rendering;

/// <summary>Shows how far a replay is, on standard error and only if that is a terminal.</summary>
internal static class ProgressBar
{
    /// <summary>Does some work and shows its progress meanwhile.</summary>
    public static T Show<T>(CommandConsole console, string title, Func<IProgress<ReplayProgress>?, T> work)
    {
        if (!console.ErrorIsTerminal)
        {
            return work(null);
        }

        return console.Messages.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask(Markup.Escape(title));
                return work(new Reporter(task));
            });
    }

    /// <summary>Fuzzes and shows how far it is meanwhile.</summary>
    public static T ShowFuzzing<T>(CommandConsole console, Func<IProgress<FuzzProgress>?, T> work)
    {
        if (!console.ErrorIsTerminal)
        {
            return work(null);
        }

        return console.Messages.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask("fuzzing", maxValue: 1);
                return work(new FuzzReporter(task));
            });
    }

    /// <summary>Verifies a snapshot and shows how far it is meanwhile.</summary>
    public static T ShowVerifying<T>(CommandConsole console, Func<IProgress<SnapshotProgress>?, T> work)
    {
        if (!console.ErrorIsTerminal)
        {
            return work(null);
        }

        return console.Messages.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .Start(context => work(new VerifyReporter(context.AddTask("verifying"))));
    }

    /// <summary>Hands progress on at once, on the thread that makes it.</summary>
    private sealed class Reporter(ProgressTask task) : IProgress<ReplayProgress>
    {
        public void Report(ReplayProgress value)
        {
            task.MaxValue = Math.Max(1, value.Total);
            task.Value = value.Done;
        }
    }

    private sealed class VerifyReporter(ProgressTask task) : IProgress<SnapshotProgress>
    {
        public void Report(SnapshotProgress value)
        {
            task.MaxValue = Math.Max(1, value.TotalPages);
            task.Value = value.Pages;
        }
    }

    private sealed class FuzzReporter(ProgressTask task) : IProgress<FuzzProgress>
    {
        public void Report(FuzzProgress value)
        {
            task.Value = value.Fraction;
            task.Description = string.Create(
                CultureInfo.InvariantCulture, $"fuzzing: {value.Operations:N0} operations, {value.Mismatches} mismatches");
        }
    }
}
