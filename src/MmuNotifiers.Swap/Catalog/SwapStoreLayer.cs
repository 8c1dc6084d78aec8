namespace MmuNotifiers.Swap;

/// <summary>Something that stands in front of any store, which a <see cref="SwapStoreCatalog"/> can put there.</summary>
/// <param name="Name">How a description names it, before a plus sign: <c>lz4</c>.</param>
/// <param name="Usage">How it looks there, for help and messages: <c>lz4+STORE[?compressed=256MiB]</c>.</param>
/// <param name="Options">The names of the options that it knows, beside those of the store behind it.</param>
/// <param name="Wrap">Puts it in front of a store, which it owns from then on. Throws <see cref="FormatException"/> where an option makes no sense.</param>
public sealed record SwapStoreLayer(
    string Name,
    string Usage,
    IReadOnlyList<string> Options,
    Func<SwapStoreDescription, ISwapStore, ISwapStore> Wrap);
