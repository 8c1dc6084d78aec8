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

    /// <summary>The bytes lie in a slot of the swap store.</summary>
    Swap = 3,

    /// <summary>A guard: every access ends in SIGSEGV.</summary>
    Guard = 4,

    /// <summary>The page is on its way to another frame; a fault waits for it.</summary>
    Migration = 5,

    /// <summary>A device has the page for itself; a fault takes it back.</summary>
    DeviceExclusive = 6,
}
