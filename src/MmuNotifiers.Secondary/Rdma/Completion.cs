namespace MmuNotifiers.Secondary.Rdma;

/// <summary>How a transfer ended. Transfers complete in the order in which they were posted.</summary>
/// <param name="Id">The caller's name for the transfer.</param>
/// <param name="Status">How it ended.</param>
/// <param name="LengthBytes">How many bytes were moved, from the first on.</param>
public readonly record struct Completion(ulong Id, CompletionStatus Status, ulong LengthBytes)
{
    /// <summary>The region in which it failed; null where it did not.</summary>
    public MemoryRegion? FailedRegion { get; init; }

    /// <summary>The address at which it failed.</summary>
    public VirtualAddress FailedAddress { get; init; }

    /// <summary>Why the primary refused the page, after a <see cref="CompletionStatus.PageFault"/>.</summary>
    public FaultResult Fault { get; init; }
}
