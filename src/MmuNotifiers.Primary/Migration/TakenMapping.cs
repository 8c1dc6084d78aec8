namespace MmuNotifiers.Primary;

/// <summary>A pte that a migration took out of use, as it was.</summary>
internal readonly record struct TakenMapping(AddressSpace Space, VirtualAddress Address, Pte Pte);
