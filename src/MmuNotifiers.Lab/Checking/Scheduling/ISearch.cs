namespace MmuNotifiers.Lab.Checking.Scheduling;

/// <summary>Decides which schedules are executed.</summary>
internal interface ISearch
{
    /// <summary>Whether there is another schedule to execute; called before each execution.</summary>
    bool TryBegin();

    /// <summary>Chooses who makes the next step.</summary>
    /// <param name="scheduler">The state: who could, and what each would do.</param>
    /// <returns>One of the enabled processes, or -1 to give the execution up: whatever follows is known already.</returns>
    int Choose(CooperativeScheduler scheduler);

    /// <summary>The execution has ended, or was given up; its steps are those of the scheduler.</summary>
    void End(CooperativeScheduler scheduler);
}
