namespace MmuNotifiers.Swap;

/// <summary>
/// Opens swap stores by their descriptions (<see cref="SwapStoreDescription"/>). A new catalog knows what this package has; other packages' kinds
/// are added. Not safe for several threads while kinds are added.
/// </summary>
public sealed class SwapStoreCatalog
{
    private readonly List<SwapStoreKind> _kinds = [];
    private readonly List<SwapStoreLayer> _layers = [];

    /// <summary>Makes a catalog of memory, file and compressed stores.</summary>
    public SwapStoreCatalog()
    {
        Add(EmbeddedStores.Memory);
        Add(EmbeddedStores.File);
        Add(EmbeddedStores.Compressed);
        Add(EmbeddedStores.Compression);
        Add(EmbeddedStores.Faults);
    }

    /// <summary>What can be opened, one line each, for help.</summary>
    public IEnumerable<string> Usage => [.. _kinds.Select(kind => kind.Usage), .. _layers.Select(layer => layer.Usage)];

    /// <summary>Adds a kind of store.</summary>
    /// <exception cref="ArgumentException">There is one of that name.</exception>
    public void Add(SwapStoreKind kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        ThrowIfKnown(_kinds.Any(known => known.Name == kind.Name), kind.Name);
        _kinds.Add(kind);
    }

    /// <summary>Adds something that stands in front of stores.</summary>
    /// <exception cref="ArgumentException">There is one of that name.</exception>
    public void Add(SwapStoreLayer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        ThrowIfKnown(_layers.Any(known => known.Name == layer.Name), layer.Name);
        _layers.Add(layer);
    }

    /// <summary>Opens the store of a description.</summary>
    /// <param name="text">The description: <c>lz4+file:/var/tmp/swap?size=4GiB</c>.</param>
    /// <param name="cancellationToken">Ends the wait for a store that is reached over a network.</param>
    /// <exception cref="FormatException">The description makes no sense; one line says which part and what was expected.</exception>
    /// <exception cref="IOException">The system refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">The system refuses.</exception>
    public async ValueTask<ISwapStore> OpenAsync(string text, CancellationToken cancellationToken = default)
    {
        SwapStoreDescription description = SwapStoreDescription.Parse(text);
        SwapStoreKind kind = _kinds.Find(kind => kind.Name == description.Kind)
            ?? throw Unknown(description, description.Kind, _kinds.Select(kind => kind.Usage));
        SwapStoreLayer[] layers = [.. description.Layers.Select(name => _layers.Find(layer => layer.Name == name)
            ?? throw Unknown(description, name + "+", _layers.Select(layer => layer.Usage)))];
        ThrowIfUnknownOption(description, [.. kind.Options, .. layers.SelectMany(layer => layer.Options)]);

        ISwapStore store = await kind.OpenAsync(description, cancellationToken).ConfigureAwait(false);
        try
        {
            // The last one named stands directly in front of the store.
            foreach (SwapStoreLayer layer in layers.Reverse())
            {
                store = layer.Wrap(description, store);
            }

            return store;
        }
        catch
        {
            await store.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static void ThrowIfKnown(bool isKnown, string name)
    {
        if (isKnown)
        {
            throw new ArgumentException($"The catalog has '{name}' already.");
        }
    }

    private static void ThrowIfUnknownOption(SwapStoreDescription description, string[] known)
    {
        if (description.Options.FirstOrDefault(option => !known.Contains(option)) is { } unknown)
        {
            string expected = known.Length == 0 ? "none" : string.Join(", ", known);
            throw new FormatException($"swap store '{description}': unknown option '{unknown}', expected {expected}");
        }
    }

    private static FormatException Unknown(SwapStoreDescription description, string name, IEnumerable<string> usages) =>
        new($"swap store '{description}': '{name}' is unknown, expected {string.Join(" or ", usages)}");
}
