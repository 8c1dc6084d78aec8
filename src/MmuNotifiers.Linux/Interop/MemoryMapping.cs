using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux;

/// <summary>A mapping of this process, page aligned; unmapped on disposal.</summary>
internal sealed class MemoryMapping : SafeHandle
{
    private MemoryMapping(nint address, nuint lengthBytes)
        : base(-1, ownsHandle: true)
    {
        SetHandle(address);
        LengthBytes = lengthBytes;
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle is 0 or -1;

    /// <summary>The first address, valid until disposal.</summary>
    internal nint Address => handle;

    /// <summary>The length in bytes.</summary>
    internal nuint LengthBytes { get; }

    /// <summary>The addresses.</summary>
    internal AddressRange Range => AddressRange.FromLength(new VirtualAddress((ulong)handle), LengthBytes);

    /// <summary>Maps private anonymous memory, readable and writable, of which the kernel makes no huge pages and reserves nothing beforehand.</summary>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    internal static MemoryMapping Anonymous(nuint lengthBytes) =>
        Create(lengthBytes, Libc.MapPrivate | Libc.MapAnonymous | Libc.MapNoReserve, -1, 0);

    /// <summary>Maps a file, readable and writable, so that stores reach it.</summary>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    internal static MemoryMapping Shared(FileDescriptor file, nuint lengthBytes, long offset = 0) =>
        Create(lengthBytes, Libc.MapShared | Libc.MapNoReserve, file.Number, offset);

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Libc.Unmap(handle, LengthBytes) == 0;

    private static MemoryMapping Create(nuint lengthBytes, int flags, int descriptor, long offset)
    {
        nint address = LinuxException.ThrowIfFailed(Libc.Map(0, lengthBytes, Libc.ProtectReadWrite, flags, descriptor, offset), "mmap");
        MemoryMapping mapping = new(address, lengthBytes);
        _ = Libc.Advise(address, lengthBytes, Libc.AdviseNoHugePage);
        return mapping;
    }
}
