using MmuNotifiers.Benchmarks.Peers;
using static MmuNotifiers.Benchmarks.Peers.Sampling;

namespace MmuNotifiers.Benchmarks.Primary;

/// <summary>The primary's paths beside the running kernel's, against their goals: the quick run behind the figures of docs/performance.md.</summary>
internal static class PrimaryComparison
{
    private const int WarmRounds = 200;
    private const long GibibyteRunNeedsBytes = 4L << 30;

    /// <summary>Prints the table.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="filter">Only paths that contain it are measured; empty for all.</param>
    internal static void Run(TextWriter output, string filter)
    {
        bool hasPeer = NativePeer.TryStart("kernel_peer.c", out NativePeer? peer, out string reason);
        output.WriteLine(hasPeer ? "The kernel does the same work in a process of its own, in turn with ours." : $"Without the kernel's figures: {reason}.");
        ComparisonTable table = new(peer, output, filter);
        table.PrintHeader("kernel");
        Faults(table);
        ThreadedFaults(table);
        Accesses(table);
        Maps(table);
        Forks(table);
        Protection(table);
        Areas(table);
        peer?.Dispose();
    }

    private static void Faults(ComparisonTable table)
    {
        using Workspace workspace = new(FaultBenchmarks.ColdPages);
        AddressRange warm = AddressRange.FromPages(workspace.Range.Start, FaultBenchmarks.WarmPages);
        table.Measure(new(
            "fault: anonymous, zeroed, warm frame", () => Fault(warm, AccessRights.Write, WarmRounds), "warm-fault", Goal: 1.0 / 15));
        table.Measure(new("fault: load from the zero page", () => Fault(warm, AccessRights.Read, WarmRounds), "read-fault"));
        table.Measure(new(
            "fault: anonymous, zeroed, 64 MiB cold", () => Fault(workspace.Range, AccessRights.Write, 1), "cold-fault", Goal: 1.0 / 5));
        table.Measure(new("unmap of a page (64 at once)", () => Discard(warm, WarmRounds), PeerMeasurement: null));

        Sample Fault(AddressRange range, AccessRights access, int rounds) =>
            Timed(rounds, (int)range.Pages, () => workspace.Discard(range), () => workspace.Touch(range, access));

        Sample Discard(AddressRange range, int rounds) =>
            Timed(rounds, (int)range.Pages, () => workspace.Touch(range, AccessRights.Write), () => workspace.Discard(range));
    }

    private static void ThreadedFaults(ComparisonTable table)
    {
        for (int threads = 1; threads <= 2; threads++)
        {
            using ParallelFaults faults = new(threads);
            table.Measure(new(
                $"fault: by {threads} thread{(threads == 1 ? string.Empty : "s")} at once, each",
                () => new Sample(faults.Run(), Bytes: 0),
                threads == 1 ? "fault-1-thread" : "fault-2-threads"));
        }
    }

    private static void Accesses(ComparisonTable table)
    {
        const int Rounds = 500;
        AccessBenchmarks access = new();
        access.Setup();
        table.Measure(Hits("access: hit", access.AccessHit));
        table.Measure(Hits("access: read of 8 bytes", access.Read8));
        table.Measure(Hits("access: write of 8 bytes", access.Write8));
        access.Cleanup();

        static Comparison Hits(string name, Action hit) => new(
            name, () => Repeated(Rounds, AccessBenchmarks.Pages, hit), PeerMeasurement: null);
    }

    private static void Maps(ComparisonTable table)
    {
        const int Rounds = 200;
        const int UntouchedRounds = 5000;
        MapBenchmarks map = new();
        map.Setup();
        table.Measure(new("map + touch + unmap of 64 pages", () => Repeated(Rounds, 1, map.MapTouchUnmap), "map-touch-unmap", Goal: 1.0 / 15));
        table.Measure(new("map + unmap, untouched", () => Repeated(UntouchedRounds, 1, map.MapUnmap), "map-unmap", Goal: 1.0 / 20));
        map.Cleanup();
    }

    private static void Forks(ComparisonTable table)
    {
        Fork(64, "fork of 64 MiB, populated", "fork-64-mib", 1.0 / 60);
        if (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes < GibibyteRunNeedsBytes)
        {
            table.PrintSkipped("fork of 1 GiB, populated", "it needs 4 GiB of memory");
        }
        else
        {
            Fork(1024, "fork of 1 GiB, populated", "fork-1-gib", 1.0 / 300);
        }

        CopyOnWriteBenchmarks copies = new();
        copies.Setup();
        table.Measure(new(
            "copy-on-write break",
            () => Timed(1, CopyOnWriteBenchmarks.Pages, copies.Prepare, copies.Break),
            "copy-on-write",
            Goal: 1.0 / 8));
        copies.Cleanup();

        void Fork(int mebibytes, string name, string peerMeasurement, double goal)
        {
            ForkBenchmarks fork = new() { Mebibytes = mebibytes };
            fork.Setup();
            table.Measure(new(name, () => Timed(1, 1, fork.Prepare, fork.Fork), peerMeasurement, goal));
            table.Measure(new(
                $"exit of the child ({mebibytes} MiB)", () => Timed(1, 1, () => PrepareExit(fork), fork.Exit), PeerMeasurement: null));
            fork.Cleanup();
        }

        static void PrepareExit(ForkBenchmarks fork)
        {
            fork.Prepare();
            fork.Fork();
        }
    }

    private static void Protection(ComparisonTable table)
    {
        ProtectBenchmarks protect = new();
        protect.Setup();
        table.Measure(new(
            "protect alternate pages, a call",
            () => Timed(1, ProtectBenchmarks.Calls, protect.Prepare, protect.ProtectAlternate),
            "protect",
            Goal: 1.0 / 20));
        protect.Cleanup();
    }

    private static void Areas(ComparisonTable table)
    {
        AreaBenchmarks areas = new();
        areas.Setup();

        // The peer has just made its areas when it looks them up; so ours have just been used.
        table.Measure(new(
            "area look-up, 100,000 areas (mincore)",
            () => Timed(1, AreaBenchmarks.LookUps, () => areas.LookUp(), () => areas.LookUp()),
            "area-look-up",
            GoalNanoseconds: 100));
        table.Measure(new("unmap + map of a page among them", () => Repeated(1, 64, areas.UnmapAndMap), PeerMeasurement: null));
        areas.Cleanup();
    }
}
