using System.Diagnostics;
using System.Globalization;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Benchmarks.Snapshots;

/// <summary>
/// What a snapshot costs: how long the original stands still, how fast pages are written and compared, how long loading takes before the first access,
/// and what a first access costs. Medians of a few runs, on the file system of a folder.
/// </summary>
internal static class SnapshotMeasurement
{
    private const int Runs = 3;
    private const int Faults = 2000;

    private static readonly TimeSpan WarmUpTime = TimeSpan.FromSeconds(2);
    private static readonly VirtualAddress Start = new(0x1_0000_0000);

    /// <summary>Measures.</summary>
    /// <param name="output">Receives a table.</param>
    /// <param name="folder">Where the files are made; null for the folder of temporary files.</param>
    /// <param name="mebibytes">How much memory the address space has.</param>
    internal static void Run(TextWriter output, string? folder, int mebibytes)
    {
        long pages = (long)mebibytes << (20 - Page.Shift);
        string file = Path.Combine(folder ?? Path.GetTempPath(), $"{Guid.NewGuid():n}.snapshot");
        using PhysicalMemory memory = new(pages + 4096);
        using AddressSpace space = Filled(memory, pages);
        try
        {
            double first = TimeFork(space);
            WarmUp(space);
            List<double> moments = [];
            List<double> saves = [];
            for (int run = 0; run < Runs; run++)
            {
                long begin = Stopwatch.GetTimestamp();
                Task<SnapshotSummary> save = Snapshot.SaveAsync(space, file);
                moments.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
                save.GetAwaiter().GetResult();
                saves.Add(Stopwatch.GetElapsedTime(begin).TotalSeconds);
            }

            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {mebibytes} MiB, every page with bytes | |"));
            output.WriteLine("|---|---|");
            Row(output, "the original stands still (fork)", $"{Median(moments):f2} ms");
            Row(output, "the same for the first fork of a process, by code that is not optimized yet", $"{first:f2} ms");
            Row(output, "save, forced to the disk", $"{mebibytes / Median(saves):f0} MiB/s");
            Load(output, file, pages, mebibytes);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Forks until the code of fork is compiled as it is in a process that runs on.</summary>
    private static void WarmUp(AddressSpace space)
    {
        for (long begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < WarmUpTime;)
        {
            TimeFork(space);
        }
    }

    private static double TimeFork(AddressSpace space)
    {
        long begin = Stopwatch.GetTimestamp();
        using AddressSpace child = space.Fork() ?? throw new InvalidOperationException("There were no frames for a fork.");
        return Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
    }

    private static void Load(TextWriter output, string file, long pages, int mebibytes)
    {
        List<double> opens = [];
        List<double> loads = [];
        List<double> verifies = [];
        List<double> single = [];
        List<double> ahead = [];
        for (int run = 0; run < Runs; run++)
        {
            using PhysicalMemory memory = new(pages + 4096, FreedFrames.KeepBytes, new ReclaimOptions { ReadAheadPages = 1, LowWatermarkPages = 0 });
            long begin = Stopwatch.GetTimestamp();
            using Snapshot snapshot = Snapshot.Open(file);
            opens.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
            begin = Stopwatch.GetTimestamp();
            using AddressSpace loaded = snapshot.Load(memory);
            loads.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
            TimeFaults(loaded, pages, single);
            using PhysicalMemory other = new(pages + 4096, FreedFrames.KeepBytes, new ReclaimOptions { LowWatermarkPages = 0 });
            using AddressSpace inOrder = snapshot.Load(other);
            ahead.Add(TimeOrder(inOrder, pages));
            begin = Stopwatch.GetTimestamp();
            int problems = snapshot.Verify().Count;
            verifies.Add(Stopwatch.GetElapsedTime(begin).TotalSeconds);
            if (problems > 0)
            {
                throw new InvalidDataException($"{problems} pages of {file} are not what was saved.");
            }
        }

        Row(output, "open: everything but the pages read and checked", $"{Median(opens):f2} ms");
        Row(output, "load: areas and page tables, before the first access", $"{Median(loads):f2} ms");
        Row(output, "first access to a page, at random, one page read (median)", $"{Median(single):f1} us");
        Row(output, "the same, 99 of 100 are below", $"{Percentile(single, 0.99):f1} us");
        Row(output, "first accesses in ascending order, each, 8 pages read at once", $"{Median(ahead):f2} us");
        Row(output, "verify all checksums", $"{mebibytes / Median(verifies):f0} MiB/s");
    }

    private static AddressSpace Filled(PhysicalMemory memory, long pages)
    {
        AddressSpace space = new(memory);
        space.Map(new MapRequest((ulong)pages << Page.Shift, AccessRights.ReadWrite, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed) { Address = Start });
        byte[] bytes = new byte[Page.SizeBytes];
        for (long page = 0; page < pages; page++)
        {
            bytes.AsSpan().Fill((byte)((page % 255) + 1));
            space.Write(Start + ((ulong)page << Page.Shift), bytes);
        }

        return space;
    }

    private static void TimeFaults(AddressSpace space, long pages, List<double> microseconds)
    {
        Random random = new(1);
        for (int fault = 0; fault < Faults; fault++)
        {
            VirtualAddress page = Start + ((ulong)random.NextInt64(pages) << Page.Shift);
            long begin = Stopwatch.GetTimestamp();
            AccessResult result = space.Access(page, AccessRights.Read);
            if (result.Kind != FaultKind.None)
            {
                microseconds.Add(Stopwatch.GetElapsedTime(begin).TotalMicroseconds);
            }
        }
    }

    private static double TimeOrder(AddressSpace space, long pages)
    {
        long count = Math.Min(pages, 32768);
        long begin = Stopwatch.GetTimestamp();
        for (long page = 0; page < count; page++)
        {
            space.Access(Start + ((ulong)page << Page.Shift), AccessRights.Read);
        }

        return Stopwatch.GetElapsedTime(begin).TotalMicroseconds / count;
    }

    private static double Median(List<double> samples) => Percentile(samples, 0.5);

    private static double Percentile(List<double> samples, double part)
    {
        samples.Sort();
        return samples[(int)(part * (samples.Count - 1))];
    }

    private static void Row(TextWriter output, string what, FormattableString figure) =>
        output.WriteLine($"| {what} | {figure.ToString(CultureInfo.InvariantCulture)} |");
}
