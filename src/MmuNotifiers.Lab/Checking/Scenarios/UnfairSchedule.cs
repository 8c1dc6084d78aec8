using System.Globalization;
using System.Text.RegularExpressions;
using MmuNotifiers.Lab.Checking.Exploration;
using MmuNotifiers.Lab.Checking.Scheduling;

namespace MmuNotifiers.Lab.Checking;

/// <summary>
/// Tells threads that go on for ever because of the code from such that do so because the schedule never lets another one run: no real
/// scheduler would, so that is no violation.
/// </summary>
internal static partial class UnfairSchedule
{
    /// <summary>The name of a thread that could go on and made no step in the second half of an endless execution, or null.</summary>
    internal static string? Starved(RaceScenario scenario, ExplorationResult found)
    {
        if (found.Failure is not { Kind: FailureKind.Livelock } failure)
        {
            return null;
        }

        HashSet<byte> running = [.. found.Schedule.Processes.Skip(found.Schedule.Processes.Length / 2)];
        foreach (Match able in AbleThreads().Matches(failure.Message))
        {
            byte thread = byte.Parse(able.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            if (!running.Contains(thread))
            {
                return scenario.Threads[thread].Name;
            }
        }

        return null;
    }

    /// <summary>How the scheduler says of a thread that it waits for nothing.</summary>
    [GeneratedRegex(@"Thread (\d) is before")]
    private static partial Regex AbleThreads();
}
