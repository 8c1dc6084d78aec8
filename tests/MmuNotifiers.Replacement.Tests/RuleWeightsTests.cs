namespace MmuNotifiers.Replacement.Tests;

/// <summary>Rules choose as often as they deserve.</summary>
public sealed class RuleWeightsTests
{
    private static readonly VictimRule[] Rules = Enum.GetValues<VictimRule>();

    [Fact]
    public void All_rules_begin_alike_and_take_turns()
    {
        RuleWeights weights = new();
        Assert.Equal(RuleWeights.Rules, Rules.Length);
        int[] turns = new int[RuleWeights.Rules];
        for (int turn = 0; turn < 3000; turn++)
        {
            turns[(int)weights.Next()]++;
        }

        Assert.All(turns, count => Assert.InRange(count, 998, 1002));
    }

    [Fact]
    public void A_rule_that_errs_chooses_seldom_but_never_never()
    {
        RuleWeights weights = new();
        for (int mistake = 0; mistake < 1000; mistake++)
        {
            weights.Regret(VictimRule.Interval, turnovers: 0);
        }

        Assert.InRange(weights.WeightOf(VictimRule.Interval), 0.009, 0.011);
        Assert.InRange(weights.WeightOf(VictimRule.Recency), 0.49, 0.5);
        Assert.InRange(weights.WeightOf(VictimRule.Expectation), 0.49, 0.5);
        Assert.InRange(Enumerable.Range(0, 10_000).Count(_ => weights.Next() == VictimRule.Interval), 90, 110);
    }

    [Fact]
    public void An_early_mistake_costs_more_than_a_late_one()
    {
        RuleWeights early = new();
        RuleWeights late = new();
        early.Regret(VictimRule.Recency, turnovers: 0.01);
        late.Regret(VictimRule.Recency, turnovers: 0.9);
        Assert.True(early.WeightOf(VictimRule.Recency) < late.WeightOf(VictimRule.Recency));
        Assert.True(late.WeightOf(VictimRule.Recency) < 0.3334);
        Assert.Equal(1, Rules.Sum(early.WeightOf), 5);
    }
}
