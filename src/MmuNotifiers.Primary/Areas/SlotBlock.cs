using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace MmuNotifiers.Primary;

/// <summary>What the keys of a node of the <see cref="AreaTree"/> lead to: areas in a leaf, nodes above.</summary>
[InlineArray(KeyBlock.Length)]
internal struct SlotBlock
{
    private const int CacheLineBytes = 64;

    private object? _first;

    /// <summary>Fetches the block while its keys are compared: with many areas neither is in a near cache, and one wait is enough.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe void Prefetch(ref SlotBlock block)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        // SAFETY: a hint, which may name any address: the block may even have moved by the time it is followed.
        byte* line = (byte*)Unsafe.AsPointer(ref block);
        Sse.Prefetch0(line);
        Sse.Prefetch0(line + CacheLineBytes);
        Sse.Prefetch0(line + (2 * CacheLineBytes));
        Sse.Prefetch0(line + (3 * CacheLineBytes));
    }
}
