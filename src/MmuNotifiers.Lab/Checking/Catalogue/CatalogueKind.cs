namespace MmuNotifiers.Lab.Checking.Catalogue;

/// <summary>Where a scenario of the catalogue comes from.</summary>
public enum CatalogueKind
{
    /// <summary>A bug that really happened.</summary>
    Bug,

    /// <summary>A small mistake in a correct program, as they are made.</summary>
    Mutation,
}
