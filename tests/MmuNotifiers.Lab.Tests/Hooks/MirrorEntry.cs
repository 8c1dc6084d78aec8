using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Tests.Hooks;

/// <summary>A translation that a test's secondary holds.</summary>
/// <param name="Frame">The frame.</param>
/// <param name="Rights">What the secondary takes itself to be allowed.</param>
internal readonly record struct MirrorEntry(FrameNumber Frame, AccessRights Rights)
{
    /// <summary>Whether the primary would not give this translation any more: other frame, fewer rights, or stores that nobody would notice.</summary>
    public bool IsStale(PageState now) =>
        !now.IsPresent
        || now.Frame != Frame
        || (Rights & ~now.Rights) != 0
        || ((Rights & AccessRights.Write) != 0 && !now.IsDirty);
}
