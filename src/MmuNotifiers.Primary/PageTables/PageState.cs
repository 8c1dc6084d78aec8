namespace MmuNotifiers.Primary;

/// <summary>One page as its pte shows it.</summary>
/// <param name="IsPresent">Whether a frame is mapped.</param>
/// <param name="Frame">The frame, if one is.</param>
/// <param name="Rights">What the pte allows.</param>
/// <param name="IsAccessed">Whether the page was used since that was last cleared.</param>
/// <param name="IsDirty">Whether the page was written since that was last cleared.</param>
public readonly record struct PageState(bool IsPresent, FrameNumber Frame, AccessRights Rights, bool IsAccessed, bool IsDirty)
{
    internal static PageState Of(Pte pte) =>
        pte.IsPresent ? new PageState(true, pte.Frame, pte.Rights, pte.IsAccessed, pte.IsDirty) : default;
}
