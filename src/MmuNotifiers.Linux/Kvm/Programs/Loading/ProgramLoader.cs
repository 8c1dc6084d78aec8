using MmuNotifiers.Linux.Kvm.Programs.Memory;

namespace MmuNotifiers.Linux.Kvm.Programs.Loading;

/// <summary>Puts a program into an address space as execve does.</summary>
internal static class ProgramLoader
{
    /// <summary>The length of the stack, as Linux limits it.</summary>
    public const ulong StackBytes = 8 << 20;

    /// <summary>Where the stack ends.</summary>
    private const ulong StackEnd = GuestAddressSpace.End - (1 << 20);

    /// <summary>Loads it.</summary>
    /// <param name="space">An empty address space.</param>
    /// <param name="image">The program.</param>
    /// <param name="buildStack">Makes what the stack holds, below an address.</param>
    /// <param name="problem">Why it cannot be loaded, in one line; null if it can.</param>
    /// <returns>Where the stack pointer stands; zero if it cannot be loaded.</returns>
    public static VirtualAddress TryLoad(
        GuestAddressSpace space, ElfImage image, Func<VirtualAddress, ProgramStack?> buildStack, out string? problem)
    {
        problem = null;
        foreach (ElfSegment segment in image.Segments)
        {
            if (!TryLoadSegment(space, image, segment))
            {
                problem = $"the part at 0x{segment.Address + image.Bias:x} of 0x{segment.MemoryBytes:x} bytes does not fit into {space.MemoryPages} pages of memory";
                return VirtualAddress.Zero;
            }
        }

        if (buildStack(new VirtualAddress(StackEnd)) is not { } stack)
        {
            problem = $"its arguments and environment have more than {ProgramStack.MostBytes} bytes";
            return VirtualAddress.Zero;
        }

        AddressRange range = new(new VirtualAddress(StackEnd - StackBytes), new VirtualAddress(StackEnd));
        if (space.MapLazily(range, AccessRights.ReadWrite) != 0 || !space.TryFill(stack.Pointer, stack.Bytes))
        {
            problem = $"its stack does not fit into {space.MemoryPages} pages of memory";
            return VirtualAddress.Zero;
        }

        return stack.Pointer;
    }

    private static bool TryLoadSegment(GuestAddressSpace space, ElfImage image, ElfSegment segment)
    {
        AddressRange pages = segment.PagesAt(image.Bias);
        if (space.MapLazily(pages, AccessRights.ReadWrite) != 0)
        {
            return false;
        }

        // As a kernel maps whole pages of the file, what lies in the file before the segment on its first page is there, too.
        int before = segment.FileBytes == 0 ? 0 : (int)(segment.Address & Page.OffsetMask);
        ReadOnlySpan<byte> bytes = image.File.Span.Slice(segment.FileOffset - before, segment.FileBytes + before);
        return space.TryFill(new VirtualAddress(segment.Address + image.Bias - (ulong)before), bytes) && space.Protect(pages, segment.Rights) == 0;
    }
}
