using System.Globalization;

namespace MmuNotifiers.Lab.Tests.Conformance.Traffic;

/// <summary>What both sides said of one operation, in pages relative to the window.</summary>
/// <param name="Experiment">The operation.</param>
/// <param name="Kernel">The kernel's events, in order: first page, end.</param>
/// <param name="Ours">Our brackets.</param>
/// <param name="Changed">The pages whose translations the kernel changed.</param>
internal sealed record TrafficRow(
    TrafficExperiment Experiment, IReadOnlyList<(long Start, long End)> Kernel, IReadOnlyList<(long Start, long End)> Ours, IReadOnlyList<long> Changed)
{
    /// <summary>Pages that the kernel changed and that we did not name: there must be none.</summary>
    internal IEnumerable<long> Missed => Changed.Where(page => !Ours.Any(range => page >= range.Start && page < range.End));

    /// <summary>How what we name relates to what the kernel names.</summary>
    internal string Relation
    {
        get
        {
            HashSet<long> kernel = PagesOf(Kernel);
            HashSet<long> ours = PagesOf(Ours);
            return ours.SetEquals(kernel) ? Ours.Count < Kernel.Count ? "equal, fewer" : Ours.Count > Kernel.Count ? "equal, more" : "equal"
                : ours.IsSubsetOf(kernel) ? "tighter"
                : ours.IsSupersetOf(kernel) ? "wider" : "otherwise";
        }
    }

    /// <summary>The row of the table.</summary>
    public override string ToString() => $"| {Experiment.Name} | {Describe(Kernel)} | {Describe(Ours)} | {Relation} | {Experiment.Why} |";

    private static HashSet<long> PagesOf(IReadOnlyList<(long Start, long End)> ranges) =>
        [.. ranges.SelectMany(range => Enumerable.Range(0, (int)(range.End - range.Start)).Select(page => range.Start + page))];

    private static string Describe(IReadOnlyList<(long Start, long End)> ranges)
    {
        if (ranges.Count == 0)
        {
            return "none";
        }

        IEnumerable<string> groups = ranges.GroupBy(range => range).Select(group => string.Create(
            CultureInfo.InvariantCulture, $"[{group.Key.Start}, {group.Key.End}){(group.Count() > 1 ? $" x{group.Count()}" : string.Empty)}"));
        return string.Join(", ", groups);
    }
}
