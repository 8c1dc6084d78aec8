namespace MmuNotifiers.Linux;

/// <summary>Where a page of a window is. <see cref="PagedMemory"/> has the table of states.</summary>
internal enum PageState : byte
{
    /// <summary>Nowhere: it reads as zeroes.</summary>
    NeverTouched = 0,

    /// <summary>In the window.</summary>
    Resident,

    /// <summary>On its way out: one thread has it.</summary>
    Evicting,

    /// <summary>In the store.</summary>
    Swapped,

    /// <summary>On its way in: one thread has it.</summary>
    BeingRead,

    /// <summary>The store does not have it any more, or cannot read it.</summary>
    Lost,
}
