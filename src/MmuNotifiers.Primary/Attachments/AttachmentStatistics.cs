namespace MmuNotifiers.Primary;

/// <summary>What an attachment did and cost, since it was made.</summary>
public readonly record struct AttachmentStatistics
{
    /// <summary>Look-ups of an area (find_vma) for the sake of the attachment alone: before a device's fault, and where a change has none at hand.</summary>
    public long AreaLookUps { get; init; }

    /// <summary>Areas or blocks that the subscription was attached to, because a device translated a page of them.</summary>
    public long Inserts { get; init; }

    /// <summary>Entries that were added because an attached area was split.</summary>
    public long Splits { get; init; }

    /// <summary>Entries that were joined because areas merged.</summary>
    public long Merges { get; init; }

    /// <summary>Entries that went with an area to other addresses.</summary>
    public long Moves { get; init; }

    /// <summary>Entries that were taken away because their area was unmapped.</summary>
    public long Removals { get; init; }

    /// <summary>All of it that keeps the entries where they belong.</summary>
    public long UpkeepOperations => Inserts + Splits + Merges + Moves + Removals;

    /// <summary>What the subscription takes on the heap now, in bytes, its entries and its part of the index included.</summary>
    public long SubscriptionBytes { get; init; }

    /// <summary>Ranges or blocks that it is attached to now.</summary>
    public long Entries { get; init; }

    /// <summary>Pages that are pinned or referenced for the secondary now.</summary>
    public long PinnedPages { get; init; }

    /// <summary>Translations whose page was freed before the secondary was told: each a use after free that could have been.</summary>
    public long FreedBeforeTold { get; init; }

    /// <summary>Areas that were changed and not reported.</summary>
    public long SkippedAreas { get; init; }

    /// <summary>The sums of two attachments.</summary>
    public static AttachmentStatistics operator +(AttachmentStatistics left, AttachmentStatistics right) => Add(left, right);

    /// <inheritdoc cref="op_Addition"/>
    public static AttachmentStatistics Add(AttachmentStatistics left, AttachmentStatistics right) => new()
    {
        AreaLookUps = left.AreaLookUps + right.AreaLookUps,
        Inserts = left.Inserts + right.Inserts,
        Splits = left.Splits + right.Splits,
        Merges = left.Merges + right.Merges,
        Moves = left.Moves + right.Moves,
        Removals = left.Removals + right.Removals,
        SubscriptionBytes = left.SubscriptionBytes + right.SubscriptionBytes,
        Entries = left.Entries + right.Entries,
        PinnedPages = left.PinnedPages + right.PinnedPages,
        FreedBeforeTold = left.FreedBeforeTold + right.FreedBeforeTold,
        SkippedAreas = left.SkippedAreas + right.SkippedAreas,
    };
}
