namespace MmuNotifiers.Primary;

/// <summary>What is left in the page table when pages are zapped.</summary>
internal enum ZapMode
{
    /// <summary>Nothing: the addresses leave the address space.</summary>
    Everything,

    /// <summary>Guards stay, and pages of a nonlinear mapping keep their page offsets: the area stays, only pages go.</summary>
    PagesOnly,
}
