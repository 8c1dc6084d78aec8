namespace MmuNotifiers.Primary;

/// <summary>When, relative to the change, a hook site calls its subscribers.</summary>
[Flags]
public enum HookPlacement
{
    /// <summary>Never.</summary>
    None = 0,

    /// <summary>A bracket around the change, outside the page-table lock.</summary>
    Bracket = 1,

    /// <summary>Caches over the primary's own table (<see cref="ISecondaryTlb"/>) are flushed under the page-table lock.</summary>
    UnderPageTableLock = 2,

    /// <summary>
    /// A bracket of no length behind the change, before pages are freed; no page-table lock is held. A subscriber may have translated
    /// what changed until then.
    /// </summary>
    AfterChange = 4,

    /// <summary>
    /// A bracket of no length behind the change, when pages may be free and belong to somebody else by now; no page-table lock is held.
    /// Only a subscriber that pins what it translates may be told so late.
    /// </summary>
    AfterFree = 8,

    /// <summary>
    /// A bracket of no length under the page-table lock, when the entries are changed and before pages are freed. Callbacks must not
    /// block; a subscriber that checks a sequence before it installs is safe.
    /// </summary>
    BracketUnderPageTableLock = 16,

    /// <summary>What a current kernel does.</summary>
    Standard = Bracket | UnderPageTableLock,
}
