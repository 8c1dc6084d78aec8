using MmuNotifiers.Lab.Replay;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Comparison;

/// <summary>What a comparison knows about one place where notifiers can hang.</summary>
internal sealed record AttachmentPlan
{
    /// <summary>The place.</summary>
    public required AttachmentKind Kind { get; init; }

    /// <summary>Its name on the command line and in reports, one word.</summary>
    public required string Name { get; init; }

    /// <summary>What it is, in a sentence.</summary>
    public required string Description { get; init; }

    /// <summary>The name of the form that does not have its flaw; null for an attachment that must never be stale.</summary>
    public string? SafeForm { get; init; }

    /// <summary>Why it makes no sense for a secondary, in a sentence; null where it does.</summary>
    public Func<SecondaryKind, string?> WhyNotFor { get; init; } = _ => null;

    /// <summary>Whether stale accesses are what the field found with it, so that they are no failure of the comparison.</summary>
    public bool IsHistorical => SafeForm is not null;
}
