namespace MmuNotifiers.Lab.Checking.Catalogue;

/// <summary>How far a run of the catalogue is.</summary>
/// <param name="Done">Scenarios that are done.</param>
/// <param name="Total">All of them.</param>
/// <param name="Last">The one that was done last.</param>
public readonly record struct CatalogueProgress(int Done, int Total, CatalogueResult Last);
