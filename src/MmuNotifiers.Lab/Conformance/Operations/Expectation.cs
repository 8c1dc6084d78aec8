namespace MmuNotifiers.Lab.Conformance.Operations;

/// <summary>What a Linux kernel answers to an operation; what is null is not looked at.</summary>
internal sealed record Expectation
{
    /// <summary>Whatever happens is right.</summary>
    internal static Expectation Anything { get; } = new();

    /// <summary>The result of a call that succeeds.</summary>
    public ByteAmount? Ret { get; init; }

    /// <summary>A result that a call which succeeds does not have.</summary>
    public ByteAmount? RetNot { get; init; }

    /// <summary>The errno's name.</summary>
    public string? Errno { get; init; }

    /// <summary>The signal and its code: SEGV_MAPERR, SEGV_ACCERR, SIGBUS.</summary>
    public string? Fault { get; init; }

    /// <summary>The first address that faulted, relative to the window.</summary>
    public ByteAmount? FaultAt { get; init; }

    /// <summary>Which pages are resident: a digit for each, 0 or 1.</summary>
    public string? Resident { get; init; }

    /// <summary>The byte that was read.</summary>
    public byte? Value { get; init; }

    /// <summary>The areas of the window, in order: <c>start+length:permissions:object:page offset</c>.</summary>
    public IReadOnlyList<string>? Layout { get; init; }
}
