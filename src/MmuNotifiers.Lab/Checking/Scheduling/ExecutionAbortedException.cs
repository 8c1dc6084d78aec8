namespace MmuNotifiers.Lab.Checking.Scheduling;

/// <summary>Ends a thread of an execution that is over before its threads are: thrown at its next step, and at every further one.</summary>
internal sealed class ExecutionAbortedException : Exception
{
    internal ExecutionAbortedException()
        : base("The race checker ends this execution.")
    {
    }
}
