namespace MmuNotifiers.Primary;

/// <summary>What it took to keep subscriptions where their areas are. Guarded by the map lock; read without as a hint.</summary>
internal sealed class UpkeepCounts
{
    internal long Inserts { get; set; }

    internal long Splits { get; set; }

    internal long Merges { get; set; }

    internal long Moves { get; set; }

    internal long Removals { get; set; }
}
