using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Replacement;

/// <summary>
/// Which rule chooses next: each as often as it deserves. A page that comes back soon after it went is a mistake of the rule that sent it away, the
/// worse the sooner, and costs that rule some of its weight.
/// </summary>
/// <remarks>
/// This is the multiplicative-weights scheme of LeCaR (Vietri et al., HotStorage 2018), with other experts. The weights are a hint: of two threads that
/// bring pages back at once, one may undo what the other learned.
/// </remarks>
internal sealed class RuleWeights
{
    /// <summary>How many rules there are.</summary>
    internal const int Rules = 3;

    private const double LearningRate = 0.9;

    /// <summary>What a mistake counts after one turnover, against 1 at once.</summary>
    private const double Discount = 0.005;

    private const double Least = 0.01;

    /// <summary>The bits of one weight in <see cref="_weights"/>.</summary>
    private const int WeightBits = 21;

    /// <summary>The weights, packed into one word: who reads sees those of one moment.</summary>
    private long _weights = Pack([1.0 / Rules, 1.0 / Rules, 1.0 / Rules]);

    /// <summary>What each rule has saved up. Used by the one who chooses.</summary>
    private readonly double[] _saved = new double[Rules];

    /// <summary>The weight of a rule, from 0 to 1.</summary>
    internal double WeightOf(VictimRule rule) => WeightIn(Shared.Read(in _weights, this), (int)rule);

    /// <summary>The rule that chooses next: all in turn, in the relation of their weights. One caller at a time.</summary>
    internal VictimRule Next()
    {
        long weights = Shared.Read(in _weights, this);
        int richest = 0;
        for (int rule = 0; rule < Rules; rule++)
        {
            _saved[rule] += WeightIn(weights, rule);
            richest = _saved[rule] > _saved[richest] ? rule : richest;
        }

        _saved[richest]--;
        return (VictimRule)richest;
    }

    /// <summary>A page has come back that a rule sent away.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="turnovers">How long ago, in turnovers of the pool.</param>
    internal void Regret(VictimRule rule, double turnovers)
    {
        long before = Shared.Read(in _weights, this);
        Span<double> weights = stackalloc double[Rules];
        for (int each = 0; each < Rules; each++)
        {
            weights[each] = WeightIn(before, each);
        }

        weights[(int)rule] *= Math.Exp(-LearningRate * Math.Pow(Discount, turnovers));
        Normalise(weights);
        foreach (ref double weight in weights)
        {
            weight = Math.Max(weight, Least);
        }

        Normalise(weights);
        Shared.Write(ref _weights, Pack(weights), this);
    }

    /// <summary>Forgets what was learned.</summary>
    internal void Reset()
    {
        Shared.Write(ref _weights, Pack([1.0 / Rules, 1.0 / Rules, 1.0 / Rules]), this);
        Array.Clear(_saved);
    }

    private static void Normalise(Span<double> weights)
    {
        double sum = 0;
        foreach (double weight in weights)
        {
            sum += weight;
        }

        foreach (ref double weight in weights)
        {
            weight /= sum;
        }
    }

    private static double WeightIn(long weights, int rule) => (double)((weights >> (rule * WeightBits)) & ((1 << WeightBits) - 1)) / ((1 << WeightBits) - 1);

    private static long Pack(ReadOnlySpan<double> weights)
    {
        long packed = 0;
        for (int rule = 0; rule < Rules; rule++)
        {
            packed |= (long)Math.Round(weights[rule] * ((1 << WeightBits) - 1)) << (rule * WeightBits);
        }

        return packed;
    }
}
