namespace MmuNotifiers.Primary;

/// <summary>
/// What <see cref="AddressSpace.Advise"/> is told; see madvise(2). The values are Linux'; docs/semantics.md says what each does here.
/// </summary>
public enum Advice
{
    /// <summary>No particular order of access.</summary>
    Normal = 0,

    /// <summary>Access in no order.</summary>
    Random = 1,

    /// <summary>Access in ascending order.</summary>
    Sequential = 2,

    /// <summary>Will be needed soon: pages of files are read into the page cache, evicted pages are brought back from swap.</summary>
    WillNeed = 3,

    /// <summary>Not needed: the pages go at once; private ones are zero, or the object's, when touched again.</summary>
    DontNeed = 4,

    /// <summary>
    /// Private anonymous pages may go when memory is short, without being written to swap, unless they are written to first; evicted ones go at
    /// once. Until then a load sees the old bytes, from then on zeroes.
    /// </summary>
    Free = 8,

    /// <summary>Punches a hole into the object of a shared mapping.</summary>
    Remove = 9,

    /// <summary>Children do not get the range.</summary>
    DontFork = 10,

    /// <summary>Undoes <see cref="DontFork"/>.</summary>
    DoFork = 11,

    /// <summary>Pages with equal contents may be merged. Kept, without effect.</summary>
    Mergeable = 12,

    /// <summary>Undoes <see cref="Mergeable"/>.</summary>
    Unmergeable = 13,

    /// <summary>Huge pages are wanted. Kept, without effect.</summary>
    HugePage = 14,

    /// <summary>Huge pages are not wanted. Kept, without effect.</summary>
    NoHugePage = 15,

    /// <summary>Leave the range out of core dumps. Kept, without effect.</summary>
    DontDump = 16,

    /// <summary>Undoes <see cref="DontDump"/>.</summary>
    DoDump = 17,

    /// <summary>Children get zero pages. Private anonymous memory only.</summary>
    WipeOnFork = 18,

    /// <summary>Undoes <see cref="WipeOnFork"/>.</summary>
    KeepOnFork = 19,

    /// <summary>Not used for a while: pages that only this mapping has are the first to go when memory is short.</summary>
    Cold = 20,

    /// <summary>Not used for long: pages that only this mapping has go at once, to swap or to their file.</summary>
    PageOut = 21,

    /// <summary>Faults the range in for loads.</summary>
    PopulateRead = 22,

    /// <summary>Faults the range in for stores.</summary>
    PopulateWrite = 23,

    /// <summary>As <see cref="DontNeed"/>, locked memory too.</summary>
    DontNeedLocked = 24,

    /// <summary>Whole 2 MiB of private anonymous memory become huge pages, now.</summary>
    Collapse = 25,

    /// <summary>Every access faults from now on: SIGSEGV, although the range stays mapped.</summary>
    GuardInstall = 102,

    /// <summary>Undoes <see cref="GuardInstall"/>.</summary>
    GuardRemove = 103,

    /// <summary>Simulates a broken page. Always EPERM: nobody here is privileged.</summary>
    HwPoison = 100,

    /// <summary>Takes a page out of use. Always EPERM, as <see cref="HwPoison"/>.</summary>
    SoftOffline = 101,
}
