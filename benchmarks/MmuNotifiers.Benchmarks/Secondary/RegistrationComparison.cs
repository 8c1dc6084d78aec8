using MmuNotifiers.Benchmarks.Peers;

namespace MmuNotifiers.Benchmarks.Secondary;

/// <summary>The registration cache beside UCX' own, in turn: the quick run behind the figures of docs/performance.md.</summary>
internal static class RegistrationComparison
{
    private const double GoalAlone = 1.0 / 3;
    private const double GoalByTwo = 1.0 / 8;

    /// <summary>Prints the table.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="filter">Only paths that contain it are measured; empty for all.</param>
    internal static void Run(TextWriter output, string filter)
    {
        bool hasPeer = NativePeer.TryStart("rcache_peer.c", out NativePeer? peer, out string reason, "-lucs", "-lucm");
        output.WriteLine(hasPeer
            ? "UCX' registration cache (libucs), in turn with ours."
            : $"Without the peer: {reason}.");
        ComparisonTable table = new(peer, output, filter);
        table.PrintHeader("UCX");
        foreach (int threads in (int[])[1, 2])
        {
            foreach (int entries in (int[])[1, 64, 1024, 16384])
            {
                Measure(table, threads, entries, isSpread: false);
            }

            Measure(table, threads, 1024, isSpread: true);
            Measure(table, threads, 16384, isSpread: true);
        }

        using RegistrationMeasurement transfers = new(threads: 1, entries: 64, isSpread: true);
        table.Measure(new("registration cache: read of 8 bytes", transfers.Reads, null));
        using NetworkCardMeasurement card = new();
        table.Measure(new("network card: read of 8 bytes, hit", card.Hits, null));
        table.Measure(new("DMA: a page of 4 KiB, 64 KiB a request", card.Transfers, null));
        peer?.Dispose();
    }

    private static void Measure(ComparisonTable table, int threads, int entries, bool isSpread)
    {
        using RegistrationMeasurement measurement = new(threads, entries, isSpread);
        table.Measure(new(
            $"get + put, {threads} thread{(threads > 1 ? "s" : string.Empty)}, {entries} entries, {(isSpread ? "spread" : "one")}",
            measurement.Run,
            $"{threads} {entries} {(isSpread ? "spread" : "one")}",
            threads == 1 ? GoalAlone : GoalByTwo));
    }
}
