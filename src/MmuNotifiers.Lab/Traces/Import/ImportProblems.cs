using System.Globalization;

namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>Counts what an importer passed over, by cause.</summary>
internal sealed class ImportProblems
{
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    public void Count(string cause) => Add(cause, 1);

    public void Add(string cause, long count) => _counts[cause] = _counts.GetValueOrDefault(cause) + count;

    /// <summary>One sentence for each cause.</summary>
    public IEnumerable<string> Sentences =>
        _counts.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Key}: {entry.Value}"));
}
