namespace MmuNotifiers.Primary;

/// <summary>What it took to satisfy an access.</summary>
public enum FaultKind
{
    /// <summary>No fault: the translation was there.</summary>
    None = 0,

    /// <summary>The translation was there once the fault was looked at: another thread was faster.</summary>
    Spurious,

    /// <summary>A load from untouched anonymous memory: the zero page.</summary>
    ZeroPage,

    /// <summary>A store to untouched anonymous memory: a fresh frame.</summary>
    Anonymous,

    /// <summary>A page of an object, mapped as it is.</summary>
    ObjectPage,

    /// <summary>A store to a page of an object that was not mapped yet, through a private mapping: a copy.</summary>
    PrivateCopy,

    /// <summary>A store to a shared private page: a copy.</summary>
    CopyOnWrite,

    /// <summary>A store to a private page that nobody shares any more: no copy.</summary>
    Reuse,

    /// <summary>A store where a load had mapped the zero page: a fresh frame.</summary>
    ZeroPageReplaced,

    /// <summary>The first store through a shared mapping whose object wants to know of it.</summary>
    MadeWritable,

    /// <summary>A device had the page for itself, and lost it.</summary>
    TakenBack,
}
