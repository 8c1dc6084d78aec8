namespace MmuNotifiers;

/// <summary>What <see cref="NotifierSubscriptions"/> shall count. Nothing by default.</summary>
[Flags]
public enum NotifierOptions
{
    /// <summary>Nothing is counted.</summary>
    None = 0,

    /// <summary>Brackets, callbacks, pages and refusals are counted: a few nanoseconds a bracket, also where nobody is subscribed.</summary>
    Count = 1,

    /// <summary>The time spent in dispatch and callbacks is measured as well: some 50 ns a bracket.</summary>
    MeasureTime = 2,
}
