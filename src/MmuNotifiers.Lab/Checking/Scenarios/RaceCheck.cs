using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking;

/// <summary>
/// Runs a secondary MMU against every interleaving with its primary that matters, on the production code of both, and draws the one that
/// breaks the protocol.
/// </summary>
/// <remarks>
/// The process must be under the checker from its start: put
/// <c>&lt;RuntimeHostConfigurationOption Include="MmuNotifiers.Checking" Value="true" /&gt;</c> into the test project. What the secondary
/// shares between threads it must access through <see cref="Shared"/> and the locks beside it: only these are points at which another thread
/// can come between.
/// </remarks>
public static class RaceCheck
{
    /// <summary>Whether the process can explore at all.</summary>
    public static bool IsAvailable => Shared.Controlled;

    /// <summary>
    /// Puts the process under the checker, as the switch of the project file does. Only as the first thing that a process does with the
    /// library: what has run before is not under control any more.
    /// </summary>
    /// <returns>Whether the process is under the checker.</returns>
    public static bool TryEnable()
    {
        AppContext.SetSwitch(Shared.SwitchName, true);
        return IsAvailable;
    }

    /// <summary>Explores a scenario. Blocks until the search is over.</summary>
    /// <param name="scenario">What runs.</param>
    /// <param name="options">How to search; null for every interleaving.</param>
    /// <exception cref="InvalidOperationException">The process was not started with the switch that puts it under the checker.</exception>
    /// <exception cref="ArgumentException">The scenario has no thread.</exception>
    public static RaceCheckResult Explore(RaceScenario scenario, RaceCheckOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        if (scenario.Threads.IsEmpty)
        {
            throw new ArgumentException("A race needs threads: the scenario has none.", nameof(scenario));
        }

        if (!IsAvailable)
        {
            throw new InvalidOperationException(
                $"The process is not under the race checker. Put <RuntimeHostConfigurationOption Include=\"{Shared.SwitchName}\" Value=\"true\" /> into its project file.");
        }

        return new ScenarioSearch(scenario, options ?? new RaceCheckOptions()).Run();
    }
}
