namespace MmuNotifiers.Swap;

/// <summary>How many groups a <see cref="MemorySwapStore"/> may have memory for, and has.</summary>
internal sealed class MemoryBudget(long mostGroups)
{
    private long _groups;

    /// <summary>How many groups have memory.</summary>
    internal long Groups => Volatile.Read(ref _groups);

    /// <summary>Counts one more, if there may be one more.</summary>
    internal bool TryTake()
    {
        if (Interlocked.Increment(ref _groups) <= mostGroups)
        {
            return true;
        }

        Return();
        return false;
    }

    /// <summary>Counts one less.</summary>
    internal void Return() => Interlocked.Decrement(ref _groups);
}
