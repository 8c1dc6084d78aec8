using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace MmuNotifiers.Benchmarks.Swap;

/// <summary>What stores themselves cost, without an address space above: microseconds of one page.</summary>
internal static class StoreMeasurement
{
    private const int Slots = 4096;
    private const int Cluster = 32;
    private const int Neighbours = 8;
    private const int Rounds = 15;

    /// <summary>Prints the table.</summary>
    internal static async Task RunAsync(TextWriter output, Func<string, ValueTask<ISwapStore>> open)
    {
        output.WriteLine($"{"us a page",-12}{"write x32",12}{"write x1",12}{"read x8",12}{"read x1",12}");
        foreach (string name in (string[])["memory", "lz4", "file", "direct"])
        {
            await using ISwapStore store = await open(name);
            SwapTransfer[] transfers = Transfers();
            double[] medians =
            [
                await MedianAsync(transfers, Cluster, store.WriteAsync),
                await MedianAsync(transfers, 1, store.WriteAsync),
                await MedianAsync(transfers, Neighbours, store.ReadAsync),
                await MedianAsync(transfers, 1, store.ReadAsync),
            ];
            output.WriteLine($"{name,-12}{string.Concat(medians.Select(median => $"{median.ToString("0.00", CultureInfo.InvariantCulture),12}"))}");
        }

        output.WriteLine();
    }

    /// <summary>Transfers batches of neighbours in a random order.</summary>
    private static async Task<double> MedianAsync(
        SwapTransfer[] transfers, int batch, Func<Memory<SwapTransfer>, CancellationToken, ValueTask> transfer)
    {
        int[] order = [.. Enumerable.Range(0, Slots / batch)];
        List<double> samples = [];
        for (int round = 0; round < Rounds; round++)
        {
            new Random(round).Shuffle(order);
            long start = Stopwatch.GetTimestamp();
            foreach (int index in order)
            {
                await transfer(transfers.AsMemory(index * batch, batch), CancellationToken.None);
            }

            samples.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds / Slots);
            if (transfers.FirstOrDefault(page => page.Outcome != SwapOutcome.Success) is { Detail: not null } failed)
            {
                throw new InvalidOperationException(failed.Detail);
            }
        }

        samples.Sort();
        return samples[Rounds / 2];
    }

    /// <summary>Pages that begin at multiples of their size, as frames do, a quarter of each noise.</summary>
    private static SwapTransfer[] Transfers()
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>((Slots + 1) << Page.Shift, pinned: true);
        int first = (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(bytes, 0) & (Page.SizeBytes - 1));
        Random random = new(1);
        SwapTransfer[] transfers = new SwapTransfer[Slots];
        for (int slot = 0; slot < Slots; slot++)
        {
            Memory<byte> page = bytes.AsMemory(first + (slot << Page.Shift), Page.SizeBytes);
            page.Span.Fill((byte)slot);
            random.NextBytes(page.Span[..(Page.SizeBytes / 4)]);
            transfers[slot] = new SwapTransfer(slot, page);
        }

        return transfers;
    }
}
