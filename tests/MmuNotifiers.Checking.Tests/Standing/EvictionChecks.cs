using MmuNotifiers.Lab.Checking;

namespace MmuNotifiers.Checking.Tests.Standing;

/// <summary>Eviction against those who use the page meanwhile, each scenario explored until no interleaving is left.</summary>
public sealed class EvictionChecks
{
    [Fact]
    public void A_store_of_a_cpu_against_an_eviction() => StandingChecks.Exhaust(RaceScenario.WithoutSecondary().Pages(1)
        .Thread("CPU", t => t.Write(0))
        .Thread("reclaim", t => t.Evict(0)));
}
