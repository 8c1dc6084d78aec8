using System.Runtime.CompilerServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary;

/// <summary>
/// The bytes of frames, as devices touch them. Whoever calls holds a valid translation: inside a section of a TLB or of a
/// virtual CPU, or under the lock that its invalidation takes.
/// </summary>
internal static unsafe class FrameBytes
{
    /// <summary>Loads a value; it lies within one page.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Load<T>(nint address)
        where T : unmanaged
    {
        Shared.BeforeRead(address, sizeof(T), "frame bytes");

        // SAFETY: the caller's translation is valid, so the frame is alive; the value does not pass the end of its page.
        return Unsafe.ReadUnaligned<T>((void*)address);
    }

    /// <summary>Stores a value; it lies within one page, and the translation allows stores.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Store<T>(nint address, T value)
        where T : unmanaged
    {
        Shared.BeforeWrite(address, sizeof(T), "frame bytes");

        // SAFETY: as in Load.
        Unsafe.WriteUnaligned((void*)address, value);
    }

    /// <summary>Compares and exchanges atomically; the address is a multiple of four.</summary>
    internal static int CompareExchange(nint address, int value, int comparand)
    {
        // SAFETY: as in Load.
        return Shared.CompareExchange(ref Unsafe.AsRef<int>((void*)address), value, comparand, step: "frame bytes");
    }

    /// <summary>The bytes from an address on, for reading; they do not pass the end of the page.</summary>
    internal static ReadOnlySpan<byte> ForReading(nint address, int lengthBytes)
    {
        Shared.BeforeRead(address, lengthBytes, "frame bytes");

        // SAFETY: as in Load; the caller lets go of the span before it gives up its translation.
        return new ReadOnlySpan<byte>((void*)address, lengthBytes);
    }

    /// <summary>The bytes from an address on, for writing; they do not pass the end of the page.</summary>
    internal static Span<byte> ForWriting(nint address, int lengthBytes)
    {
        Shared.BeforeWrite(address, lengthBytes, "frame bytes");

        // SAFETY: as in ForReading.
        return new Span<byte>((void*)address, lengthBytes);
    }
}
