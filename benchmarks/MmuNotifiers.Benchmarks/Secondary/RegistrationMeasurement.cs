using System.Diagnostics;
using MmuNotifiers.Benchmarks.Peers;
using MmuNotifiers.Secondary.Registration;

namespace MmuNotifiers.Benchmarks.Secondary;

/// <summary>
/// Get and put of regions that are registered: one page each, one every 64 KiB, always the same or all in a fixed random order. The median of
/// many short chunks of each thread, averaged over the threads, as the peer does it: the best chunk of two threads would be one that ran alone.
/// </summary>
internal sealed class RegistrationMeasurement : IDisposable
{
    private const int Chunk = 4096;
    private const int Chunks = 101;
    private const ulong Spacing = 1 << 16;

    private readonly FlatPrimary _primary = new(1);
    private readonly RegistrationCache _cache;
    private readonly RegistrationClient[] _clients;
    private readonly AddressRange[] _order;

    internal RegistrationMeasurement(int threads, int entries, bool isSpread)
    {
        _cache = new RegistrationCache(_primary, new RegistrationCacheOptions { MaxRegions = entries });
        _clients = [.. Enumerable.Range(0, threads).Select(_ => _cache.AddClient())];
        AddressRange[] ranges =
            [.. Enumerable.Range(0, entries).Select(i => AddressRange.FromPages(FlatPrimary.Base + ((ulong)i * Spacing), 1))];
        foreach (RegistrationClient client in _clients)
        {
            foreach (AddressRange range in ranges)
            {
                client.Get(range, AccessRights.ReadWrite, out RegistrationHandle handle);
                client.Put(in handle);
            }
        }

        new Random(1).Shuffle(ranges);
        _order = isSpread ? ranges : [ranges[0]];
    }

    internal Sample Run()
    {
        double[] medians = new double[_clients.Length];
        using Barrier start = new(_clients.Length);
        Thread[] others = [.. Enumerable.Range(1, _clients.Length - 1).Select(i => new Thread(() => medians[i] = Median(_clients[i], start)))];
        Array.ForEach(others, thread => thread.Start());
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        medians[0] = Median(_clients[0], start);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Array.ForEach(others, thread => thread.Join());
        return new Sample(medians.Average(), (double)allocated / (Chunk * Chunks));
    }

    /// <summary>Reads of 8 bytes through a region that is held: the translation is there.</summary>
    internal Sample Reads()
    {
        Span<byte> bytes = stackalloc byte[8];
        _clients[0].Get(_order[0], AccessRights.Read, out RegistrationHandle handle);
        double[] each = new double[Chunks];
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        for (int chunk = 0; chunk < Chunks; chunk++)
        {
            long before = Stopwatch.GetTimestamp();
            for (int i = 0; i < Chunk; i++)
            {
                _clients[0].Read(in handle, _order[0].Start, bytes);
            }

            each[chunk] = Stopwatch.GetElapsedTime(before).TotalNanoseconds / Chunk;
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        _clients[0].Put(in handle);
        Array.Sort(each);
        return new Sample(each[Chunks / 2], (double)allocated / (Chunk * Chunks));
    }

    public void Dispose()
    {
        _cache.Dispose();
        _primary.Dispose();
    }

    private double Median(RegistrationClient client, Barrier start)
    {
        double[] each = new double[Chunks];
        int at = 0;
        start.SignalAndWait();
        for (int chunk = 0; chunk < Chunks; chunk++)
        {
            long before = Stopwatch.GetTimestamp();
            at = GetAndPut(client, at);
            each[chunk] = Stopwatch.GetElapsedTime(before).TotalNanoseconds / Chunk;
        }

        Array.Sort(each);
        return each[Chunks / 2];
    }

    private int GetAndPut(RegistrationClient client, int at)
    {
        AddressRange[] order = _order;
        for (int i = 0; i < Chunk; i++)
        {
            if (client.Get(order[at], AccessRights.ReadWrite, out RegistrationHandle handle) != FaultResult.Success)
            {
                throw new InvalidOperationException("A region that is registered was not found.");
            }

            client.Put(in handle);
            at = at + 1 < order.Length ? at + 1 : 0;
        }

        return at;
    }
}
