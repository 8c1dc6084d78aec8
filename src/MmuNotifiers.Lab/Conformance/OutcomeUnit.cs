namespace MmuNotifiers.Lab.Conformance;

/// <summary>What a call's result counts, and so how a plain number in a case is meant.</summary>
internal enum OutcomeUnit
{
    /// <summary>A number as it is: bytes transferred, the number of a process, zero for done.</summary>
    Number,

    /// <summary>An address or a distance, for which a plain number counts pages.</summary>
    Distance,
}
