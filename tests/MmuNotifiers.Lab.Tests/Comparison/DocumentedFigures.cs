using System.Globalization;
using System.Text;
using MmuNotifiers.Lab.Comparison;

namespace MmuNotifiers.Lab.Tests.Comparison;

/// <summary>The tables of docs/mm-or-vma.md, made of a comparison over the shipped recordings.</summary>
internal sealed class DocumentedFigures(ComparisonReport report)
{
    private const string Kvm = "KVM shadow MMU";
    private const string Card = "Quadrics NIC";

    /// <summary>Tables of counts, which are the same in each run, by name.</summary>
    public Dictionary<string, string> Counts => new(StringComparer.Ordinal)
    {
        ["calls"] = Matrix(row => string.Create(
            CultureInfo.InvariantCulture, $"{row.CallbacksPer1000Operations:F1} ({Share(row.UselessCallbacks, row.Callbacks)})")),
        ["vma"] = Vma(),
        ["ioproc"] = Ioproc(),
        ["look-ups"] = Matrix(row => string.Create(CultureInfo.InvariantCulture, $"{row.VmaLookUps:N0}")),
        ["prefetch"] = Prefetch(),
        ["memslot"] = Memslot(),
        ["fork"] = Fork(),
        ["placements"] = Placements(),
    };

    /// <summary>Tables of times, which are measured, by name.</summary>
    public Dictionary<string, string> Measurements => new(StringComparer.Ordinal)
    {
        ["cost"] = Matrix(row => string.Create(CultureInfo.InvariantCulture, $"{row.OverheadPercent:F0} ± {row.NoisePercent:F0}")),
        ["bare"] = Table(
            ["recording", "ns without notifiers", "noise", "ns with the shadow MMU on mm"],
            report.Traces.Select(trace => new[]
            {
                trace.Trace,
                Number((long)trace.NsPerOperationWithoutNotifiers),
                string.Create(CultureInfo.InvariantCulture, $"± {trace.NoisePercent:F0} %"),
                Number((long)Row(trace.Trace, "mm", Kvm).NsPerOperation),
            })),
    };

    private string Vma() => Table(
        ["recording", "calls, mm", "calls, vma", "fewer", "pages named, mm", "pages named, vma", "look-ups", "inserts", "splits", "merges", "moves", "removals"],
        report.Traces.Select(trace =>
        {
            ComparisonRow mm = Row(trace.Trace, "mm", Kvm);
            ComparisonRow vma = Row(trace.Trace, "vma", Kvm);
            return new[]
            {
                trace.Trace, Number(mm.Callbacks), Number(vma.Callbacks), Share(mm.Callbacks - vma.Callbacks, mm.Callbacks),
                Number(mm.PagesNamed), Number(vma.PagesNamed), Number(vma.VmaLookUps), Number(vma.UpkeepInserts), Number(vma.UpkeepSplits),
                Number(vma.UpkeepMerges), Number(vma.UpkeepMoves), Number(vma.UpkeepRemovals),
            };
        }));

    private string Ioproc() => Table(
        ["recording", "calls that unmapped several vmas", "vmas skipped", "forks", "stale, historical", "stale, every vma"],
        report.Traces.Select(trace => new[]
        {
            trace.Trace,
            Number(trace.UnmapsOverSeveralAreas),
            Number(Row(trace.Trace, "ioproc-historical", Card).SkippedVmas),
            Number(trace.Forks),
            Number(Row(trace.Trace, "ioproc-historical", Card).StaleAccesses),
            Number(Row(trace.Trace, "ioproc", Card).StaleAccesses),
        }));

    private string Prefetch() => Table(
        ["recording", "updates told", "faults without", "faults with", "saved", "prefetched, never used"],
        report.Traces.Select(trace =>
        {
            ComparisonRow with = Row(trace.Trace, "mm", Card);
            ComparisonRow without = Row(trace.Trace, "mm-v5", Card);
            return new[]
            {
                trace.Trace, Number(with.Updates), Number(without.DeviceFaults), Number(with.DeviceFaults), Number(with.FaultsSavedByPrefetch),
                Number(with.UpdatesNeverUsed),
            };
        }));

    private string Memslot() => Table(
        ["recording", "searches, mm", "searches, memslot", "calls, mm", "calls, memslot", "bytes, mm", "bytes, memslot"],
        report.Traces.Select(trace =>
        {
            ComparisonRow mm = Row(trace.Trace, "mm", Kvm);
            ComparisonRow slot = Row(trace.Trace, "memslot", Kvm);
            return new[]
            {
                trace.Trace, Number(mm.MemslotLookUps), Number(slot.MemslotLookUps), Number(mm.Callbacks), Number(slot.Callbacks),
                Number(mm.SubscriptionBytes), Number(slot.SubscriptionBytes),
            };
        }));

    private string Fork() => Table(
        ["recording", "forks", "device faults, reported", "device faults, not reported", "stale stores, not reported"],
        report.Traces.Where(trace => trace.Forks > 0).Select(trace => new[]
        {
            trace.Trace,
            Number(trace.Forks),
            Number(Row(trace.Trace, "ioproc", Kvm).DeviceFaults),
            Number(Row(trace.Trace, "ioproc-historical", Kvm).DeviceFaults),
            Number(Row(trace.Trace, "ioproc-historical", Kvm).StaleAccesses),
        }));

    private string Placements() => Table(
        ["placement", "calls per 1,000", "for nothing", "pages named", "pages freed early", "stale accesses"],
        new[] { "mm-v2", "mm-v2-pinned", "mm-v5", "mm" }.Select(name =>
        {
            ComparisonRow row = report.Summary.Single(one => one.Attachment == name && one.Secondary == Kvm);
            return new[]
            {
                name, row.CallbacksPer1000Operations.ToString("F1", CultureInfo.InvariantCulture), Share(row.UselessCallbacks, row.Callbacks),
                Number(row.PagesNamed), Number(row.FreedBeforeTold), Number(row.StaleAccesses),
            };
        }));

    /// <summary>A table of attachments and secondaries, the recordings taken together.</summary>
    private string Matrix(Func<ComparisonRow, string> cell) => Table(
        ["attachment", .. report.Settings.Secondaries],
        report.Settings.Attachments.Select(attachment => (string[])
        [
            attachment,
            .. report.Settings.Secondaries.Select(secondary =>
                report.Summary.FirstOrDefault(row => row.Attachment == attachment && row.Secondary == secondary) is { } row ? cell(row) : "-"),
        ]));

    private ComparisonRow Row(string trace, string attachment, string secondary) =>
        report.Rows.Single(row => row.Trace == trace && row.Attachment == attachment && row.Secondary == secondary);

    private static string Table(string[] columns, IEnumerable<string[]> rows)
    {
        StringBuilder text = new();
        text.AppendLine($"| {string.Join(" | ", columns)} |");
        text.AppendLine($"|---|{string.Concat(columns.Skip(1).Select(_ => "---:|"))}");
        foreach (string[] row in rows)
        {
            text.AppendLine($"| {string.Join(" | ", row)} |");
        }

        return text.ToString().ReplaceLineEndings("\n").TrimEnd();
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Share(long part, long whole) =>
        whole == 0 ? "-" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / whole:F0} %");
}
