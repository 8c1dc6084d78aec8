using System.Runtime.CompilerServices;

namespace MmuNotifiers.Synchronization;

/// <summary>Turns a reference into the key by which a race checker knows a location, and back.</summary>
internal static class SharedLocation
{
    /// <summary>
    /// The distance in bytes of a field from the start of its object, which does not change when the object moves; without an
    /// owner the address itself, which is only meaningful for native memory.
    /// </summary>
    internal static nint Of<T>(ref readonly T location, object? owner)
    {
        ref byte address = ref Unsafe.As<T, byte>(ref Unsafe.AsRef(in location));
        return owner is null
            ? Unsafe.ByteOffset(ref Unsafe.NullRef<byte>(), ref address)
            : Unsafe.ByteOffset(ref Unsafe.As<StrongBox<byte>>(owner).Value, ref address);
    }

    /// <summary>The location of a key that <see cref="Of"/> made, while its memory lives.</summary>
    internal static ref byte At(object? owner, nint location) => ref owner is null
        ? ref Unsafe.AddByteOffset(ref Unsafe.NullRef<byte>(), location)
        : ref Unsafe.AddByteOffset(ref Unsafe.As<StrongBox<byte>>(owner).Value, location);

    /// <summary>The size of a value in bytes, or 0 for a reference to an object.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int SizeOf<T>() => typeof(T).IsValueType ? Unsafe.SizeOf<T>() : 0;
}
