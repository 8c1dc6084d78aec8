namespace MmuNotifiers;

/// <summary>
/// One page's translation as the primary had it at one moment. It carries no reference: it may be used only after the retry
/// check of the subscriber's protocol has shown that no bracket touched it since.
/// </summary>
/// <param name="Frame">The frame behind the page.</param>
/// <param name="Rights">
/// What the pte allows: never more than the primary itself may do without a fault. Write only where the pte is dirty, so that who writes
/// through the translation need not say so.
/// </param>
public readonly record struct Translation(FrameNumber Frame, AccessRights Rights);
