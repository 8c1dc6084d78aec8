using MmuNotifiers.Primary;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking;

/// <summary>
/// Watches one execution for broken invariants. It is called by the thread that runs, while all others stand still, so it needs no lock, and
/// nothing that it does is a step of the execution.
/// </summary>
/// <remarks>
/// It does not trust the secondary MMU: what counts is which frame an access reaches, and what the primary's ptes, brackets and frame counts are
/// at that moment.
/// <code>
///   the frame that a device touches for page p       broken
///   is free                                          I1, and I2 if the entry was installed inside a bracket
///   while a bracket over p is open                   I2
///   is not the one of p's pte                        I3; I5 if the pte has another frame, so that a CPU can have written there
///   is, but the pte does not allow the access        I4
/// </code>
/// </remarks>
internal sealed partial class Judge : IBracketObserver
{
    private readonly RaceScenario _scenario;
    private readonly Invariants _watched;
    private nint _arenaStart;
    private nint _arenaEnd;
    private ScenarioRun? _run;

    internal Judge(RaceScenario scenario, Invariants watched, IJudgeLog? log)
    {
        _scenario = scenario;
        _watched = watched;
        Log = log;
        _threadNames = [.. scenario.ThreadNames];
        _histories = new PageHistory[scenario.PageCount];
        for (int page = 0; page < _histories.Length; page++)
        {
            _histories[page] = new PageHistory();
        }
    }

    /// <summary>Where what happens is written down for the timeline; null where nobody looks.</summary>
    internal IJudgeLog? Log { get; }

    /// <summary>The first thing that was broken, or null.</summary>
    internal ScenarioFailure? Failure { get; private set; }

    /// <summary>The time: how many steps and events there were. Starts at 1.</summary>
    internal int Now { get; private set; } = 1;

    private ScenarioRun Run => _run!;

    /// <summary>The address space is there; nothing is mapped yet.</summary>
    internal void Begin(ScenarioRun run)
    {
        _run = run;
        _arenaStart = run.Memory.FrameAddress(new FrameNumber(0));
        _arenaEnd = _arenaStart + ((nint)run.Memory.FrameCount << Page.Shift);
        run.Space.AssertsCoverage = (_watched & Invariants.Coverage) != 0;
        run.Space.Subscriptions.BracketObserver = this;
    }

    /// <summary>A thread begins an operation.</summary>
    internal void OperationBegins(ThreadState thread, ScenarioOperation operation)
    {
        Now++;
        thread.Operation = operation;
        thread.OperationBegan = Now;
        thread.LookUp = default;
        BeginValue(thread, operation);
        Log?.OperationBegins(thread, operation);
    }

    /// <summary>A thread has ended its operation.</summary>
    internal void OperationEnds(ThreadState thread, ScenarioOperation operation, in OperationOutcome outcome)
    {
        Now++;
        Log?.OperationEnds(thread, operation, in outcome);
        EndValue(thread, operation, in outcome);
        thread.Operation = null;
    }

    /// <summary>What was broken is what went wrong; throws what ends the execution.</summary>
    internal void Report(Invariants broken, string sentence)
    {
        if (broken != Invariants.None && (broken & _watched) == 0)
        {
            return;
        }

        if (Failure is null)
        {
            Failure = new ScenarioFailure(broken & _watched, sentence);
            Log?.Broken(ObservingController.CurrentThread);
        }

        throw Failure;
    }

    /// <summary>Whether the scenario leaves out the lock that a step takes.</summary>
    internal bool IsMissing(string step) => !_scenario.MissingLocks.IsEmpty && _scenario.MissingLocks.Contains(step);

    /// <summary>The calling thread is about to make a step that is no access.</summary>
    internal void Step(ThreadState thread)
    {
        Now++;
        if (thread.LookUp is { Page: >= 0, WentOn: 0, Ended: > 0 } && thread.InPrimary == 0)
        {
            thread.LookUp = thread.LookUp with { WentOn = Now };
        }
    }

    /// <summary>The calling thread is about to access shared memory.</summary>
    internal void Access(ThreadState thread, in ObservedStep step)
    {
        Step(thread);
        if (step.Owner is not null)
        {
            thread.ReadBegin = step.Owner is IntervalSubscription subscription && step.Name.Contains("_isSettled", StringComparison.Ordinal)
                ? subscription
                : thread.ReadBegin;
            return;
        }

        bool isDeviceAccess = step.Location >= _arenaStart && step.Location < _arenaEnd && thread.AccessedPage >= 0 && thread.InPrimary == 0;
        if (isDeviceAccess && step.Kind is StepKind.Read or StepKind.Write or StepKind.Update)
        {
            FrameNumber frame = new((ulong)(step.Location - _arenaStart) >> Page.Shift);
            (Invariants broken, string sentence) = JudgeAccess(thread, frame, isWrite: step.Kind != StepKind.Read);
            if (broken != Invariants.None)
            {
                Report(broken, sentence);
            }
        }
    }

    /// <summary>The calling thread enters the primary, or a callback: what it touches there is no access of a device.</summary>
    /// <returns>The thread, for <see cref="LeavePrimary"/>; null before the race and after it.</returns>
    internal static ThreadState? EnterPrimary()
    {
        ThreadState? thread = ObservingController.CurrentThread;
        if (thread is not null)
        {
            thread.InPrimary++;
        }

        return thread;
    }

    /// <summary>The calling thread leaves what it entered.</summary>
    internal static void LeavePrimary(ThreadState? thread)
    {
        if (thread is not null)
        {
            thread.InPrimary--;
        }
    }

    /// <summary>The primary has told a device translations.</summary>
    internal void LookedUp(ThreadState? thread, AddressRange range, ReadOnlySpan<Translation> translations)
    {
        if (thread is null || translations.IsEmpty)
        {
            return;
        }

        Now++;
        int page = ScenarioRun.PageOf(range.Start);
        thread.LookUp = new LookUp(page, translations[0].Frame, Now, 0);
        thread.ReadBegin = null;
        Log?.LookedUp(thread, page, translations[0]);
    }
}
