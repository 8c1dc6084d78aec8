using MmuNotifiers.Lab.Checking.Scheduling;

namespace MmuNotifiers.Lab.Checking.Exploration;

/// <summary>
/// Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte, ASPLOS 2010): of those who can make the next
/// step the one with the highest of random priorities does, and at depth - 1 random steps whoever would is given the lowest. In an
/// execution of k steps of n threads a bug of that depth shows with a chance of at least 1 / (n k^(depth - 1)).
/// </summary>
/// <param name="seed">The lots of each execution follow from it and the execution's number.</param>
/// <param name="depth">How many ordered pairs of steps make the bug, at least 1.</param>
internal sealed class PrioritySearch(ulong seed, int depth) : ISearch
{
    private readonly int[] _priorities = new int[2 * CooperativeScheduler.MaxThreads];
    private readonly int[] _changes = new int[Math.Max(depth - 1, 0)];
    private ulong _execution;

    /// <summary>The length of the longest execution so far: the changes are spread over so many steps.</summary>
    private int _length = 1;

    /// <inheritdoc/>
    public bool TryBegin()
    {
        ulong state = SplitMix.Mix(seed + (_execution++ * SplitMix.Increment));
        for (int i = 0; i < _priorities.Length; i++)
        {
            int other = (int)(SplitMix.Next(ref state) % (ulong)(i + 1));
            _priorities[i] = _priorities[other];
            _priorities[other] = depth + i;
        }

        foreach (ref int change in _changes.AsSpan())
        {
            change = (int)(SplitMix.Next(ref state) % (ulong)_length);
        }

        return true;
    }

    /// <inheritdoc/>
    public int Choose(CooperativeScheduler scheduler)
    {
        int step = scheduler.Steps.Length;
        for (int i = 0; i < _changes.Length; i++)
        {
            if (_changes[i] == step)
            {
                _priorities[Highest(scheduler)] = i;
            }
        }

        return Highest(scheduler);
    }

    /// <inheritdoc/>
    public void End(CooperativeScheduler scheduler) => _length = Math.Max(_length, scheduler.Steps.Length);

    private int Highest(CooperativeScheduler scheduler)
    {
        int highest = -1;
        for (int process = 0; process < scheduler.ProcessCount; process++)
        {
            if ((scheduler.Enabled >> process & 1) != 0 && (highest < 0 || _priorities[process] > _priorities[highest]))
            {
                highest = process;
            }
        }

        return highest;
    }
}
