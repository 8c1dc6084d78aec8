namespace MmuNotifiers.Lab.Reports;

/// <summary>One address space of a replay that was saved while the replay went on, loaded again at the end, and compared with what it must be.</summary>
public sealed record SnapshotReport
{
    /// <summary>The file.</summary>
    public required string File { get; init; }

    /// <summary>Whose address space it is.</summary>
    public required int ProcessId { get; init; }

    /// <summary>The program that ran in it.</summary>
    public required string Program { get; init; }

    /// <summary>Behind how many events of the recording the moment is.</summary>
    public int AfterEvents { get; init; }

    /// <summary>How many areas were saved.</summary>
    public required int Areas { get; init; }

    /// <summary>How many pages the areas cover.</summary>
    public required long MappedPages { get; init; }

    /// <summary>How many pages have bytes in the file.</summary>
    public required long StoredPages { get; init; }

    /// <summary>How long the file is.</summary>
    public required long LengthBytes { get; init; }

    /// <summary>How long the program stood still for the moment.</summary>
    public required double StillMilliseconds { get; init; }

    /// <summary>From the moment until the file was whole and on the disk, the replay going on beside it.</summary>
    public required double SaveMilliseconds { get; init; }

    /// <summary>Opening and loading, without its pages.</summary>
    public required double LoadMilliseconds { get; init; }

    /// <summary>Reading and comparing pages, each once as a page of memory, and all checksums once more.</summary>
    public required double CompareMilliseconds { get; init; }

    /// <summary>How many frames the pool had that it was loaded into.</summary>
    public required long FramePages { get; init; }

    /// <summary>Pages that were read from the file when they were used, read-ahead included.</summary>
    public required long PagesRead { get; init; }

    /// <summary>Pages of which all bytes were compared with what was expected at the moment.</summary>
    public required long PagesCompared { get; init; }

    /// <summary>Pages of files that somebody had stored to through a shared mapping: a snapshot does not hold them.</summary>
    public required long FilePagesLeftOut { get; init; }

    /// <summary>Pages of shared memory that somebody stored to after the moment: they are saved as they are found.</summary>
    public required long SharedPagesLeftOut { get; init; }

    /// <summary>Areas and pages that were not what they must be; each is a violation as well.</summary>
    public required long Differing { get; init; }
}
