using System.Globalization;

namespace MmuNotifiers.Primary.Tests.Core;

/// <summary>What a pool asks of the host, as the host says itself: the flag "hg" of the mapping in /proc/self/smaps.</summary>
public sealed class ArenaPagesTests
{
    private const long FramesOf64MiB = 16_384;

    [Theory]
    [InlineData(1024, ArenaPages.Huge, true)]
    [InlineData(FramesOf64MiB, ArenaPages.Automatic, true)]
    [InlineData(FramesOf64MiB - 1, ArenaPages.Automatic, false)]
    [InlineData(FramesOf64MiB, ArenaPages.Small, false)]
    public void A_pool_asks_the_host_for_huge_pages_if_it_is_to_or_is_large(long frames, ArenaPages pages, bool asks)
    {
        Assert.SkipUnless(Directory.Exists("/sys/kernel/mm/transparent_hugepage"), "the host has no transparent huge pages");
        using PhysicalMemory memory = new(frames, arena: pages);
        Assert.Equal(asks, FlagsOfMappingAt(memory.FrameAddress(new FrameNumber(1))).Contains("hg"));
    }

    private static string[] FlagsOfMappingAt(nint address)
    {
        const string FlagsLine = "VmFlags:";
        bool isInside = false;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            string[] ends = line.Split(' ')[0].Split('-');
            if (ends.Length == 2)
            {
                isInside = ulong.Parse(ends[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture) <= (ulong)address
                    && (ulong)address < ulong.Parse(ends[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            }
            else if (isInside && line.StartsWith(FlagsLine, StringComparison.Ordinal))
            {
                return line[FlagsLine.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            }
        }

        throw new InvalidOperationException($"No mapping of this process contains {address:x}.");
    }
}
