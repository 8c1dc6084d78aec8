using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.InteropServices;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Benchmarks.Swap;

/// <summary>An address space of four times as many pages as there are frames, used as <c>swap_peer.c</c> uses its own.</summary>
internal sealed class SwapWorkload : IDisposable
{
    internal const int Frames = 4096;
    internal const int Pages = 4 * Frames;
    private const int RandomAccesses = 4096;
    private const int Batch = 512;
    private const int Words = Page.SizeBytes / sizeof(ulong);

    private readonly PhysicalMemory _memory;
    private readonly AddressSpace _space;
    private readonly VirtualAddress _start;
    private ulong _random = 88172645463325252;

    /// <summary>Maps the pages and fills them.</summary>
    /// <param name="store">Where they go.</param>
    /// <param name="readAheadPages">How many pages a swap-in reads.</param>
    /// <param name="pages">How many.</param>
    internal SwapWorkload(ISwapStore store, int readAheadPages, int pages)
    {
        _memory = new PhysicalMemory(Frames + 256, reclaim: new ReclaimOptions { Swap = store, ReadAheadPages = readAheadPages });
        _space = new AddressSpace(_memory);
        _start = _space.Map(new MapRequest((ulong)pages << Page.Shift, AccessRights.ReadWrite, MapFlags.Private | MapFlags.Anonymous)).Address;
        byte[] page = new byte[Page.SizeBytes];
        for (int number = 0; number < pages; number++)
        {
            Fill(MemoryMarshal.Cast<byte, ulong>(page.AsSpan()), (ulong)number);
            Check(_space.Write(AddressOf(number), page));
        }
    }

    /// <summary>Measures one pattern over a store: nanoseconds of one page that was swapped in, of one that was accessed or evicted.</summary>
    internal static double Measure(SwapPattern pattern, ISwapStore store, int readAheadPages)
    {
        bool isEviction = pattern.Name.StartsWith("evict", StringComparison.Ordinal);
        using SwapWorkload workload = new(store, readAheadPages, isEviction ? Frames / 2 : Pages);
        if (isEviction)
        {
            return workload.Evict(pattern.Name == "evict-single" ? 1 : Batch);
        }

        workload.Access(pattern);
        return workload.Access(pattern);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _space.Dispose();
        _memory.Dispose();
    }

    /// <summary>A quarter of a page is noise, the rest its number.</summary>
    private static void Fill(Span<ulong> page, ulong number)
    {
        ulong noise = (number * 0x9e3779b97f4a7c15) | 1;
        page.Fill(number);
        foreach (ref ulong word in page[..(Words / 4)])
        {
            word = noise = Shift(noise);
        }
    }

    private static ulong Shift(ulong state)
    {
        state ^= state << 13;
        state ^= state >> 7;
        return state ^ (state << 17);
    }

    private static void Check(TransferResult result)
    {
        if (result.Result != FaultResult.Success)
        {
            throw new InvalidOperationException($"An access ended in {result}.");
        }
    }

    private double Evict(int batch)
    {
        long start = Stopwatch.GetTimestamp();
        for (int page = 0; page < Frames / 2; page += batch)
        {
            _space.Advise(AddressOf(page), (ulong)batch << Page.Shift, Advice.PageOut);
        }

        double took = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        long written = _memory.SwapStatistics.Writes;
        return written == Frames / 2 ? took / written : throw new InvalidOperationException($"{written} pages were evicted of {Frames / 2}.");
    }

    private double Access(SwapPattern pattern)
    {
        bool isSequential = pattern.Name.StartsWith("sequential", StringComparison.Ordinal);
        bool isStore = pattern.Name.EndsWith("store", StringComparison.Ordinal);
        int count = isSequential ? Pages : RandomAccesses;
        long before = _memory.SwapStatistics.SwapIns;
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            int page = isSequential ? i : (int)((_random = Shift(_random)) % Pages);
            Check(_space.Read(AddressOf(page) + (Page.SizeBytes - sizeof(ulong)), word));
            if (BinaryPrimitives.ReadUInt64LittleEndian(word) != (ulong)page)
            {
                throw new InvalidOperationException($"Page {page} came back as another.");
            }

            if (isStore)
            {
                Check(_space.Write(AddressOf(page) + (Page.SizeBytes / 2), word));
            }
        }

        double took = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        return took / (isSequential ? count : _memory.SwapStatistics.SwapIns - before);
    }

    private VirtualAddress AddressOf(int page) => _start + ((ulong)page << Page.Shift);
}
