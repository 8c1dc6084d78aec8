using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux;

/// <summary>
/// The request numbers of userfaultfd's ioctls, and the structures behind them: five words, of which each request uses what it needs. Numbers are
/// composed as on x86-64 and ARM64: direction, size of the structure, 0xAA, and the request's own number.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct UserfaultRequest
{
    /// <summary>UFFDIO_API: magic number, features, ioctls.</summary>
    internal const uint Api = 0xC018_AA3F;

    /// <summary>UFFDIO_REGISTER: start, length, mode, ioctls.</summary>
    internal const uint Register = 0xC020_AA00;

    /// <summary>UFFDIO_UNREGISTER: start, length.</summary>
    internal const uint Unregister = 0x8010_AA01;

    /// <summary>UFFDIO_WAKE: start, length.</summary>
    internal const uint Wake = 0x8010_AA02;

    /// <summary>UFFDIO_COPY: destination, source, length, mode, bytes done.</summary>
    internal const uint Copy = 0xC028_AA03;

    /// <summary>UFFDIO_MOVE: destination, source, length, mode, bytes done.</summary>
    internal const uint Move = 0xC028_AA05;

    /// <summary>UFFDIO_WRITEPROTECT: start, length, mode.</summary>
    internal const uint WriteProtect = 0xC018_AA06;

    /// <summary>UFFDIO_CONTINUE: start, length, mode, bytes done.</summary>
    internal const uint Continue = 0xC020_AA07;

    /// <summary>UFFDIO_POISON: start, length, mode, bytes done.</summary>
    internal const uint Poison = 0xC020_AA08;

    /// <summary>USERFAULTFD_IOC_NEW, of /dev/userfaultfd.</summary>
    internal const uint New = 0x0000_AA00;

    internal ulong Word0;
    internal ulong Word1;
    internal ulong Word2;
    internal ulong Word3;
    internal ulong Word4;
}
