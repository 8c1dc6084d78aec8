namespace MmuNotifiers.Swap.Redis.Keys;

/// <summary>What the store knows of a slot.</summary>
/// <param name="Incarnation">
/// Part of the slot's key. It changes whenever a command of the past may still reach the server (a write without an answer, a discard), so that
/// what arrives late meets a key which nobody uses any more, not the page that was written since.
/// </param>
/// <param name="Generation">The last successful write under this key; 0 when the slot holds nothing.</param>
/// <remarks>
/// | slot              | incarnation | generation |
/// |-------------------|-------------|------------|
/// | never used        | 0           | 0          |
/// | written           | i           | g + 1      |
/// | written in vain   | i + 1       | 0          |
/// | write was refused | i           | g          |
/// | discarded         | i + 1       | 0          |
/// </remarks>
internal readonly record struct SlotState(uint Incarnation, uint Generation)
{
    public bool HoldsPage => Generation != 0;

    /// <summary>The generation of the next write under this key; never 0.</summary>
    public uint NextGeneration => Generation == uint.MaxValue ? 1 : Generation + 1;

    /// <summary>The slot with nothing in it, under a key that no command knows yet.</summary>
    public SlotState Abandoned() => new(unchecked(Incarnation + 1), 0);
}
