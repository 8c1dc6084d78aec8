using MmuNotifiers.Lab.Checking.Scheduling;
using MmuNotifiers.Primary;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking;

/// <summary>One execution of a scenario, as the explorer runs it.</summary>
internal sealed class ScenarioExecution : Execution
{
    private readonly MemoryPool _pool;
    private readonly PhysicalMemory _memory;
    private bool _hasEnded;

    /// <summary>Sets the execution up.</summary>
    /// <param name="scenario">What runs.</param>
    /// <param name="watched">What is watched.</param>
    /// <param name="pool">Where the frames come from.</param>
    /// <param name="log">Where what happens is written down; null where nobody looks.</param>
    internal ScenarioExecution(RaceScenario scenario, Invariants watched, MemoryPool pool, IJudgeLog? log)
    {
        Scenario = scenario;
        _pool = pool;
        _memory = pool.Rent();
        Judge = new Judge(scenario, watched, log);
        Scene = new ScenarioRun(scenario, _memory, Judge);
    }

    /// <summary>What it is one of.</summary>
    internal RaceScenario Scenario { get; }

    /// <summary>Who watches.</summary>
    internal Judge Judge { get; }

    /// <summary>What runs.</summary>
    internal ScenarioRun Scene { get; }

    /// <inheritdoc/>
    internal override int ThreadCount => Scene.Threads.Length;

    /// <inheritdoc/>
    internal override void Run(int thread)
    {
        ThreadState state = Scene.Threads[thread];
        ScheduleController.Current = new ObservingController(ScheduleController.Current!, Judge, state);
        foreach (ScenarioOperation operation in state.Thread.Operations)
        {
            Judge.OperationBegins(state, operation);
            OperationOutcome outcome = operation.Run(Scene, state);
            Judge.OperationEnds(state, operation, in outcome);
        }
    }

    /// <inheritdoc/>
    internal override void AllFinished()
    {
        Judge.Finish();
        foreach (ScenarioCheck check in Scenario.Checks)
        {
            check.Check(Scene);
        }

        _hasEnded = true;
    }

    /// <inheritdoc/>
    internal override string? Describe(object? owner, nint location)
    {
        using Uncontrolled free = Uncontrolled.Enter();
        return owner is null ? Scene.Describe(location) : null;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (!_hasEnded)
        {
            // Its threads are over in the middle of something: it cannot be torn down, and nothing of it uses the frames again.
            _pool.ReturnGivenUp(_memory);
        }
        else if (TryTearDown())
        {
            _pool.Return(_memory);
        }
        else
        {
            _memory.Dispose();
        }
    }

    /// <summary>A secondary MMU with a bug may throw here as well; the execution was judged already.</summary>
    private bool TryTearDown()
    {
        try
        {
            return Scene.TryTearDown();
        }
#pragma warning disable CA1031 // Whatever it is, it is of the program under test.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }
}
