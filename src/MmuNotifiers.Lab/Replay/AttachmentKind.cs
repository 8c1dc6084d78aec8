namespace MmuNotifiers.Lab.Replay;

/// <summary>Where the notifiers of a replay's secondary MMUs hang, and when they are called.</summary>
public enum AttachmentKind
{
    /// <summary>The whole address space, brackets around each change: what was merged into Linux.</summary>
    AddressSpace,
}
