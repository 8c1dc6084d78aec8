using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux.Tests.Paging;

/// <summary>Touches memory from native code, as nothing managed may touch a window.</summary>
internal static unsafe partial class NativeAccess
{
    /// <summary>Loads one byte.</summary>
    internal static byte Load(VirtualAddress address)
    {
        byte value;
        Copy((nint)(&value), (nint)address.Value, 1);
        return value;
    }

    /// <summary>Loads eight bytes.</summary>
    internal static ulong Load64(VirtualAddress address)
    {
        ulong value;
        Copy((nint)(&value), (nint)address.Value, sizeof(ulong));
        return value;
    }

    /// <summary>Stores eight bytes.</summary>
    internal static void Store64(VirtualAddress address, ulong value) => Copy((nint)address.Value, (nint)(&value), sizeof(ulong));

    /// <summary>Copies within the window.</summary>
    internal static void Move(VirtualAddress destination, VirtualAddress source, int lengthBytes) =>
        Copy((nint)destination.Value, (nint)source.Value, (nuint)lengthBytes);

    /// <summary>Whether a system call can read a byte; it answers EFAULT where a thread would get SIGBUS.</summary>
    internal static bool CanRead(VirtualAddress address)
    {
        using FileDescriptor file = FileDescriptor.Own(Libc.CreateMemoryFile("probe", 0), "memfd_create");
        return Libc.Write(file, (void*)address.Value, 1) == 1;
    }

    /// <summary>Stores the same byte again and again.</summary>
    internal static void Fill(VirtualAddress address, byte value, int lengthBytes) => Set((nint)address.Value, value, (nuint)lengthBytes);

    [LibraryImport("libc", EntryPoint = "memcpy")]
    private static partial nint Copy(nint destination, nint source, nuint bytes);

    [LibraryImport("libc", EntryPoint = "memset")]
    private static partial nint Set(nint destination, int value, nuint bytes);
}
