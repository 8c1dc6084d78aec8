using System.Globalization;
using MmuNotifiers.Cli.Infrastructure;
using Spectre.Console;

namespace MmuNotifiers.Cli.Rendering;

/// <summary>Shows how many lines of a text were read, whose length nobody knows: on standard error and only if that is a terminal.</summary>
internal static class LineProgress
{
    /// <summary>Does some work and shows its progress meanwhile.</summary>
    public static T Show<T>(CommandConsole console, string title, Func<IProgress<long>?, T> work)
    {
        if (!console.ErrorIsTerminal)
        {
            return work(null);
        }

        return console.Messages.Status().Start(
            Markup.Escape(title), context => work(new Reporter(lines => context.Status = string.Create(CultureInfo.InvariantCulture, $"{title}: {lines:N0} lines"))));
    }

    /// <summary>Hands progress on at once, on the thread that makes it.</summary>
    private sealed class Reporter(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }
}
