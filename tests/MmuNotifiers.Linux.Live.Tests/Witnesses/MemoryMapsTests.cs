using CsCheck;
using MmuNotifiers.Linux.Live.Tests.Support;
using MmuNotifiers.Linux.Witnesses;

namespace MmuNotifiers.Linux.Live.Tests.Witnesses;

/// <summary>What the kernel counts of mappings.</summary>
public sealed class MemoryMapsTests
{
    private const string Text = """
        7f0000000000-7f0000010000 rw-s 00000000 00:01 42                         /memfd:a name (deleted)
        Size:                 64 kB
        Rss:                  12 kB
        Private_Dirty:         4 kB
        Referenced:            8 kB
        Anonymous:             0 kB
        Swap:                 16 kB
        Locked:               20 kB
        AnonHugePages:      2048 kB
        VmFlags: rd wr sh
        7f0000010000-7f0000011000 ---p 00000000 00:00 0
        Rss:                   0 kB

        """;

    [Fact]
    public void Each_mapping_has_its_own_figures()
    {
        MemoryMap[] maps = [.. MemoryMaps.Parse(new StringReader(Text))];
        Assert.Equal(2, maps.Length);
        Assert.Equal(new AddressRange(new VirtualAddress(0x7f0000000000), new VirtualAddress(0x7f0000010000)), maps[0].Range);
        Assert.Equal(("rw-s", "/memfd:a name (deleted)"), (maps[0].Rights, maps[0].Path));
        Assert.Equal((12L << 10, 16L << 10, 8L << 10, 0L), (maps[0].ResidentBytes, maps[0].SwappedBytes, maps[0].ReferencedBytes, maps[0].AnonymousBytes));
        Assert.Equal((4L << 10, 20L << 10, 2L << 20), (maps[0].PrivateDirtyBytes, maps[0].LockedBytes, maps[0].HugeBytes));
        Assert.Equal(("---p", string.Empty, 0L), (maps[1].Rights, maps[1].Path, maps[1].ResidentBytes));
    }

    [Fact]
    public void No_text_makes_the_reader_throw()
    {
        string[] parts =
        [
            "7f00-7f01 rw-p 0 0:0 0", "7f01-7f00 rw-p 0 0:0 0 x", "ffffffffffffffffff-1 r", "Rss:", "  12 kB", "99999999999999999999 kB", "9223372036854775807 kB", "Swap: 4 kB", "\n", " ", "-", ":",
        ];
        Gen.OneOf(Gen.Int[0, parts.Length - 1].Select(part => parts[part]), Gen.String[0, 6]).Array[0, 12].Select(string.Concat).Sample(
            text => Assert.All(MemoryMaps.Parse(new StringReader(text)), map => Assert.True(map.ResidentBytes >= 0 && !map.Range.IsEmpty)),
            iter: 10_000, threads: 1);
    }

    [Fact]
    public void What_was_touched_is_resident_and_anonymous()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc/PID/smaps is Linux'");
        using MemoryMapping window = MemoryMapping.Anonymous(64 * Page.SizeBytes);
        Native.Touch(AddressRange.FromPages(window.Range.Start, 5));

        // The kernel may have joined the window with neighbours of equal rights: then their pages count as well.
        MemoryMap map = Assert.Single(MemoryMaps.Read(window.Range));
        Assert.True(map.Range.Contains(window.Range));
        long before = map.AnonymousBytes;
        Native.Touch(AddressRange.FromPages(window.Range.Start + (5UL << Page.Shift), 7));
        Assert.True(Assert.Single(MemoryMaps.Read(window.Range)).AnonymousBytes >= before + (7 * Page.SizeBytes) && before >= 5 * Page.SizeBytes);
    }
}
