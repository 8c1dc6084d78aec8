namespace MmuNotifiers.Linux.Kvm.Programs.Memory;

/// <summary>Pages that a program mapped with the same rights (Linux' vma).</summary>
/// <param name="Range">Where; page aligned, not empty.</param>
/// <param name="Rights">What the program may do there.</param>
internal readonly record struct GuestArea(AddressRange Range, AccessRights Rights);
