using System.Numerics;
using MmuNotifiers.Lab.Checking.Scheduling;

namespace MmuNotifiers.Lab.Checking.Exploration;

/// <summary>
/// Every schedule with at most so many preemptions, depth first; without a bound every schedule there is. A preemption leaves a
/// thread that could go on, except one that yields. Steps of store buffers count as nobody's turn. Threads begin one after the other:
/// a beginning touches nothing, so that its place among the steps makes no difference.
/// </summary>
internal sealed class BoundedSearch(int maxPreemptions) : ISearch
{
    private readonly List<Node> _path = [];
    private int _depth;
    private bool _hasBegun;

    /// <inheritdoc/>
    public bool TryBegin()
    {
        _depth = 0;
        if (!_hasBegun)
        {
            _hasBegun = true;
            return true;
        }

        for (; _path.Count > 0; _path.RemoveAt(_path.Count - 1))
        {
            Node node = _path[^1];
            if (node.Untried != 0)
            {
                int next = BitOperations.TrailingZeroCount(node.Untried);
                _path[^1] = node with { Chosen = next, Untried = node.Untried & (node.Untried - 1) };
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public int Choose(CooperativeScheduler scheduler)
    {
        if (_depth == _path.Count)
        {
            _path.Add(Open(scheduler));
        }

        Node node = _path[_depth++];
        if ((scheduler.Enabled >> node.Chosen & 1) == 0)
        {
            throw new ScheduleDivergedException($"Step {_depth - 1} cannot be made again by process {node.Chosen}.");
        }

        return node.Chosen;
    }

    /// <inheritdoc/>
    public void End(CooperativeScheduler scheduler)
    {
    }

    private Node Open(CooperativeScheduler scheduler)
    {
        for (int thread = 0; thread < scheduler.ThreadCount; thread++)
        {
            if ((scheduler.Enabled >> thread & 1) != 0 && scheduler.Pending(thread).Kind == OperationKind.Begin)
            {
                return new Node(thread, 0, -1, 0, scheduler.ThreadCount);
            }
        }

        int running = LastThread(scheduler);
        uint enabled = scheduler.Enabled;
        bool couldGoOn = running >= 0 && (enabled >> running & 1) != 0
            && scheduler.Pending(running).Kind != OperationKind.Yield;
        int used = _path.Count == 0 ? 0 : _path[^1].Preemptions + (_path[^1].IsPreemption ? 1 : 0);
        uint allowed = couldGoOn && used == maxPreemptions
            ? enabled & ((1u << running) | ~((1u << scheduler.ThreadCount) - 1))
            : enabled;
        int chosen = couldGoOn ? running : BitOperations.TrailingZeroCount(allowed);
        return new Node(chosen, allowed & ~(1u << chosen), couldGoOn ? running : -1, used, scheduler.ThreadCount);
    }

    /// <summary>The thread that made the last step of a thread, or -1.</summary>
    private static int LastThread(CooperativeScheduler scheduler)
    {
        ReadOnlySpan<ExecutedStep> steps = scheduler.Steps;
        for (int i = steps.Length - 1; i >= 0; i--)
        {
            if (steps[i].Process < scheduler.ThreadCount)
            {
                return steps[i].Process;
            }
        }

        return -1;
    }

    /// <summary>A decision on the path to the current execution.</summary>
    /// <param name="Chosen">Who makes the step.</param>
    /// <param name="Untried">Who else could, and has not been tried yet.</param>
    /// <param name="CouldGoOn">The running thread, if leaving it is a preemption; else -1.</param>
    /// <param name="Preemptions">How many preemptions lie before.</param>
    /// <param name="Threads">How many threads there are.</param>
    private readonly record struct Node(int Chosen, uint Untried, int CouldGoOn, int Preemptions, int Threads)
    {
        internal bool IsPreemption => CouldGoOn >= 0 && Chosen != CouldGoOn && Chosen < Threads;
    }
}
