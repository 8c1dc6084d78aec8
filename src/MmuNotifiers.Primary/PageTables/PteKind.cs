namespace MmuNotifiers.Primary;

/// <summary>What a pte that is not present stands for.</summary>
internal enum PteKind
{
    /// <summary>Nothing was ever here.</summary>
    None = 0,

    /// <summary>A frame is mapped.</summary>
    Present = 1,

    /// <summary>The page lies at another page offset of the object than the area says.</summary>
    Nonlinear = 2,

    /// <summary>A guard: every access ends in SIGSEGV.</summary>
    Guard = 3,

    /// <summary>The frame is on its way to another one: whoever needs the page waits for the map lock, which is held until it is there.</summary>
    Migration = 4,

    /// <summary>A device has the frame for itself; a fault takes it back.</summary>
    DeviceExclusive = 5,

    /// <summary>The page is part of a 2 MiB page, whose pte lies in the header of the leaf.</summary>
    HugePage = 6,

    /// <summary>The private page lies in a swap slot, or in the swap cache under its <see cref="SwapEntry"/>.</summary>
    Swap = 7,
}
