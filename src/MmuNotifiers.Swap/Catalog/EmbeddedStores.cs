namespace MmuNotifiers.Swap;

/// <summary>The kinds of store that this package has, by their descriptions.</summary>
internal static class EmbeddedStores
{
    private const string CompressedOption = "compressed";
    private const long DefaultCompressedBytes = 256L << 20;

    internal static SwapStoreKind Memory { get; } = new(
        "memory",
        "memory[:SIZE]",
        [],
        (description, _) => new(new MemorySwapStore(description.GetTargetBytes(MachineBytes) >> Page.Shift)));

    internal static SwapStoreKind File { get; } = new(
        "file",
        "file:PATH[?size=4GiB&preallocate=false&direct=false&keep=false]",
        ["size", "preallocate", "direct", "keep"],
        (description, _) => new(new FileSwapStore(OptionsOf(description))));

    internal static SwapStoreKind Compressed { get; } = new(
        "lz4",
        "lz4[:SIZE]",
        [],
        (description, _) => new(new CompressedSwapStore(
            LargeEnough(description, "lz4", description.Target, description.GetTargetBytes(DefaultCompressedBytes)))));

    internal static SwapStoreLayer Compression { get; } = new(
        "lz4",
        "lz4+STORE[?compressed=256MiB]",
        [CompressedOption],
        (description, inner) => new CompressedSwapStore(
            LargeEnough(description, CompressedOption, Given(description), description.GetBytes(CompressedOption, DefaultCompressedBytes)), inner));

    internal static SwapStoreLayer Faults { get; } = new(
        "faults",
        "faults+STORE[?seed=1&readErrors=0&writeErrors=0&full=0&torn=0&lost=0&slow=0] (each a number of transfers in a million)",
        ["seed", "readErrors", "writeErrors", "full", "torn", "lost", "slow"],
        (description, inner) => new FaultInjectingSwapStore(inner, new SwapFaultOptions
        {
            Seed = description.GetNumber("seed", 1),
            FailedReads = PartOf(description, "readErrors"),
            FailedWrites = PartOf(description, "writeErrors"),
            FullWrites = PartOf(description, "full"),
            TornWrites = PartOf(description, "torn"),
            LostWrites = PartOf(description, "lost"),
            SlowTransfers = PartOf(description, "slow"),
        }));

    private static long MachineBytes => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    private static string Given(SwapStoreDescription description) => description.TryGet(CompressedOption, out string? value) ? value : string.Empty;

    private static long LargeEnough(SwapStoreDescription description, string option, string given, long bytes) =>
        bytes >= CompressedSwapStore.LeastMaximumBytes ? bytes : throw description.Wrong(option, given, "64KiB or more");

    private static double PartOf(SwapStoreDescription description, string option)
    {
        int millionths = description.GetNumber(option, 0);
        return millionths <= 1_000_000 ? millionths / 1e6 : throw description.Wrong(option, $"{millionths}", "at most 1000000");
    }

    private static FileSwapStoreOptions OptionsOf(SwapStoreDescription description) => new()
    {
        Path = description.Target.Length > 0 ? description.Target : throw description.Wrong("file", string.Empty, "a path: file:PATH"),
        SizeBytes = description.GetBytes("size", FileSwapStoreOptions.DefaultSizeBytes),
        IsPreallocated = description.GetBoolean("preallocate", false),
        IsDirect = description.GetBoolean("direct", false),
        KeepsFile = description.GetBoolean("keep", false),
    };
}
