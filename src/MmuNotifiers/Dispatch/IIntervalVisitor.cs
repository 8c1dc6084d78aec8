namespace MmuNotifiers;

/// <summary>What is done with each interval that a bracket hits. A struct, so that the walk is compiled for it.</summary>
internal interface IIntervalVisitor
{
    /// <summary>Handles one interval.</summary>
    /// <returns>Whether to go on.</returns>
    bool Visit(IntervalSubscription subscription);
}
