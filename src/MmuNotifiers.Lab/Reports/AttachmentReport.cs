using System.Collections.Immutable;

namespace MmuNotifiers.Lab.Reports;

/// <summary>What attaching a secondary MMU where it is attached took, all address spaces together.</summary>
public sealed record AttachmentReport
{
    /// <summary>Searches for an area (vma) for the sake of the attachment alone.</summary>
    public required long AreaLookUps { get; init; }

    /// <summary>Areas, blocks or slots that it was attached to because the device came to use them.</summary>
    public required long Inserts { get; init; }

    /// <summary>Entries that were added because an area was split.</summary>
    public required long Splits { get; init; }

    /// <summary>Entries that were joined because areas merged.</summary>
    public required long Merges { get; init; }

    /// <summary>Entries that went with an area to other addresses.</summary>
    public required long Moves { get; init; }

    /// <summary>Entries that went with their area.</summary>
    public required long Removals { get; init; }

    /// <summary>The most memory that its subscriptions were seen to take at once, in bytes; looked at every 2,048 events.</summary>
    public required long SubscriptionBytes { get; init; }

    /// <summary>Translations whose page was freed before the secondary was told.</summary>
    public required long FreedBeforeTold { get; init; }

    /// <summary>Areas that changed and were not reported.</summary>
    public required long SkippedAreas { get; init; }

    /// <summary>The first of what the attachment itself saw go wrong, in words.</summary>
    public ImmutableArray<string> Violations { get; init; } = [];
}
