using MmuNotifiers.Lab.Reports;

namespace MmuNotifiers.Lab.Comparison;

/// <summary>What the rounds of one row gave: the first one's counts, everybody's times.</summary>
internal sealed class RowSamples
{
    private readonly List<double> _nanoseconds = [];
    private readonly List<double> _bareNanoseconds = [];

    /// <summary>The first round's report; counts are the same in each.</summary>
    public ReplayReport? Counts { get; private set; }

    /// <summary>The median time of an operation.</summary>
    public double NsPerOperation => Median(_nanoseconds);

    /// <summary>The median time of an operation in the replays with nothing attached that came before.</summary>
    public double BareNsPerOperation => Median(_bareNanoseconds);

    /// <summary>The median of the rounds' overheads, in percent.</summary>
    public double OverheadPercent => Median([.. Overheads]);

    /// <summary>Half of the distance between the smallest and the largest overhead, in percentage points.</summary>
    public double NoisePercent => (Overheads.Max() - Overheads.Min()) / 2;

    private IEnumerable<double> Overheads => _nanoseconds.Zip(_bareNanoseconds, (with, without) => 100 * ((with / without) - 1));

    /// <summary>Adds a round.</summary>
    /// <param name="report">What the replay found.</param>
    /// <param name="bareNanoseconds">The time of an operation in the last replay with nothing attached.</param>
    public void Add(ReplayReport report, double bareNanoseconds)
    {
        Counts ??= report;
        _nanoseconds.Add(report.Cost.NsPerOperation);
        _bareNanoseconds.Add(bareNanoseconds);
    }

    /// <summary>The median of some values.</summary>
    public static double Median(IReadOnlyCollection<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
