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
    };
}
