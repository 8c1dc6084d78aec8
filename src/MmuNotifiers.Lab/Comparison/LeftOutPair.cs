namespace MmuNotifiers.Lab.Comparison;

/// <summary>An attachment that makes no sense for a secondary MMU, so that it has no row.</summary>
/// <param name="Attachment">The attachment.</param>
/// <param name="Secondary">The secondary MMU.</param>
/// <param name="Reason">Why, in a sentence.</param>
public sealed record LeftOutPair(string Attachment, string Secondary, string Reason);
