namespace MmuNotifiers.Primary;

/// <summary>An area and the address space that it is in, or was when it was looked up.</summary>
internal readonly record struct AreaOfSpace(AddressSpace Space, Area Area);
