using System.Numerics;
using MmuNotifiers.Lab.Checking.Scheduling;

namespace MmuNotifiers.Lab.Checking.Exploration;

/// <summary>
/// Source-set dynamic partial-order reduction with sleep sets (Abdulla, Aronis, Jonsson, Sagonas, POPL 2014): of all schedules that
/// differ only in the order of independent steps, at least one is executed, and few more.
/// </summary>
/// <remarks>
/// Each execution is looked over for races: two dependent steps of different processes that are not ordered by others between
/// them. For each race a process is added to the <b>backtrack set</b> of the decision before the first of the two, from which the second
/// can come first. A process that was tried at a decision goes into its <b>sleep set</b>, and stays in those of the decisions below
/// until a dependent step is made: a schedule that begins with a sleeping process is known already.
/// <para>Blocking: of two entries of one lock the second can come first although a leaving lies between them; a leaving and the
/// entry that it allows cannot change places. A yield can come before the change that ended it if another change would have ended
/// it as well.</para>
/// </remarks>
/// <param name="dependence">Which steps cannot change places.</param>
/// <param name="waking">Which steps wake a sleeping process: the same, but for a test that shows that it must be.</param>
/// <param name="root">The decisions that are made already; the search stays below them.</param>
internal sealed partial class PartialOrderSearch(Dependence dependence, Dependence waking, IReadOnlyList<Decision> root) : ISearch
{
    private readonly List<Decision> _path = [.. root];
    private bool _hasBegun;

    /// <summary>The first step of the current execution that may differ from the one before.</summary>
    private int _firstNew;

    /// <summary>Searches everything.</summary>
    internal PartialOrderSearch(Dependence dependence)
        : this(dependence, dependence, [])
    {
    }

    /// <inheritdoc/>
    public bool TryBegin()
    {
        if (!_hasBegun)
        {
            _hasBegun = true;
            return true;
        }

        for (; _path.Count > root.Count; _path.RemoveAt(_path.Count - 1))
        {
            Decision last = _path[^1];
            uint sleeping = last.Sleeping | (1u << last.Chosen);
            uint left = last.Backtrack & ~sleeping;
            if (left != 0)
            {
                _firstNew = _path.Count - 1;
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
            int chosen = _path[depth].Chosen;
            if (scheduler.Enabled != _path[depth].Enabled)
            {
                throw new ScheduleDivergedException(
                    $"Before step {depth} other threads can go on than before (0x{scheduler.Enabled:x} instead of 0x{_path[depth].Enabled:x}).");
            }

            return chosen;
        }

        uint enabled = scheduler.Enabled;
        uint sleeping = depth == 0 ? 0 : Decision.StillSleeping(scheduler, waking, _path[depth - 1].Sleeping & enabled);
        uint awake = enabled & ~sleeping;
        if (awake == 0)
        {
            return -1;
        }

        int last = scheduler.LastProcess;
        int next = last >= 0 && (awake >> last & 1) != 0 ? last : BitOperations.TrailingZeroCount(awake);
        _path.Add(new Decision(next, enabled, scheduler.IsTimingOut ? enabled : 1u << next, sleeping));
        return next;
    }
}
