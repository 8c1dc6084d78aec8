namespace MmuNotifiers.Lab.Checking.Exploration;

/// <summary>
/// A program did not do the same again under the same schedule, so that nothing can be said about it: it depends on something else
/// than the order of its steps (time, chance, an access that no wrapper announces, state that outlives an execution).
/// </summary>
internal sealed class ScheduleDivergedException : Exception
{
    internal ScheduleDivergedException(string message)
        : base(message)
    {
    }
}
