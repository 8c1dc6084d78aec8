namespace MmuNotifiers.Lab.Replay.Model;

/// <summary>A page that the program is known to have present in one address space.</summary>
internal sealed class ModelPage
{
    private volatile PageContents _contents;
    private volatile PagePresence _state;

    /// <summary>One bit for each slot.</summary>
    private int _usedBy;
    private int _version;

    public ModelPage(ulong number, PageContents contents, bool isPrivateCopy)
    {
        Number = number;
        _contents = contents;
        IsPrivateCopy = isPrivateCopy;
    }

    /// <summary>The page's number in its address space.</summary>
    public ulong Number { get; }

    /// <summary>What it must show.</summary>
    public PageContents Contents
    {
        get => _contents;
        set => _contents = value;
    }

    /// <summary>What accesses it allows without a fault of the program.</summary>
    public PagePresence State
    {
        get => _state;
        set => _state = value;
    }

    /// <summary>Whether the page belongs to the address space alone, and is not the object's or the zero page.</summary>
    public bool IsPrivateCopy { get; set; }

    /// <summary>Where it stands in the list of its address space's pages.</summary>
    public int Index { get; set; } = -1;

    /// <summary>A number that is odd while a fault changes the page's entry and differs after each.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>A fault on the page begins.</summary>
    public void BeginChange() => Interlocked.Increment(ref _version);

    /// <summary>The fault is over.</summary>
    public void EndChange() => Interlocked.Increment(ref _version);

    /// <summary>Whether any device has used the page.</summary>
    public bool IsUsed => Volatile.Read(ref _usedBy) != 0;

    /// <summary>Whether the device of a slot has used the page.</summary>
    public bool IsUsedBy(int slot) => (Volatile.Read(ref _usedBy) & (1 << slot)) != 0;

    /// <summary>Whether a device of a slot has used the page, and from now on whether it has.</summary>
    public bool TestAndSetUsedBy(int slot)
    {
        int bit = 1 << slot;
        return (Interlocked.Or(ref _usedBy, bit) & bit) != 0;
    }
}
