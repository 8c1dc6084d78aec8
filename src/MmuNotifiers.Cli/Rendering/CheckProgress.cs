using MmuNotifiers.Cli.Infrastructure;
using MmuNotifiers.Lab.Checking.Catalogue;
using Spectre.Console;

namespace MmuNotifiers.Cli.Rendering;

/// <summary>Shows how far a run of the catalogue is, on standard error and only if that is a terminal.</summary>
internal static class CheckProgress
{
    /// <summary>Does some work and shows its progress meanwhile.</summary>
    public static CatalogueReport Show(CommandConsole console, int scenarios, Func<IProgress<CatalogueProgress>?, CatalogueReport> work)
    {
        if (!console.ErrorIsTerminal)
        {
            return work(null);
        }

        return console.Messages.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .Start(context => work(new Reporter(context.AddTask("checking", maxValue: scenarios))));
    }

    private sealed class Reporter(ProgressTask task) : IProgress<CatalogueProgress>
    {
        public void Report(CatalogueProgress value)
        {
            task.Description = Markup.Escape(value.Last.Name);
            task.Value = value.Done;
        }
    }
}
