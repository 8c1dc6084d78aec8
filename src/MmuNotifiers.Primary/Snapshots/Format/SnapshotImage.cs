namespace MmuNotifiers.Primary;

/// <summary>Everything of a snapshot but the bytes of its pages.</summary>
internal sealed class SnapshotImage
{
    /// <summary>When it was saved.</summary>
    internal DateTimeOffset SavedAt { get; set; }

    /// <summary>Tells snapshots apart.</summary>
    internal Guid Id { get; set; }

    /// <summary>Where the heap starts; null without one.</summary>
    internal VirtualAddress? HeapStart { get; set; }

    /// <summary>Where it ends, to the byte.</summary>
    internal VirtualAddress HeapEnd { get; set; }

    /// <summary>Whether what is mapped later is locked (mlockall).</summary>
    internal bool LocksNewMappings { get; set; }

    /// <summary>Whether soft-dirty was ever cleared.</summary>
    internal bool TracksSoftDirty { get; set; }

    internal List<SavedObject> Objects { get; } = [];

    internal List<SavedHandle> Handles { get; } = [];

    /// <summary>Ascending.</summary>
    internal List<SavedArea> Areas { get; } = [];

    /// <summary>Those of the address space, ascending, then those of each object, ascending.</summary>
    internal List<PageRun> Runs { get; } = [];

    /// <summary>Ascending.</summary>
    internal List<AddressRange> SoftDirtyCleared { get; } = [];

    /// <summary>One for each slot.</summary>
    internal List<uint> Checksums { get; set; } = [];

    /// <summary>Adds a page, or pages, to the last run or as a run of its own.</summary>
    internal void Add(in PageRun next)
    {
        if (Runs.Count > 0 && Runs[^1].IsContinuedBy(in next))
        {
            Runs[^1] = Runs[^1] with { Pages = Runs[^1].Pages + next.Pages };
        }
        else
        {
            Runs.Add(next);
        }
    }
}
