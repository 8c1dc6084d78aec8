namespace MmuNotifiers.Lab.Conformance;

/// <summary>When the invariants of every address space are checked.</summary>
internal enum InvariantChecks
{
    /// <summary>After each operation.</summary>
    EachOperation,

    /// <summary>Once, when the case ends: several times as fast.</summary>
    AtTheEnd,
}
