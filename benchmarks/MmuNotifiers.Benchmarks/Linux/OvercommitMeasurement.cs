using System.Diagnostics;
using MmuNotifiers.Linux;
using MmuNotifiers.Swap;

namespace MmuNotifiers.Benchmarks.Linux;

/// <summary>
/// Native code that visits a window of four times as many pages as there are frames, at random, as the child of <c>swap_peer.c</c> visits its own memory
/// that the kernel swaps: the same numbers of pages and frames, the same contents, the same sequence.
/// </summary>
internal static class OvercommitMeasurement
{
    private const int Frames = 4096;
    private const int Pages = 4 * Frames;
    private const int Accesses = 4096;
    private const int Words = Page.SizeBytes / sizeof(ulong);

    /// <summary>How many slots the store must have.</summary>
    internal const long Slots = (long)Pages * 5 / 2;

    /// <summary>Nanoseconds for one page that was brought in.</summary>
    internal static double Measure(ISwapStore store, PagedMemoryBacking backing, bool isStore)
    {
        using PagedMemory memory = PagedMemory.Create(new PagedMemoryOptions
        {
            Pages = Pages, MaxResidentPages = Frames, Swap = store, Backing = backing, HandlerProcessor = 0, MinimumResidency = TimeSpan.Zero,
        });
        Fill(memory);
        return WindowVisitor.On(0, () =>
        {
            ulong state = 88172645463325252;
            Visit(memory, isStore, ref state);
            return Visit(memory, isStore, ref state);
        });
    }

    /// <summary>A quarter of a page is noise, the rest its number.</summary>
    private static void Fill(PagedMemory memory)
    {
        ulong[] words = new ulong[Words];
        for (int page = 0; page < Pages; page++)
        {
            ulong noise = ((ulong)page * 0x9e3779b97f4a7c15) | 1;
            Array.Fill(words, (ulong)page);
            for (int word = 0; word < Words / 4; word++)
            {
                words[word] = noise = Shift(noise);
            }

            if (!memory.TryWrite(AddressOf(memory, page), System.Runtime.InteropServices.MemoryMarshal.AsBytes(words.AsSpan())))
            {
                throw new InvalidOperationException($"Page {page} could not be written.");
            }
        }
    }

    private static double Visit(PagedMemory memory, bool isStore, ref ulong state)
    {
        long before = memory.Statistics.SwapIns;
        long start = Stopwatch.GetTimestamp();
        for (int access = 0; access < Accesses; access++)
        {
            int page = (int)((state = Shift(state)) % Pages);
            VirtualAddress at = AddressOf(memory, page);
            if (WindowVisitor.Load(at + (Page.SizeBytes - sizeof(ulong))) != (ulong)page)
            {
                throw new InvalidOperationException($"Page {page} came back as another.");
            }

            if (isStore)
            {
                WindowVisitor.Store(at + (Page.SizeBytes / 2), (ulong)access);
            }
        }

        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / (memory.Statistics.SwapIns - before);
    }

    private static ulong Shift(ulong state)
    {
        state ^= state << 13;
        state ^= state >> 7;
        return state ^ (state << 17);
    }

    private static VirtualAddress AddressOf(PagedMemory memory, int page) => memory.Range.Start + ((ulong)page << Page.Shift);
}
