namespace MmuNotifiers.Linux.Kvm.Programs.SystemCalls;

/// <summary>How often each call was made, and which were refused because this monitor does not serve them. Not safe from several threads.</summary>
internal sealed class SystemCallCounts
{
    /// <summary>A program that makes up numbers does not make this grow without end.</summary>
    private const int MostNumbers = 1024;

    private readonly Dictionary<ulong, long> _calls = [];
    private readonly Dictionary<ulong, long> _unserved = [];

    /// <summary>All calls.</summary>
    public long Total { get; private set; }

    /// <summary>Counts a call.</summary>
    public void Add(ulong number)
    {
        Total++;
        Add(_calls, number);
    }

    /// <summary>Counts a call that is not served.</summary>
    public void AddUnserved(ulong number) => Add(_unserved, number);

    /// <summary>The calls by name, the most frequent first.</summary>
    public IReadOnlyList<SystemCallCount> Read() => Read(_calls);

    /// <summary>The calls that are not served, by name, the most frequent first.</summary>
    public IReadOnlyList<SystemCallCount> ReadUnserved() => Read(_unserved);

    private static void Add(Dictionary<ulong, long> counts, ulong number)
    {
        if (counts.TryGetValue(number, out long count) || counts.Count < MostNumbers)
        {
            counts[number] = count + 1;
        }
    }

    private static SystemCallCount[] Read(Dictionary<ulong, long> counts) =>
    [
        .. counts.Select(pair => new SystemCallCount(SystemCallNames.NameOf(pair.Key), pair.Value))
            .OrderByDescending(item => item.Count).ThenBy(item => item.Name, StringComparer.Ordinal),
    ];
}
