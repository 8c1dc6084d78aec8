using System.Numerics;
using MmuNotifiers.Lab.Checking.Scheduling;

namespace MmuNotifiers.Lab.Checking.Exploration;

/// <summary>Chooses by lot; the lots of each execution follow from the seed and its number.</summary>
internal sealed class RandomSearch(ulong seed) : ISearch
{
    private ulong _execution;
    private ulong _state;

    /// <inheritdoc/>
    public bool TryBegin()
    {
        _state = SplitMix.Mix(seed + (_execution++ * SplitMix.Increment));
        return true;
    }

    /// <inheritdoc/>
    public int Choose(CooperativeScheduler scheduler)
    {
        uint enabled = scheduler.Enabled;
        int lot = (int)(SplitMix.Next(ref _state) % (ulong)BitOperations.PopCount(enabled));
        for (; lot > 0; lot--)
        {
            enabled &= enabled - 1;
        }

        return BitOperations.TrailingZeroCount(enabled);
    }

    /// <inheritdoc/>
    public void End(CooperativeScheduler scheduler)
    {
    }
}
