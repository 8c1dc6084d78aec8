namespace MmuNotifiers.Linux;

/// <summary>Makes the backing that options ask for and the kernel can give.</summary>
internal static class PageBackings
{
    internal static PageBacking Create(PagedMemoryOptions options)
    {
        bool isShared = options.Backing == PagedMemoryBacking.SharedMemory;
        UserfaultFeatures needed = isShared
            ? UserfaultFeatures.WriteProtect | UserfaultFeatures.MissingShared | UserfaultFeatures.WriteProtectShared
            : UserfaultFeatures.WriteProtect;
        UserfaultFeatures wished = UserfaultFeatures.Poison;
        wished |= isShared || options.NeverMoves ? UserfaultFeatures.None : UserfaultFeatures.Move;
        Userfault faults = Userfault.Open(needed | (Userfault.Probe() & wished));
        nuint bytes = (nuint)options.Pages << Page.Shift;
        MemoryMapping? window = null;
        FileDescriptor? file = null;
        try
        {
            if (!isShared)
            {
                window = MemoryMapping.Anonymous(bytes);
                return new AnonymousBacking(window, faults, options);
            }

            file = FileDescriptor.Own(Libc.CreateMemoryFile("mmu-notifiers", Libc.MemoryFileCloseOnExec), "memfd_create");
            LinuxException.ThrowIfFailed(Libc.Truncate(file, (long)bytes), "ftruncate");
            window = MemoryMapping.Shared(file, bytes);
            return new SharedMemoryBacking(file, window, faults, options);
        }
        catch
        {
            faults.Dispose();
            window?.Dispose();
            file?.Dispose();
            throw;
        }
    }
}
