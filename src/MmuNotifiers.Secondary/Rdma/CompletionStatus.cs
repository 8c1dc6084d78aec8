namespace MmuNotifiers.Secondary.Rdma;

/// <summary>How a transfer ended.</summary>
public enum CompletionStatus
{
    /// <summary>All bytes were moved.</summary>
    Success,

    /// <summary>A page could not be had: the primary refused a fault of the card.</summary>
    PageFault,

    /// <summary>The region does not allow it, is too short, or was disposed.</summary>
    RegionViolation,

    /// <summary>The engine was stopped before the transfer had ended.</summary>
    Flushed,
}
