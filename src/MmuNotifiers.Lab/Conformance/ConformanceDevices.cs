namespace MmuNotifiers.Lab.Conformance;

/// <summary>What secondary MMUs do while a case runs.</summary>
public enum ConformanceDevices
{
    /// <summary>Only the case's own device operations go through them.</summary>
    OwnOperations,

    /// <summary>Every byte that the CPU reads or writes is read or written through each of them too, with the same result.</summary>
    EveryAccess,
}
