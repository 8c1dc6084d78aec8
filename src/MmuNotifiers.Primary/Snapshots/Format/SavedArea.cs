namespace MmuNotifiers.Primary;

/// <summary>An area as a snapshot has it.</summary>
internal readonly record struct SavedArea
{
    /// <summary>How long an area is in the file.</summary>
    internal const int SizeBytes = 48;

    /// <summary>The addresses.</summary>
    internal AddressRange Range { get; init; }

    /// <summary>The page offset of its start.</summary>
    internal ulong PageOffset { get; init; }

    /// <summary>What it allows.</summary>
    internal AccessRights Rights { get; init; }

    /// <summary>Its other properties.</summary>
    internal AreaFlags Flags { get; init; }

    /// <summary>The open object; <see cref="SnapshotFormat.None"/> for private anonymous memory.</summary>
    internal uint Handle { get; init; }

    /// <summary>The family of its private pages; <see cref="SnapshotFormat.None"/> for shared memory.</summary>
    internal uint Family { get; init; }

    /// <summary>Its token from a fork; <see cref="SnapshotFormat.None"/> for none.</summary>
    internal uint Lineage { get; init; }

    /// <summary>Whether its family ever had pages.</summary>
    internal bool HasPages { get; init; }

    internal bool IsShared => (Flags & AreaFlags.Shared) != 0;
}
