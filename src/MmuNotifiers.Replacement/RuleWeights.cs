using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Replacement;

/// <summary>
/// Which rule chooses next: each as often as it deserves. A page that comes back soon after it went is a mistake of the rule that sent it away, the
/// worse the sooner, and costs that rule some of its weight.
/// </summary>
/// <remarks>
/// This is the multiplicative-weights scheme of LeCaR (Vietri et al., HotStorage 2018), with other experts. The weight is a hint: of two threads that
/// bring pages back at once, one may undo what the other learned.
/// </remarks>
internal sealed class RuleWeights
{
    private const double LearningRate = 0.45;

    /// <summary>What a mistake counts after one turnover, against 1 at once.</summary>
    private const double Discount = 0.005;

    private const double Least = 0.01;

    /// <summary>The weight of <see cref="VictimRule.Interval"/>, the other's is what is left to 1; as the bits of a number.</summary>
    private long _weight = BitConverter.DoubleToInt64Bits(0.5);

    /// <summary>What <see cref="VictimRule.Interval"/> has saved up. Used by the one who chooses.</summary>
    private double _saved;

    /// <summary>The weight of <see cref="VictimRule.Interval"/>, from 0 to 1.</summary>
    internal double Weight => BitConverter.Int64BitsToDouble(Shared.Read(in _weight, this));

    /// <summary>The rule that chooses next: both in turn, in the relation of their weights. One caller at a time.</summary>
    internal VictimRule Next()
    {
        _saved += Weight;
        if (_saved < 1)
        {
            return VictimRule.Recency;
        }

        _saved -= 1;
        return VictimRule.Interval;
    }

    /// <summary>A page has come back that a rule sent away.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="turnovers">How long ago, in turnovers of the pool.</param>
    internal void Regret(VictimRule rule, double turnovers)
    {
        double loss = Math.Exp(-LearningRate * Math.Pow(Discount, turnovers));
        double interval = Weight * (rule == VictimRule.Interval ? loss : 1);
        double recency = (1 - Weight) * (rule == VictimRule.Recency ? loss : 1);
        double weight = Math.Clamp(interval / (interval + recency), Least, 1 - Least);
        Shared.Write(ref _weight, BitConverter.DoubleToInt64Bits(weight), this);
    }

    /// <summary>Forgets what was learned.</summary>
    internal void Reset()
    {
        Shared.Write(ref _weight, BitConverter.DoubleToInt64Bits(0.5), this);
        _saved = 0;
    }
}
