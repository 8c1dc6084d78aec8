using System.Buffers.Binary;
using MmuNotifiers.Primary.Tests.Core;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Snapshots;

/// <summary>Whether a fork shows one moment, while threads store all the time.</summary>
public sealed class ForkMomentTests
{
    private const ulong First = 1000;

    /// <summary>How many areas there are, one page in each, apart from each other.</summary>
    private const int Areas = 16;

    private const int Writers = 2;

    /// <remarks>
    /// Each writer stores the number of its round to its word of one area after the other. As of one moment the words of a writer fall by one at most, once,
    /// from the first area to the last.
    /// </remarks>
    [Fact]
    public async Task A_child_has_no_store_without_those_before_it()
    {
        using PhysicalMemory memory = new(1 << 14, FreedFrames.Poisoned);
        using AddressSpace space = Mapped(memory);
        using CancellationTokenSource stop = new();
        long[] finished = new long[Writers];
        Task[] writers = [.. Enumerable.Range(0, Writers).Select(writer => Task.Run(() => Store(space, writer, finished, stop.Token), TestContext.Current.CancellationToken))];
        try
        {
            for (int fork = 0; fork < 300; fork++)
            {
                ForkAndJudge(space, finished);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(writers);
        }
    }

    private static void ForkAndJudge(AddressSpace space, long[] finished)
    {
        long[] before = [.. finished.Select((_, writer) => Volatile.Read(ref finished[writer]))];
        using AddressSpace child = space.Fork()!;
        long[] after = [.. finished.Select((_, writer) => Volatile.Read(ref finished[writer]))];
        for (int writer = 0; writer < Writers; writer++)
        {
            Judge(child, writer, before[writer], after[writer]);
        }
    }

    private static AddressSpace Mapped(PhysicalMemory memory)
    {
        AddressSpace space = new(memory);
        for (ulong area = 0; area < Areas; area++)
        {
            space.MapPrivate(First + (2 * area), 1);
            space.Store(First + (2 * area), 0);
        }

        return space;
    }

    private static void Store(AddressSpace space, int writer, long[] finished, CancellationToken stop)
    {
        byte[] word = new byte[sizeof(long)];
        for (long round = 1; !stop.IsCancellationRequested; round++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(word, round);
            for (ulong area = 0; area < Areas; area++)
            {
                Assert.True(space.Write(WordOf(area, writer), word).Succeeded);
            }

            Volatile.Write(ref finished[writer], round);
        }
    }

    private static void Judge(AddressSpace child, int writer, long atLeast, long atMost)
    {
        long[] words = [.. Enumerable.Range(0, Areas).Select(area => Load(child, WordOf((ulong)area, writer)))];
        for (int area = 1; area < Areas; area++)
        {
            Assert.True(words[area] <= words[area - 1], $"a later store without an earlier one: {string.Join(' ', words)}");
        }

        Assert.True(words[0] - words[^1] <= 1, $"more than one round: {string.Join(' ', words)}");
        Assert.True(words[^1] >= atLeast, $"a store that was over before fork is missing: {string.Join(' ', words)}, {atLeast}");
        Assert.True(words[0] <= atMost + 1, $"a store after fork is there: {string.Join(' ', words)}, {atMost}");
    }

    private static long Load(AddressSpace space, VirtualAddress address)
    {
        byte[] word = new byte[sizeof(long)];
        Assert.True(space.Read(address, word).Succeeded);
        return BinaryPrimitives.ReadInt64LittleEndian(word);
    }

    private static VirtualAddress WordOf(ulong area, int writer) => At(First + (2 * area)) + ((ulong)writer * sizeof(long));
}
