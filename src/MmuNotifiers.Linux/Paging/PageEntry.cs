namespace MmuNotifiers.Linux;

/// <summary>One page of a window: an entry of the table that decides. Guarded by the gate of its <see cref="PagedMemory"/>.</summary>
internal struct PageEntry
{
    /// <summary>The slot that holds the page's bytes, plus one; 0 for none.</summary>
    private long _slotPlusOne;

    internal PageState State;
    internal PageFlags Flags;

    /// <summary>How often the page is pinned: it stays.</summary>
    internal ushort Pins;

    /// <summary>The frame, where the state is Resident, Evicting or BeingRead.</summary>
    internal int Frame;

    /// <summary>Whether the store has the page's bytes.</summary>
    internal readonly bool HasSlot => _slotPlusOne != 0;

    /// <summary>The slot; only where there is one.</summary>
    internal long Slot
    {
        readonly get => _slotPlusOne - 1;
        set => _slotPlusOne = value + 1;
    }

    internal readonly bool Is(PageFlags flag) => (Flags & flag) != 0;

    /// <summary>Whether one thread has the page, and everybody else waits.</summary>
    internal readonly bool IsBusy => State is PageState.Evicting or PageState.BeingRead;

    /// <summary>Whether the store has the same bytes: nobody can have written, since the first store would be reported.</summary>
    internal readonly bool IsClean => HasSlot && Is(PageFlags.Protected);

    internal void Set(PageFlags flag) => Flags |= flag;

    internal void Clear(PageFlags flag) => Flags &= ~flag;

    internal void ForgetSlot() => _slotPlusOne = 0;
}
