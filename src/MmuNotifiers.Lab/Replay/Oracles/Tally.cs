using System.Collections.Immutable;
using System.Globalization;
using MmuNotifiers.Lab.Reports;
using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Lab.Replay.Oracles;

/// <summary>Counts by cause, each with its first case.</summary>
internal sealed class Tally
{
    private readonly Dictionary<string, (long Count, string Explanation, string Example)> _causes = [];

    /// <summary>Counts one case.</summary>
    /// <param name="cause">The cause's name.</param>
    /// <param name="explanation">The cause in a sentence.</param>
    /// <param name="item">The event.</param>
    /// <param name="detail">What is particular to this case; asked for the first one only.</param>
    public void Add(string cause, string explanation, TraceEvent item, Func<string> detail)
    {
        if (_causes.TryGetValue(cause, out (long Count, string Explanation, string Example) known))
        {
            _causes[cause] = known with { Count = known.Count + 1 };
            return;
        }

        string example = string.Create(
            CultureInfo.InvariantCulture, $"process {item.ProcessId} at {item.Nanoseconds / 1e9:F6} s: {detail()}");
        _causes.Add(cause, (1, explanation, example));
    }

    /// <summary>The causes, the most frequent first.</summary>
    public ImmutableArray<MismatchCount> ToCounts() =>
        [.. _causes.Select(pair => new MismatchCount(pair.Key, pair.Value.Count, pair.Value.Explanation, pair.Value.Example))
            .OrderByDescending(row => row.Count).ThenBy(row => row.Cause, StringComparer.Ordinal)];
}
