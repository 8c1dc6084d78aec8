namespace MmuNotifiers.Lab.Checking;

/// <summary>Which operation of a scenario one is, as the scenario was written: stays when others are left out.</summary>
/// <param name="Thread">Its thread.</param>
/// <param name="Operation">Its place in the thread.</param>
internal readonly record struct OperationTag(int Thread, int Operation)
{
    /// <summary>Whether it is done before the race.</summary>
    internal bool IsPreparation { get; init; }
}
