namespace MmuNotifiers.Primary;

/// <summary>A place where a frame is mapped.</summary>
/// <param name="Space">The address space.</param>
/// <param name="Address">The first address of the page.</param>
internal readonly record struct Mapping(AddressSpace Space, VirtualAddress Address);
