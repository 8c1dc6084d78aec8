using MmuNotifiers.Lab.Checking.Scheduling;

namespace MmuNotifiers.Checking.Tests.Exploration;

/// <summary>A search that collects the outcomes of the executions that it makes.</summary>
internal sealed class OutcomeSearch(ISearch search, Func<string> outcome) : ISearch
{
    /// <summary>The outcomes, each once.</summary>
    internal SortedSet<string> Outcomes { get; } = [];

    public bool TryBegin() => search.TryBegin();

    public int Choose(CooperativeScheduler scheduler) => search.Choose(scheduler);

    public void End(CooperativeScheduler scheduler)
    {
        search.End(scheduler);
        if (!scheduler.IsGivenUp)
        {
            Outcomes.Add(scheduler.Failure is { } failure ? $"{failure.Kind}: {failure.Message} {outcome()}" : outcome());
        }
    }
}
