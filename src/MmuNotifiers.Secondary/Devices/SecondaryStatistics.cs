namespace MmuNotifiers.Secondary;

/// <summary>What a secondary MMU did: the figures that say what an attachment costs. All values count from its creation.</summary>
public readonly record struct SecondaryStatistics
{
    /// <summary>Brackets that it was told of.</summary>
    public long Callbacks { get; init; }

    /// <summary>Brackets in which it had no translation of any page: calls for nothing.</summary>
    public long UselessCallbacks { get; init; }

    /// <summary>Pages that the brackets named, whether mapped here or not.</summary>
    public long PagesNamed { get; init; }

    /// <summary>Translations dropped because of brackets. A full flush counts what it drops outside its range as well.</summary>
    public long PagesInvalidated { get; init; }

    /// <summary>How often devices were made to let go of translations; one flush may serve many pages.</summary>
    public long Flushes { get; init; }

    /// <summary>Accesses that found no translation and asked the primary.</summary>
    public long DeviceFaults { get; init; }

    /// <summary>Device faults that the primary refused.</summary>
    public long FailedFaults { get; init; }

    /// <summary>Translations thrown away before their installation, since a bracket had collided with the look-up.</summary>
    public long Retries { get; init; }

    /// <summary>Searches for the object that a callback is about (a memslot, a region), beyond the subscription itself.</summary>
    public long LookUps { get; init; }

    /// <summary>Calls that told it of loaded translations.</summary>
    public long Updates { get; init; }

    /// <summary>Translations that it loaded because of such calls, or whose rights it raised.</summary>
    public long PagesPrefetched { get; init; }

    /// <summary>Accesses that would have faulted but for a prefetched translation: its first use.</summary>
    public long FaultsSaved { get; init; }

    /// <summary>Translations that were prefetched and have not been used: still there, or gone again.</summary>
    public long UnusedPrefetches => PagesPrefetched - FaultsSaved;

    /// <summary>Regions that were registered because none that was registered covered an access.</summary>
    public long Registrations { get; init; }

    /// <summary>Accesses that found a registered region.</summary>
    public long RegistrationHits { get; init; }

    /// <summary>Registered regions that became part of a larger one.</summary>
    public long Merges { get; init; }

    /// <summary>Registered regions that had to go since a limit was reached.</summary>
    public long Evictions { get; init; }

    /// <summary>The sums of two MMUs, or of an MMU and its devices.</summary>
    public static SecondaryStatistics operator +(SecondaryStatistics left, SecondaryStatistics right) => Add(left, right);

    /// <inheritdoc cref="op_Addition"/>
    public static SecondaryStatistics Add(SecondaryStatistics left, SecondaryStatistics right) => new()
    {
        Callbacks = left.Callbacks + right.Callbacks,
        UselessCallbacks = left.UselessCallbacks + right.UselessCallbacks,
        PagesNamed = left.PagesNamed + right.PagesNamed,
        PagesInvalidated = left.PagesInvalidated + right.PagesInvalidated,
        Flushes = left.Flushes + right.Flushes,
        DeviceFaults = left.DeviceFaults + right.DeviceFaults,
        FailedFaults = left.FailedFaults + right.FailedFaults,
        Retries = left.Retries + right.Retries,
        LookUps = left.LookUps + right.LookUps,
        Updates = left.Updates + right.Updates,
        PagesPrefetched = left.PagesPrefetched + right.PagesPrefetched,
        FaultsSaved = left.FaultsSaved + right.FaultsSaved,
        Registrations = left.Registrations + right.Registrations,
        RegistrationHits = left.RegistrationHits + right.RegistrationHits,
        Merges = left.Merges + right.Merges,
        Evictions = left.Evictions + right.Evictions,
    };
}
