namespace MmuNotifiers.Swap.Redis.Transfers;

/// <summary>Waiting for answers without exceptions.</summary>
internal static class Patience
{
    /// <summary>Waits until a task has ended in any way, at most until the deadline; it is then still running.</summary>
    public static async ValueTask WaitAsync(Task task, CancellationToken deadline)
    {
        if (!task.IsCompleted)
        {
            await task.WaitAsync(deadline).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>What a task that has ended without success means.</summary>
    public static Fault FaultOf(Task task) => task.Exception?.InnerException is { } exception ? Fault.Of(exception) : Fault.NoAnswer;
}
