namespace MmuNotifiers.Primary;

/// <summary>What became of pages that were to move to other frames.</summary>
/// <param name="MovedPages">How many moved.</param>
/// <param name="RefusedPages">How many did not: pinned, used by somebody at that moment, or there was no frame to move them to.</param>
public readonly record struct MigrationResult(long MovedPages, long RefusedPages)
{
    internal MigrationResult Plus(MigrationResult other) => new(MovedPages + other.MovedPages, RefusedPages + other.RefusedPages);
}
