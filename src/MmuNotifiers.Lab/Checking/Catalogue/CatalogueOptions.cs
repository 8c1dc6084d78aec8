namespace MmuNotifiers.Lab.Checking.Catalogue;

/// <summary>How the catalogue is run.</summary>
public sealed record CatalogueOptions
{
    /// <summary>How many scenarios run at the same time.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>After how long the search of one program gives up.</summary>
    public TimeSpan MaxTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether a found bug's scenario is made smaller before it is drawn.</summary>
    public bool Shrink { get; init; } = true;
}
