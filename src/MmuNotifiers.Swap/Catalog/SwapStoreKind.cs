namespace MmuNotifiers.Swap;

/// <summary>A kind of store that a <see cref="SwapStoreCatalog"/> can open.</summary>
/// <param name="Name">How a description names it: <c>file</c>.</param>
/// <param name="Usage">How a description of it looks, for help and messages: <c>file:PATH[?size=4GiB]</c>.</param>
/// <param name="Options">The names of the options that it knows.</param>
/// <param name="OpenAsync">
/// Opens one. Throws <see cref="FormatException"/> (see <see cref="SwapStoreDescription.Wrong"/>) where the description makes no sense, and
/// <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>, with a message of one line, where the system refuses.
/// </param>
public sealed record SwapStoreKind(
    string Name,
    string Usage,
    IReadOnlyList<string> Options,
    Func<SwapStoreDescription, CancellationToken, ValueTask<ISwapStore>> OpenAsync);
