namespace MmuNotifiers.Lab.Conformance;

/// <summary>The limits of a case's processes; what is null is as a process has it. Counted from what is mapped when the case starts.</summary>
internal sealed record CaseLimits
{
    /// <summary>No limit but the usual ones.</summary>
    internal static CaseLimits Usual { get; } = new();

    /// <summary>How many more areas there may be (vm.max_map_count).</summary>
    public int? MoreAreas { get; init; }

    /// <summary>How many more addresses may be mapped (RLIMIT_AS).</summary>
    public ByteAmount? MoreAddresses { get; init; }

    /// <summary>How much may be locked (RLIMIT_MEMLOCK, without the privilege to pass it).</summary>
    public ByteAmount? Locked { get; init; }

    /// <summary>How far a stack may grow (RLIMIT_STACK).</summary>
    public ByteAmount? Stack { get; init; }
}
