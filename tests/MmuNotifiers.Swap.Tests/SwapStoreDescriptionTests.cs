namespace MmuNotifiers.Swap.Tests;

public sealed class SwapStoreDescriptionTests
{
    [Fact]
    public void A_description_has_layers_kind_target_and_options()
    {
        SwapStoreDescription description = SwapStoreDescription.Parse("faults+lz4+file:/var/tmp/a:b?size=2GiB&direct=true&seed=7");
        Assert.Equal(["faults", "lz4"], description.Layers);
        Assert.Equal("file", description.Kind);
        Assert.Equal("/var/tmp/a:b", description.Target);
        Assert.Equal(2L << 30, description.GetBytes("size", 1));
        Assert.True(description.GetBoolean("direct", false));
        Assert.Equal(7, description.GetNumber("seed", 1));
        Assert.Equal(3, description.GetNumber("absent", 3));
    }

    [Theory]
    [InlineData("4096", 4096)]
    [InlineData("8192B", 8192)]
    [InlineData("64KiB", 64L << 10)]
    [InlineData("3mib", 3L << 20)]
    [InlineData("1GiB", 1L << 30)]
    [InlineData("16TiB", 16L << 40)]
    public void A_size_is_bytes_or_has_a_binary_unit(string size, long bytes) =>
        Assert.Equal(bytes, SwapStoreDescription.Parse($"memory:{size}").GetTargetBytes(0));

    [Theory]
    [InlineData("", "expected KIND")]
    [InlineData("lz4+", "expected KIND")]
    [InlineData("memory:12", "memory is '12', expected a size of a page")]
    [InlineData("memory:1GB", "memory is '1GB', expected a size")]
    [InlineData("memory:99999999TiB", "expected a size")]
    [InlineData("memory:-4KiB", "expected a size")]
    [InlineData("file", "file is '', expected a path")]
    [InlineData("file:x?size", "option 'size', expected NAME=VALUE")]
    [InlineData("file:x?size=", "option 'size=', expected NAME=VALUE")]
    [InlineData("file:x?size=1MiB&size=2MiB", "option 'size' is given twice")]
    [InlineData("file:x?direct=yes", "direct is 'yes', expected true or false")]
    [InlineData("file:x?sise=1MiB", "unknown option 'sise', expected size, preallocate, direct, keep")]
    [InlineData("memory?size=1MiB", "unknown option 'size', expected none")]
    [InlineData("fil:x", "'fil' is unknown, expected memory[:SIZE] or file:PATH")]
    [InlineData("gzip+memory", "'gzip+' is unknown, expected lz4+STORE")]
    [InlineData("lz4:4KiB", "lz4 is '4KiB', expected 64KiB or more")]
    [InlineData("faults+memory?lost=1000001", "lost is '1000001', expected at most 1000000")]
    public async Task A_wrong_description_is_refused_in_one_line_that_says_what_was_expected(string text, string expected)
    {
        FormatException problem = await Assert.ThrowsAsync<FormatException>(
            async () => await new SwapStoreCatalog().OpenAsync(text, TestContext.Current.CancellationToken));
        Assert.Contains($"swap store '{text}'", problem.Message, StringComparison.Ordinal);
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem.Message);
    }

    [Theory]
    [InlineData("memory", "memory")]
    [InlineData("memory:1MiB", "memory")]
    [InlineData("lz4", "lz4")]
    [InlineData("lz4+memory:64MiB?compressed=1MiB", "lz4+memory")]
    [InlineData("faults+lz4+memory?seed=3&torn=1000", "faults+lz4+memory")]
    public async Task A_store_is_opened_with_what_stands_in_front_of_it(string text, string name)
    {
        await using ISwapStore store = await new SwapStoreCatalog().OpenAsync(text, TestContext.Current.CancellationToken);
        Assert.Equal(name, store.Name);
        Assert.True(store.SlotCount > 0);
    }

    [Fact]
    public async Task A_file_is_opened_with_its_options()
    {
        using TemporaryFile file = new();
        await using ISwapStore store = await new SwapStoreCatalog().OpenAsync(
            $"lz4+file:{file.Path}?size=1MiB&compressed=128KiB&preallocate=true", TestContext.Current.CancellationToken);
        Assert.Equal(256, store.SlotCount);
        Assert.Equal((1 << 20) + Page.SizeBytes, new FileInfo(file.Path).Length);
    }

    [Fact]
    public async Task A_kind_of_another_package_is_added()
    {
        SwapStoreCatalog catalog = new();
        catalog.Add(new SwapStoreKind("other", "other:NAME", ["size"], static (_, _) => new(new MemorySwapStore(5))));
        await using ISwapStore store = await catalog.OpenAsync("lz4+other:x?size=1", TestContext.Current.CancellationToken);
        Assert.Equal(5, store.SlotCount);
        Assert.Contains("other:NAME", catalog.Usage);
        Assert.Throws<ArgumentException>(() => catalog.Add(new SwapStoreKind("file", string.Empty, [], static (_, _) => default)));
    }
}
