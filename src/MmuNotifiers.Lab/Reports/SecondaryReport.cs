namespace MmuNotifiers.Lab.Reports;

/// <summary>One kind of secondary MMU, all address spaces together.</summary>
public sealed record SecondaryReport
{
    /// <summary>What it is.</summary>
    public required string Name { get; init; }

    /// <summary>Where its notifier hangs.</summary>
    public required string Attachment { get; init; }

    /// <summary>Brackets that it was told of.</summary>
    public required long Callbacks { get; init; }

    /// <summary>Brackets in which it had nothing mapped.</summary>
    public required long UselessCallbacks { get; init; }

    /// <summary>Pages that the brackets named, whether it had them or not.</summary>
    public required long PagesNamed { get; init; }

    /// <summary>Searches for the object that a callback is about: a memslot, a region.</summary>
    public required long LookUps { get; init; }

    /// <summary>Translations that it dropped because of brackets.</summary>
    public required long PagesInvalidated { get; init; }

    /// <summary>What its attachment did and cost.</summary>
    public required AttachmentReport Upkeep { get; init; }

    /// <summary>Time in its callbacks, in nanoseconds.</summary>
    public required long CallbackNanoseconds { get; init; }

    /// <summary>Reads and writes of its devices.</summary>
    public required long DeviceAccesses { get; init; }

    /// <summary>
    /// Those of the accesses that had exactly one right outcome, which was compared: all of them between the program's operations, those
    /// in quiet moments where devices run beside the program.
    /// </summary>
    public required long ComparedAccesses { get; init; }

    /// <summary>Accesses that found no translation.</summary>
    public required long DeviceFaults { get; init; }

    /// <summary>Device faults on pages that it had held before: the price of an invalidation or of a small table.</summary>
    public required long Refaults { get; init; }

    /// <summary>Device faults that the primary refused, as it must where nothing is mapped.</summary>
    public required long RefusedFaults { get; init; }

    /// <summary>Translations thrown away since a bracket had collided with the look-up.</summary>
    public required long Retries { get; init; }

    /// <summary>Calls that told it of loaded translations.</summary>
    public long Updates { get; init; }

    /// <summary>Translations that it loaded because of them.</summary>
    public long PagesPrefetched { get; init; }

    /// <summary>Accesses that would have faulted but for a prefetched translation.</summary>
    public long FaultsSaved { get; init; }

    /// <summary>Prefetched translations that no access came to use.</summary>
    public long UnusedPrefetches { get; init; }

    /// <summary>Regions that were registered.</summary>
    public long Registrations { get; init; }

    /// <summary>Gets that found their region registered.</summary>
    public long RegistrationHits { get; init; }

    /// <summary>Registered regions that became part of a larger one.</summary>
    public long Merges { get; init; }

    /// <summary>Registered regions that had to make way.</summary>
    public long Evictions { get; init; }

    /// <summary>Accesses through a stale translation.</summary>
    public required long StaleAccesses { get; init; }

    /// <summary>Reads that found a wrong value in the right frame.</summary>
    public required long ContentMismatches { get; init; }
}
