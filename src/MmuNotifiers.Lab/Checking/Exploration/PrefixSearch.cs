using System.Numerics;
using MmuNotifiers.Lab.Checking.Scheduling;

namespace MmuNotifiers.Lab.Checking.Exploration;

/// <summary>
/// Divides a partial-order search: finds every beginning of so many decisions, with everybody tried at each of them but who sleeps,
/// and gives the executions up there. Together the searches below the beginnings find what one search from the start finds, since
/// a decision at which everybody is tried needs no backtracking; they share nothing.
/// </summary>
/// <param name="decisions">How long the beginnings are.</param>
internal sealed class PrefixSearch(int decisions) : ISearch
{
    private readonly List<Decision> _path = [];
    private bool _hasBegun;

    /// <summary>The beginnings found so far; a shorter one belongs to executions that are shorter.</summary>
    internal List<Decision[]> Prefixes { get; } = [];

    /// <inheritdoc/>
    public bool TryBegin()
    {
        if (!_hasBegun)
        {
            _hasBegun = true;
            return true;
        }

        for (; _path.Count > 0; _path.RemoveAt(_path.Count - 1))
        {
            Decision last = _path[^1];
            uint sleeping = last.Sleeping | (1u << last.Chosen);
            uint left = last.Enabled & ~sleeping;
            if (left != 0)
            {
                _path[^1] = last with { Chosen = BitOperations.TrailingZeroCount(left), Sleeping = sleeping };
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public int Choose(CooperativeScheduler scheduler)
    {
        int depth = scheduler.Steps.Length;
        if (depth < _path.Count)
        {
            return _path[depth].Chosen;
        }

        uint enabled = scheduler.Enabled;
        uint sleeping = depth == 0 ? 0 : Decision.StillSleeping(scheduler, Dependence.Full, _path[depth - 1].Sleeping & enabled);
        uint awake = enabled & ~sleeping;
        if (awake == 0)
        {
            return -1;
        }

        if (depth == decisions)
        {
            Prefixes.Add([.. _path]);
            return -1;
        }

        int last = scheduler.LastProcess;
        int next = last >= 0 && (awake >> last & 1) != 0 ? last : BitOperations.TrailingZeroCount(awake);
        _path.Add(new Decision(next, enabled, enabled, sleeping));
        return next;
    }

    /// <inheritdoc/>
    public void End(CooperativeScheduler scheduler)
    {
        if (!scheduler.IsGivenUp)
        {
            Prefixes.Add([.. _path]);
        }
    }
}
