namespace MmuNotifiers.Primary;

/// <summary>Who faults.</summary>
internal enum FaultOrigin
{
    /// <summary>A program: a stack above the address may grow down to it.</summary>
    Program,

    /// <summary>A device, or a pin: as in Linux' get_user_pages stacks stay as they are.</summary>
    Device,
}
