namespace MmuNotifiers.Lab.Checking;

/// <summary>What the pages of a scenario are before the race.</summary>
internal enum PageGroupKind
{
    /// <summary>Private anonymous memory, each page written once.</summary>
    Private,

    /// <summary>Private anonymous memory without pages.</summary>
    Untouched,

    /// <summary>A shared mapping of an object whose pages are written.</summary>
    Shared,

    /// <summary>A shared mapping of a file whose pages are written, and not in memory.</summary>
    File,

    /// <summary>A private mapping of an object whose pages are written.</summary>
    PrivateObject,

    /// <summary>Nothing.</summary>
    Hole,
}
