using MmuNotifiers.Lab.Replay;

namespace MmuNotifiers.Lab.Comparison;

/// <summary>One secondary MMU at one place: what a row of a comparison is about.</summary>
/// <param name="Attachment">Where its notifier hangs.</param>
/// <param name="Secondary">What it is.</param>
internal readonly record struct ComparisonPair(AttachmentPlan Attachment, SecondaryKind Secondary);
