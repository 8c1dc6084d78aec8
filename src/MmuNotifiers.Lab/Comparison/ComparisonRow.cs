using System.Collections.Immutable;

namespace MmuNotifiers.Lab.Comparison;

/// <summary>One secondary MMU at one place over one recording. Counts are exact and the same in each run; times are measured.</summary>
public sealed record ComparisonRow
{
    /// <summary>The recording's name.</summary>
    public required string Trace { get; init; }

    /// <summary>Where the notifier hangs.</summary>
    public required string Attachment { get; init; }

    /// <summary>What the secondary MMU is.</summary>
    public required string Secondary { get; init; }

    /// <summary>Whether the attachment is one that is known to be unsafe, kept to show how it fails.</summary>
    public required bool Historical { get; init; }

    /// <summary>The name of the form without the flaw; null unless it is historical.</summary>
    public string? SafeForm { get; init; }

    /// <summary>What the program did.</summary>
    public required long Operations { get; init; }

    /// <summary>Calls that the secondary got because of changes.</summary>
    public required long Callbacks { get; init; }

    /// <summary><see cref="Callbacks"/> for each thousand of <see cref="Operations"/>.</summary>
    public required double CallbacksPer1000Operations { get; init; }

    /// <summary>Calls that named no page which the secondary held.</summary>
    public required long UselessCallbacks { get; init; }

    /// <summary>Pages that the calls named, whether the secondary held them or not.</summary>
    public required long PagesNamed { get; init; }

    /// <summary>Translations that the calls took away.</summary>
    public required long PagesInvalidated { get; init; }

    /// <summary>Searches for a vma that the attachment made necessary.</summary>
    public required long VmaLookUps { get; init; }

    /// <summary>Searches for the secondary's own object that a call is about: a memslot, a region.</summary>
    public required long MemslotLookUps { get; init; }

    /// <summary>Subscriptions that were split with their vma.</summary>
    public required long UpkeepSplits { get; init; }

    /// <summary>Subscriptions that were merged with their vmas.</summary>
    public required long UpkeepMerges { get; init; }

    /// <summary>Subscriptions that went with their vma to other addresses.</summary>
    public required long UpkeepMoves { get; init; }

    /// <summary>Subscriptions that were made because a device came to use a vma, a block or a slot.</summary>
    public required long UpkeepInserts { get; init; }

    /// <summary>Subscriptions that went with their vma.</summary>
    public required long UpkeepRemovals { get; init; }

    /// <summary>Reads and writes of the device.</summary>
    public required long DeviceAccesses { get; init; }

    /// <summary>Accesses that found no translation and asked the primary.</summary>
    public required long DeviceFaults { get; init; }

    /// <summary>Calls that told of loaded translations.</summary>
    public required long Updates { get; init; }

    /// <summary>Accesses that found a translation which was there only since it had been prefetched.</summary>
    public required long FaultsSavedByPrefetch { get; init; }

    /// <summary>Translations that were prefetched and dropped again, or kept to the end, without a use.</summary>
    public required long UpdatesNeverUsed { get; init; }

    /// <summary>Nanoseconds for each operation of the program, the secondary attached: the median of the rounds.</summary>
    public required double NsPerOperation { get; init; }

    /// <summary>The same with nothing attached, measured in between: the median of the rounds.</summary>
    public required double NsPerOperationWithoutNotifiers { get; init; }

    /// <summary>What attaching it costs, in percent of the time without: the median of the rounds' own differences.</summary>
    public required double OverheadPercent { get; init; }

    /// <summary>
    /// Half of the distance between the rounds' smallest and largest overhead, in percentage points: differences below it mean nothing.
    /// </summary>
    public required double NoisePercent { get; init; }

    /// <summary>The most memory that its subscriptions took at once, in bytes, all address spaces together.</summary>
    public required long SubscriptionBytes { get; init; }

    /// <summary>Accesses through a translation that the primary no longer had.</summary>
    public required long StaleAccesses { get; init; }

    /// <summary>Translations whose page was freed before the secondary was told of it: each could be used after the free.</summary>
    public required long FreedBeforeTold { get; init; }

    /// <summary>Vmas that a change covered and that were not reported.</summary>
    public required long SkippedVmas { get; init; }

    /// <summary>Accesses that found wrong contents in the right frame, or were refused although the program may make them.</summary>
    public required long OtherViolations { get; init; }

    /// <summary>The first violations with their cause, one line each.</summary>
    public ImmutableArray<string> Findings { get; init; } = [];
}
