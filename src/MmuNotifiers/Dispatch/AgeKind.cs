namespace MmuNotifiers;

/// <summary>Which question of <see cref="IAgingNotifier"/> is asked.</summary>
internal enum AgeKind
{
    /// <summary><see cref="IAgingNotifier.ClearFlushYoung"/>.</summary>
    ClearFlush,

    /// <summary><see cref="IAgingNotifier.ClearYoung(AddressRange)"/>.</summary>
    Clear,

    /// <summary><see cref="IAgingNotifier.TestYoung"/>, of the first page of the range; ends at the first yes.</summary>
    Test,
}
