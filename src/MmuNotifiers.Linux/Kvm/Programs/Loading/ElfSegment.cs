namespace MmuNotifiers.Linux.Kvm.Programs.Loading;

/// <summary>A part of a program file that is loaded (PT_LOAD).</summary>
/// <param name="FileOffset">Where its bytes begin in the file.</param>
/// <param name="FileBytes">How many bytes come from the file.</param>
/// <param name="Address">Where they go; for a position-independent program relative to where it is put.</param>
/// <param name="MemoryBytes">How many bytes it has in memory; what the file does not have is zero.</param>
/// <param name="Rights">What the program may do there.</param>
internal readonly record struct ElfSegment(int FileOffset, int FileBytes, ulong Address, ulong MemoryBytes, AccessRights Rights)
{
    /// <summary>The address behind it.</summary>
    public ulong End => Address + MemoryBytes;

    /// <summary>The pages that it takes, when its image is put so far up.</summary>
    public AddressRange PagesAt(ulong bias) =>
        AddressRange.FromLength(new VirtualAddress(Address + bias), MemoryBytes).AlignOutward();
}
