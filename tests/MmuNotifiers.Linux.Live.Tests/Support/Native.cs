using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux.Live.Tests.Support;

/// <summary>Touches memory from native code, as nothing managed may touch a window that managed code serves; and calls of the tests' own.</summary>
internal static unsafe partial class Native
{
    internal const int Read = 1;
    internal const int ReadWrite = 3;
    internal const int Fixed = 0x10;
    internal const int AdviseRemove = 9;
    internal const int AdviseFree = 8;
    internal const int AdvisePageOut = 21;

    /// <summary>Loads eight bytes.</summary>
    internal static ulong Load64(VirtualAddress address)
    {
        // SAFETY: the C library copies from the window to the stack, in native code.
        ulong value;
        Copy((nint)(&value), (nint)address.Value, sizeof(ulong));
        return value;
    }

    /// <summary>Stores eight bytes.</summary>
    internal static void Store64(VirtualAddress address, ulong value) => Copy((nint)address.Value, (nint)(&value), sizeof(ulong));

    /// <summary>Stores one byte to each page of a range.</summary>
    internal static void Touch(AddressRange range)
    {
        for (VirtualAddress page = range.Start; page < range.End; page += Page.SizeBytes)
        {
            Set((nint)page.Value, 1, 1);
        }
    }

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    internal static partial int Protect(nint address, nuint bytes, int rights);

    [LibraryImport("libc", EntryPoint = "memcpy")]
    private static partial nint Copy(nint destination, nint source, nuint bytes);

    [LibraryImport("libc", EntryPoint = "memset")]
    private static partial nint Set(nint destination, int value, nuint bytes);
}
